import { below, type Random } from '../../core/random.ts'
import type { PartEntry, PartSetup, Picker } from './contract.ts'
import { greatestOf } from './readings.ts'

// The first three are the llm-d router's. Its weighted-random-picker draws by A-Res keys, u^(1/score): for one pick
// the same law as a draw in proportion.

/** Every picker by the name that scenarios use; help texts and validation are derived from this table. */
export const pickers = {
  'max-score-picker': {
    about: 'the highest score; any of those that tie',
    options: {},
    make: highest,
  },
  'random-picker': {
    about: 'any, whatever the scores',
    options: {},
    ignoresScores: true,
    make:
      ({ random }) =>
      ({ count }) =>
        below(random, count),
  },
  'weighted-random-picker': {
    about: 'at random in proportion to the scores; any where all are 0',
    options: {},
    make:
      ({ random }) =>
      ({ count }, scores) =>
        drawn(scores, count, random),
  },
  'softmax-picker': {
    about: 'at random in proportion to exp(score / temperature), scores being means by weight in [0, 1]',
    options: {
      temperature: { about: 'the lower, the more often the highest score', min: 0.001 },
    },
    make: ({ random, options, cluster }) => softmax(options.temperature, random, cluster.replicas),
  },
} as const satisfies Record<string, PartEntry<Picker>>

export type PickerName = keyof typeof pickers

/** One draw where there is a tie. */
function highest({ random }: PartSetup): Picker {
  return ({ count }, scores) => {
    const best = greatestOf(scores, count)
    const ties = countOf(scores, count, best)
    return nth(scores, best, ties === 1 ? 0 : below(random, ties))
  }
}

function countOf(scores: Float64Array, count: number, score: number): number {
  let found = 0
  for (let place = 0; place < count; place++) if (scores[place] === score) found++
  return found
}

/** The place of the score that so many like it come before. */
function nth(scores: Float64Array, score: number, before: number): number {
  let place = -1
  for (let left = before; left >= 0; left--) place = scores.indexOf(score, place + 1)
  return place
}

function drawn(weights: Float64Array, count: number, random: Random): number {
  let total = 0
  for (let place = 0; place < count; place++) total += weights[place]
  if (total === 0) return below(random, count)
  let left = random() * total
  let last = 0
  for (let place = 0; place < count; place++) {
    if (weights[place] === 0) continue
    left -= weights[place]
    if (left < 0) return place
    last = place
  }
  return last
}

function softmax(temperature: number, random: Random, replicas: number): Picker {
  const weights = new Float64Array(replicas)
  return ({ count }, scores) => {
    const best = greatestOf(scores, count)
    for (let place = 0; place < count; place++)
      weights[place] = Math.exp((scores[place] - best) / temperature)
    return drawn(weights, count, random)
  }
}
