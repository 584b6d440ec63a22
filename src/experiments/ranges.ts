import type { Stance } from '../scenario/facts.ts'
import { atStance, type Prepared } from './prepare.ts'
import { type Entrant, type RaceHooks, race, type Standing } from './race.ts'
import { type Ranking, type RankingName, ranked, rankings, scoreOf } from './ranking.ts'

/** Two policies this close, relative to the better, count as equal. */
export const CLOSE = 0.01

export type End = Exclude<Stance, 'given'>
export const ENDS: readonly End[] = ['pessimistic', 'optimistic']

/** A race with every estimate of the catalogue at one end of its range. */
export interface EndRace {
  readonly stance: End
  readonly standings: readonly Standing[]
}

/** Two policies that change places between the given values and an end of the ranges. */
export interface Flip {
  readonly stance: End
  /** Clearly ahead as given. */
  readonly ahead: string
  /** Clearly ahead at that end. */
  readonly overtaker: string
}

/** How far the ranking by one metric depends on the estimates. */
export interface Verdict {
  readonly ranking: RankingName
  readonly best: string
  readonly bestAt: Readonly<Record<End, string>>
  /** Whether the best policy as given is clearly behind at neither end. */
  readonly isWinnerSafe: boolean
  readonly flips: readonly Flip[]
}

/** Races the entrants at both ends. The workload keeps the rate it has as given, so that only the hardware changes. */
export async function raceAtEnds(
  prepared: Prepared,
  entrants: readonly Entrant[],
  hooks: (stance: End) => RaceHooks = () => ({}),
): Promise<EndRace[]> {
  const races: EndRace[] = []
  for (const stance of ENDS) {
    const course = await atStance(prepared, stance)
    races.push({ stance, standings: await race(course, entrants, hooks(stance)) })
  }
  return races
}

/** For each metric, who is best and which pairs change places. All races have the same entrants in the same order. */
export function verdicts(given: readonly Standing[], ends: readonly EndRace[]): Verdict[] {
  return (Object.keys(rankings) as RankingName[]).map(name => {
    const ranking = rankings[name]
    const best = ranked(given, ranking)[0].entrant.label
    const bestAt = ends.map(({ stance, standings }) => [stance, bestThen(best, standings, ranking)] as const)
    return {
      ranking: name,
      best,
      bestAt: Object.fromEntries(bestAt) as Record<End, string>,
      isWinnerSafe: bestAt.every(([, label]) => label === best),
      flips: ends.flatMap(({ stance, standings }) => flipsAt(given, standings, ranking, stance)),
    }
  })
}

/** The best as given, unless another is clearly ahead of it. */
function bestThen(best: string, standings: readonly Standing[], ranking: Ranking): string {
  const mine = standings.find(({ entrant }) => entrant.label === best)!
  const [top] = ranked(standings, ranking)
  return isClearlyAbove(scoreOf(top, ranking), scoreOf(mine, ranking)) ? top.entrant.label : best
}

function flipsAt(
  given: readonly Standing[],
  then: readonly Standing[],
  ranking: Ranking,
  stance: End,
): Flip[] {
  const before = given.map(standing => scoreOf(standing, ranking))
  const after = then.map(standing => scoreOf(standing, ranking))
  const label = (place: number) => given[place].entrant.label
  const places = [...given.keys()]
  return places.flatMap(a =>
    places
      .filter(b => isClearlyAbove(before[a], before[b]) && isClearlyAbove(after[b], after[a]))
      .map(b => ({ stance, ahead: label(a), overtaker: label(b) })),
  )
}

function isClearlyAbove(a: number, b: number): boolean {
  return a * (1 - CLOSE) > b
}
