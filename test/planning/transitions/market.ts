import type { Aim, Choice } from '../../../src/planning/fleets/programme.ts'
import type { Market } from '../../../src/planning/transitions/market.ts'
import { type Quarter, quarterOf, quartersFrom } from '../../../src/planning/transitions/quarters.ts'

/** A kind of node with ratings made by hand. */
export interface HandKind {
  readonly name: string
  readonly isGpu: boolean
  readonly termQuarters: number
  readonly available?: Quarter
  readonly usdPerHour: (quarter: Quarter) => number
  /** By service, requests a second of a node; undefined where it cannot. */
  readonly ratesPerS: (quarter: Quarter) => readonly (number | undefined)[]
}

/** A market of hand-made kinds that take no energy. */
export function handMarket(
  kinds: readonly HandKind[],
  demands: readonly ((quarter: Quarter) => number)[],
  [from, to]: readonly [string, string],
  aim: Aim = 'usd',
): Market {
  const offer = (
    quarter: Quarter,
    { name, isGpu, available = 0, usdPerHour, ratesPerS }: HandKind,
  ): Choice => ({
    ...{ name, isGpu, node: name, usdPerHour: usdPerHour(quarter), usdPerKwh: 0, idleWatts: 100 },
    ...{ embodiedGramsPerHour: 1, gramsPerKwh: 400, maxWatts: 200, capexUsd: Number.NaN },
    ratings: ratesPerS(quarter).map(ratePerS =>
      ratePerS === undefined || quarter < available ? undefined : { ratePerS, busyWatts: 200 },
    ),
  })
  return {
    quarters: quartersFrom(quarterOf(from), quarterOf(to)),
    kinds: kinds.map(({ name, isGpu, termQuarters }) => ({ name, isGpu, isAsic: !isGpu, termQuarters })),
    aim,
    headroom: 1,
    demandsIn: quarter => demands.map((rate, i) => ({ name: `s${i}`, ratePerS: rate(quarter) })),
    offersIn: quarter => kinds.map(kind => offer(quarter, kind)),
    whyNot: () => 'by hand',
  }
}
