import { describe, expect, it } from 'vitest'
import type { ArrivalBlock } from '../../src/arrivals/contract.ts'
import { LongRuns } from '../../src/experiments/long-run.ts'
import { race, type Standing } from '../../src/experiments/race.ts'
import type { Course } from '../../src/fleet/course.ts'
import type { RunInterval } from '../../src/results/run-interval.ts'
import { experiments, share } from '../statistics/draws.ts'
import { intervalsOf, LOAD, queueOf, WITHIN_S } from './long-run-queue.ts'
import { entrants, mixedScenario, preparedOf } from './scenarios.ts'

const WARM_UP = 1000

async function raceOf(course: Course, ...names: string[]): Promise<[readonly Standing[], RunInterval[][]]> {
  const runs = new LongRuns(course)
  const standings = await race(course, entrants(...names), { onEnd: runs.onEnd })
  const rows = runs.intervals(standings)
  return [standings, names.map(name => rows.filter(row => row.policy === name).map(row => row.interval))]
}

describe('on M/M/1 at load 0.8, 95 % intervals of one run', () => {
  /** Times in the system are exponential with mean 1 / (1 - load). */
  const mean = 1 / (1 - LOAD)
  const within = 1 - Math.exp(-WITHIN_S / mean)
  const truth: readonly (readonly [figure: string, truth: number])[] = [
    ['ttft_s mean', mean],
    ['e2e_s mean', mean],
    ['e2e_s p99', mean * Math.log(100)],
    ['slo_attainment share', within],
    ['goodput_rps rate', LOAD * within],
  ]
  const count = experiments(40, 400)
  const isLong = count > 40
  const lengths = isLong
    ? [
        { customers: 4000, least: 0, most: 0.1 },
        { customers: 20_000, least: 0.3, most: 0.12 },
        { customers: 50_000, least: 0.8, most: 0.08 },
        { customers: 100_000, least: 0.9, most: 0.08 },
      ]
    : [
        { customers: 2000, least: 0, most: 0.1 },
        { customers: 40_000, least: 0.6, most: 0.15 },
      ]

  it.each(lengths)(
    'of $customers customers are given where the run is long enough, and hold the truth',
    async ({ customers, least, most }) => {
      const found: Map<string, RunInterval>[] = []
      for (let seed = 0; seed < count; seed++)
        found.push(await intervalsOf(queueOf(5000 + seed, customers, WARM_UP)))
      for (const [figure, value] of truth) {
        const all = found.map(run => run.get(figure)!)
        const told = share(all, ({ doubt }) => doubt === undefined)
        const wrong = share(all, ({ low, high }) => low > value || value > high)
        const covered = (100 * (told - wrong)) / told
        if (isLong)
          console.log(customers, figure, `given in ${100 * told} %, holding ${covered.toFixed(1)} %`)
        expect(told, figure).toBeGreaterThanOrEqual(least)
        expect(wrong, figure).toBeLessThanOrEqual(most)
      }
    },
    600_000,
  )

  it('have no TPOT, as every output is one token', async () => {
    const run = await intervalsOf(queueOf(1, 2000, WARM_UP))
    expect(run.get('tpot_s mean')).toMatchObject({ requests: 0, doubt: { why: 'undefined' } })
  })
})

describe('the figures', () => {
  it('are those of the run, which the intervals leave as it is, each policy with its own', async () => {
    const { course } = await preparedOf(mixedScenario({ requests: 3000, pace: 'load: 0.6' }))
    const late = { ...course, warmupS: 3 }
    const names = ['round-robin', 'power-of-two']
    const [standings, intervals] = await raceOf(late, ...names)
    expect(standings).toEqual(await race(late, entrants(...names)))
    for (const [i, { result, figures }] of standings.entries()) {
      const value = (metric: string, statistic: string) =>
        intervals[i].find(it => it.metric === metric && it.statistic === statistic)!.value
      expect(value('ttft_s', 'mean')).toBeCloseTo(result.ttft.mean, 10)
      expect(value('tpot_s', 'mean')).toBeCloseTo(result.tpot.mean, 10)
      expect(value('e2e_s', 'mean')).toBeCloseTo(result.e2e.mean, 10)
      for (const [metric, of] of [
        ['ttft_s', 'ttft'],
        ['tpot_s', 'tpot'],
        ['e2e_s', 'e2e'],
      ] as const)
        expect(value(metric, 'p99') / result[of].p99, metric).toBeCloseTo(1, 1.7)
      expect(value('slo_attainment', 'share')).toBeCloseTo(figures.attainment, 10)
      expect(value('goodput_rps', 'rate')).toBeCloseTo(figures.goodputRps, 8)
      expect(intervals[i].map(({ requests }) => requests)).toContain(result.arrivedInWindow)
    }
    expect(intervals[0][0].value).not.toBe(intervals[1][0].value)
  })

  it('count a request once that is tried again, given up or sent to two replicas', async () => {
    const gateway =
      'gateway: { timeout_s: 1.5, retries: { most: 3, backoff_s: 0.5 }, hedge: { after_s: 0.5 } }'
    const { course } = await preparedOf(`${mixedScenario({ requests: 3000, pace: 'load: 1.2' })}${gateway}\n`)
    const [[{ result, figures }], [intervals]] = await raceOf(course, 'random')
    expect(result.timedOut).toBeGreaterThan(0)
    expect(result.gateway!.hedges).toBeGreaterThan(0)
    const [attainment, goodput] = intervals.slice(-2)
    expect(attainment.requests).toBe(result.arrivedInWindow)
    expect(attainment.value).toBeCloseTo(figures.attainment, 10)
    expect(goodput.value).toBeCloseTo(figures.goodputRps, 8)
  })

  it('of a queue that grows have no interval', async () => {
    const { course } = await preparedOf(mixedScenario({ requests: 3000, pace: 'load: 2.5' }))
    const [[{ result }], [intervals]] = await raceOf(course, 'random')
    expect(result.isSaturated).toBe(true)
    for (const { low, high, doubt, value } of intervals) {
      expect([low, high]).toEqual([Number.NaN, Number.NaN])
      expect(doubt).toEqual({ why: 'saturated' })
      expect(value).toBeGreaterThanOrEqual(0)
    }
  })

  it('of requests that nobody serves are no figures, and those of all are too few', async () => {
    const { course } = await preparedOf(mixedScenario({ requests: 30 }))
    const [, [intervals]] = await raceOf({ ...course, slo: { ttftS: 1e-9, tpotS: 1e-9 } }, 'random')
    const goodput = intervals.find(({ metric }) => metric === 'goodput_rps')!
    expect(goodput).toMatchObject({ value: 0, requests: 30, doubt: { why: 'short', moreRequests: 290 } })
  })
})

describe('a run that begins with a backlog', () => {
  /** Some four hundred customers at once, then an M/M/1 that is never as crowded again. */
  function backlogged(seed: number): Course {
    const course = queueOf(seed, 50_000, 0)
    const arrivals = () => {
      const source = course.arrivals()
      const fill = (block: ArrivalBlock) => {
        void source.fill(block)
        for (let row = 0; row < block.length; row++)
          block.arrivalS[row] = Math.max(0, block.arrivalS[row] - 500)
      }
      return { ...source, fill }
    }
    return { ...course, arrivals }
  }

  it('is said to need a warm-up until it is over, and has intervals with that', async () => {
    const course = backlogged(11)
    const [, [before]] = await raceOf(course, 'random')
    const { doubt } = before[0]
    expect(doubt).toMatchObject({ why: 'unsettled' })
    const untilS = doubt?.why === 'unsettled' ? doubt.untilS : Number.NaN
    expect(untilS).toBeGreaterThan(400)
    expect(untilS).toBeLessThan(0.2 * 50_000)
    const [, [after]] = await raceOf({ ...course, warmupS: untilS }, 'random')
    expect(after[0].doubt).toBeUndefined()
    expect(after[0].low).toBeLessThan(1 / (1 - LOAD))
    expect(after[0].high).toBeGreaterThan(1 / (1 - LOAD))
  })
})
