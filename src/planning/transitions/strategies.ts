import type { Choice } from '../fleets/programme.ts'

/** What nodes may be added for which demand: choices in, the same with the ratings that may be used out. */
type Strategy = (choices: readonly Choice[], isAsic: (choice: number) => boolean) => readonly Choice[]

/** Ways to add nodes, by name. Nodes that are there may go on serving what they can under each of them. */
export const STRATEGIES = {
  'gpu-only': choices => choices.map(choice => (choice.isGpu ? choice : without(choice, () => true))),
  'asic-where-it-runs': (choices, isAsic) => {
    const runs = (demand: number) =>
      choices.some(({ ratings }, choice) => isAsic(choice) && ratings[demand] !== undefined)
    return choices.map((choice, i) => (isAsic(i) ? choice : without(choice, runs)))
  },
  mix: choices => choices,
} as const satisfies Record<string, Strategy>

export type StrategyName = keyof typeof STRATEGIES
export const STRATEGY_NAMES = Object.keys(STRATEGIES) as StrategyName[]

/** Whom the others are compared with. */
export const BASELINE: StrategyName = 'gpu-only'

function without(choice: Choice, isBarred: (demand: number) => boolean): Choice {
  return {
    ...choice,
    ratings: choice.ratings.map((rating, demand) => (isBarred(demand) ? undefined : rating)),
  }
}
