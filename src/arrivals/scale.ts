import { positive } from './bounds.ts'
import type { ArrivalBlock, ArrivalSource } from './contract.ts'

/**
 * The same requests at `factor` times the rate: every gap divided by it, so that bursts keep their shape. Throws a
 * UserError unless the factor is a number above 0.
 */
export function scaled(source: ArrivalSource, factor: number): ArrivalSource {
  positive('rate factor', factor)
  return {
    classes: source.classes,
    fill(block) {
      const filling = source.fill(block)
      return filling ? filling.then(() => squeeze(block, factor)) : squeeze(block, factor)
    },
    close: () => source.close(),
  }
}

function squeeze(block: ArrivalBlock, factor: number): void {
  for (let row = 0; row < block.length; row++) block.arrivalS[row] /= factor
}
