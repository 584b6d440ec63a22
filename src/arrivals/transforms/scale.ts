import { UserError } from '../../core/errors.ts'
import { positive } from '../bounds.ts'
import type { ArrivalBlock, ArrivalSource } from '../contract.ts'
import { mapped } from '../mapped.ts'
import type { Open } from './contract.ts'
import { overview } from './overview.ts'

/**
 * The same requests at `factor` times the rate: every gap divided by it, so that bursts keep their shape. Think times
 * and deadlines stay. Throws a UserError unless the factor is a number above 0.
 */
export function scaled(source: ArrivalSource, factor: number): ArrivalSource {
  positive('rate factor', factor)
  return mapped(source, block => squeeze(block, factor))
}

/** At the factor, or at a mean of `perS` requests a second. */
export type RateSpec = { readonly factor: number } | { readonly perS: number }

/**
 * The same requests at another rate; see `scaled`. For a mean rate the workload is read twice, the first time to see
 * what its own is: one less than its requests over the time of the last. Throws a UserError where it has none.
 */
export function atRate(open: Open, spec: RateSpec): ArrivalSource {
  if ('factor' in spec) return scaled(open(), spec.factor)
  const perS = positive('per_s', spec.perS)
  const source = open()
  let factor = Number.NaN
  const squeezed = mapped(source, block => squeeze(block, factor))
  return {
    ...squeezed,
    async fill(block) {
      if (Number.isNaN(factor)) factor = perS / (await ownRate(open))
      await squeezed.fill(block)
    },
  }
}

async function ownRate(open: Open): Promise<number> {
  const { requests, lastS } = await overview(open())
  if (lastS > 0) return (requests - 1) / lastS
  throw new UserError(
    `the workload has ${requests} requests, all at one instant; must have two to have a rate`,
  )
}

function squeeze(block: ArrivalBlock, factor: number): void {
  for (let row = 0; row < block.length; row++) block.arrivalS[row] /= factor
}
