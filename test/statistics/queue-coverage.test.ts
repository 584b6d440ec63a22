import { describe, expect, test } from 'vitest'
import { holm } from '../../src/statistics/holm.ts'
import { type Interval, meanInterval } from '../../src/statistics/interval.ts'
import { pairedDifference } from '../../src/statistics/paired.ts'
import { experiments, share } from './draws.ts'
import {
  centralTruth,
  type Replication,
  type Run,
  recurred,
  type Sojourn,
  simulated,
  splitTruth,
} from './queue-experiments.ts'

/*
 * Whether intervals hold what queueing theory knows as often as they say. The long form is a thousand experiments of
 * 20 replications at every load, and prints what it finds; the short one is small and wide. Replications are run by
 * recursions, which give the sojourns that Regatta gives; one of every experiment of the long form is run by both.
 */

const REPLICATIONS = 20
const EXPERIMENTS = experiments(40, 1000)
const isLong = EXPERIMENTS === 1000
const FIRST_SEED = 1000

/** Customers enough for the p99 of the load, which replications of few customers put too low. */
const RUNS: readonly Run[] = isLong
  ? [
      { load: 0.5, warmUp: 200, customers: 8000 },
      { load: 0.8, warmUp: 1000, customers: 20_000 },
      { load: 0.9, warmUp: 2000, customers: 80_000 },
    ]
  : [
      { load: 0.5, warmUp: 200, customers: 4000 },
      { load: 0.8, warmUp: 1000, customers: 6000 },
    ]

const WITHIN = isLong ? { least: 0.92, most: 0.98 } : { least: 0.8, most: 1 }

const METRICS = ['meanS', 'p99S'] as const
type Metric = (typeof METRICS)[number]
type Experiment = readonly Replication[]

/** Experiments with replications of their own. */
function all<T>(of: (seeds: readonly number[]) => T): T[] {
  return Array.from({ length: EXPERIMENTS }, (_, experiment) => {
    const first = FIRST_SEED + experiment * REPLICATIONS
    return of(Array.from({ length: REPLICATIONS }, (_, i) => first + i))
  })
}

const values = (experiment: Experiment, side: keyof Replication, metric: Metric) =>
  experiment.map(replication => replication[side][metric])

const holds = ({ low, high }: Interval, truth: number) => low <= truth && truth <= high

/** Share of the experiments whose intervals hold the truth, by what they are of. */
function coverages(done: readonly Experiment[], metric: Metric, split: Sojourn, central: Sojourn) {
  const of = (side: keyof Replication) => (it: Experiment) => meanInterval(values(it, side, metric), 0.95)
  const gap = (it: Experiment) =>
    pairedDifference(values(it, 'central', metric), values(it, 'split', metric), 0.95)
  const gapS = central[metric] - split[metric]
  return {
    [`M/M/1 ${metric}`]: share(done, it => holds(of('split')(it), split[metric])),
    [`M/M/3 ${metric}`]: share(done, it => holds(of('central')(it), central[metric])),
    [`difference of ${metric}`]: share(done, it => holds(gap(it).difference, gapS)),
    [`relative difference of ${metric}`]: share(done, it => holds(gap(it).relative, gapS / split[metric])),
  }
}

describe.each(RUNS)('at load $load', run => {
  test('Regatta gives the sojourns of the recursions', async () => {
    const seeds = isLong ? all(([first]) => first) : [FIRST_SEED]
    for (const seed of seeds) {
      const [ours, theirs] = [await simulated(run, seed), recurred(run, seed)]
      for (const side of ['split', 'central'] as const)
        for (const metric of METRICS)
          expect(ours[side][metric] / theirs[side][metric], `${side} ${metric}`).toBeCloseTo(1, 10)
    }
  })

  test('95 % intervals hold the truth in 92 to 98 % of the experiments', () => {
    const done = all(seeds => seeds.map(seed => recurred(run, seed)))
    const [split, central] = [splitTruth(run.load), centralTruth(run.load)]
    const found = Object.assign({}, ...METRICS.map(metric => coverages(done, metric, split, central)))
    if (isLong) console.log(`load ${run.load}`, found)
    for (const [name, covered] of Object.entries(found)) {
      expect(covered, name).toBeGreaterThanOrEqual(WITHIN.least)
      expect(covered, name).toBeLessThanOrEqual(WITHIN.most)
    }
  })

  test('a policy is called different from itself, by mean or p99, in 5 % at most', () => {
    const pValues = all(seeds => againstItself({ ...run, customers: 2000 }, seeds))
    const different = share(pValues, of => Math.min(...holm(of)) < 0.05)
    const alone = METRICS.map((metric, i) => `${metric} ${share(pValues, of => of[i] < 0.05)}`)
    if (isLong) console.log(`load ${run.load}, A against A: ${different} (each alone: ${alone.join(', ')})`)
    expect(different).toBeLessThanOrEqual(isLong ? 0.05 : 0.15)
  })
})

/** P values by metric: the same customers, split at random by another stream of chance. */
function againstItself(run: Run, seeds: readonly number[]): number[] {
  const a = seeds.map(seed => recurred(run, seed))
  const b = seeds.map(seed => recurred(run, seed, -seed))
  return METRICS.map(
    metric => pairedDifference(values(a, 'split', metric), values(b, 'split', metric), 0.95).pValue,
  )
}
