import type { ArrivalSource } from '../arrivals/contract.ts'
import { passedOn } from '../arrivals/mapped.ts'

const LONGEST_BREATH_MS = 200

/**
 * The same arrivals, read so that the program around a long simulation stays alive: every now and then, between
 * two blocks, timers, signals and drawing get their turn. What is simulated does not depend on it.
 */
export function breathing(source: ArrivalSource): ArrivalSource {
  let lastMs = performance.now()
  return {
    ...passedOn(source),
    async fill(block) {
      if (performance.now() - lastMs >= LONGEST_BREATH_MS) {
        await new Promise(resolve => setTimeout(resolve, 0))
        lastMs = performance.now()
      }
      await source.fill(block)
    },
  }
}
