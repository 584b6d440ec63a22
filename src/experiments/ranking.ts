import type { Figures } from '../results/figures.ts'
import type { RunResult } from '../results/run-result.ts'
import type { Standing } from './race.ts'

/** What policies are ranked by: the higher the score the better. */
export interface Ranking {
  readonly about: string
  readonly score: (figures: Figures, result: RunResult) => number
}

export const rankings = {
  goodputPerUsd: { about: 'SLO goodput per $', score: goodTokensPerUsd },
  ttftP99: { about: 'p99 TTFT', score: (_, { ttft }) => 1 / ttft.p99 },
  joulesPerGoodToken: {
    about: 'J per good token',
    score: ({ joules }, { attainedTokens }) => attainedTokens / joules.total,
  },
} as const satisfies Record<string, Ranking>

export type RankingName = keyof typeof rankings

/** Where nothing has a price, $ are the same for every policy on the fleet, and goodput ranks alone. */
function goodTokensPerUsd({ usd, goodputTokensPerS }: Figures, { attainedTokens }: RunResult): number {
  return usd.total > 0 ? attainedTokens / usd.total : goodputTokensPerS
}

/** Best first; equal ones in the order given. */
export function ranked(standings: readonly Standing[], ranking: Ranking): Standing[] {
  return standings.toSorted((a, b) => scoreOf(b, ranking) - scoreOf(a, ranking))
}

export function scoreOf({ figures, result }: Standing, { score }: Ranking): number {
  const value = score(figures, result)
  return Number.isNaN(value) ? 0 : value
}
