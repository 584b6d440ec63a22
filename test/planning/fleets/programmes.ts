import { below, type Random } from '../../../src/core/random.ts'
import type { Choice, Demand, Limits, Programme, Rating } from '../../../src/planning/fleets/programme.ts'

/** A choice of 1 $/h that draws 100 W whatever it does and serves one request a second of each class. */
export function choice(name: string, given: Partial<Choice> = {}): Choice {
  return {
    name,
    isGpu: true,
    node: name,
    usdPerHour: 1,
    usdPerKwh: 0,
    idleWatts: 100,
    embodiedGramsPerHour: 0,
    gramsPerKwh: 0,
    maxWatts: 100,
    capexUsd: 1000,
    ratings: [rating(1)],
    ...given,
  }
}

export function rating(ratePerS: number, busyWatts = 100): Rating {
  return { ratePerS, busyWatts }
}

/** Of one class at ten requests a second, for the least dollars. */
export function programme(choices: readonly Choice[], given: Partial<Programme> = {}): Programme {
  return { choices, demands: [demand('chat', 10)], aim: 'usd', limits: {}, headroom: 1, ...given }
}

export function demand(name: string, ratePerS: number): Demand {
  return { name, ratePerS }
}

/** A programme of so many choices and classes that a handful of nodes fulfil, some limits of it among these. */
export function drawn(random: Random, choices: number, classes: number, limits: Limits): Programme {
  const between = (low: number, high: number) => low + (high - low) * random()
  const demands = Array.from({ length: classes }, (_, c) => demand(`c${c}`, between(0.5, 3)))
  const drawnChoice = (k: number): Choice => {
    const idleWatts = between(50, 400)
    return choice(`k${k}`, {
      isGpu: k % 2 === 0,
      usdPerHour: between(1, 9),
      usdPerKwh: random() < 0.5 ? 0 : between(0, 5),
      idleWatts,
      embodiedGramsPerHour: between(0, 50),
      gramsPerKwh: between(0, 500),
      maxWatts: idleWatts * between(2, 4),
      capexUsd: between(1e4, 3e5),
      rackUnits: 1 + below(random, 8),
      ...(random() < 0.3 && { most: below(random, 4) }),
      ratings: demands.map(() =>
        random() < 0.1 ? undefined : rating(between(0.8, 3), idleWatts * between(1, 3)),
      ),
    })
  }
  const kept = Object.entries(limits).filter(() => random() < 0.4)
  return {
    choices: Array.from({ length: choices }, (_, k) => drawnChoice(k)),
    demands,
    aim: (['usd', 'joules', 'grams', 'watts'] as const)[below(random, 4)],
    limits: Object.fromEntries(kept.map(([name, limit]) => [name, limit * between(0.5, 1.5)])),
    headroom: between(0.6, 1),
  }
}
