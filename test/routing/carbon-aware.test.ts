import { describe, expect, it } from 'vitest'
import type { Course } from '../../src/fleet/course.ts'
import { type RequestView, WAIT } from '../../src/routing/contract.ts'
import { mixedScenario, preparedOf } from '../experiments/scenarios.ts'
import { detailedSource } from '../laws/detailed.ts'
import { type FastRun, runFast } from '../laws/fast.ts'
import { rowsOf } from '../laws/watched.ts'
import { deciding, type FakeCluster, fleet, request } from './fake-cluster.ts'

const HOUR_S = 3600

/** A fleet of GPUs, replicas 0 and 1, and of ASICs, 2 and 3, under a grid by hour. */
function under(...grid: readonly number[]): FakeCluster {
  const cluster = fleet(2, 2)
  cluster.grid = grid
  return cluster
}

function due(deadlineS: number, more: Partial<RequestView> = {}): RequestView {
  return Object.assign(request(), { slo: { ttftS: 1, tpotS: 0.05 }, deadlineS, ...more })
}

function asked(cluster: FakeCluster, view: RequestView, options: Record<string, number> = {}) {
  cluster.askAgainS = Number.NaN
  const answer = deciding('carbon-aware', cluster, { options })(view)
  return [answer, cluster.askAgainS]
}

describe('carbon-aware', () => {
  it('sends what has no deadline at once, to the fewest joules within the objectives', () => {
    const cluster = under(900, 1)
    expect(asked(cluster, request())).toEqual([2, Number.NaN])
    cluster.load(2, 10, 0)
    cluster.load(3, 10, 0)
    expect(asked(cluster, request())).toEqual([0, Number.NaN])
  })

  it('has what may wait wait for the cleanest hour that it can, the earliest of those that tie', () => {
    const cluster = under(500, 400, 100, 300, 100, 50)
    expect(asked(cluster, due(5 * HOUR_S))).toEqual([WAIT, 2 * HOUR_S])
    expect(asked(cluster, due(2.5 * HOUR_S))).toEqual([WAIT, 2 * HOUR_S])
    expect(asked(cluster, due(1.5 * HOUR_S))).toEqual([WAIT, HOUR_S])
    expect(asked(cluster, due(0.5 * HOUR_S))).toEqual([2, Number.NaN])
    expect(asked(cluster, due(6 * HOUR_S))).toEqual([WAIT, 5 * HOUR_S])
  })

  it('sends it when that hour has come, and where no hour is cleaner than this', () => {
    const cluster = under(500, 100, 100)
    cluster.nowS = HOUR_S
    expect(asked(cluster, due(5 * HOUR_S))).toEqual([2, Number.NaN])
    cluster.nowS = 1.5 * HOUR_S
    expect(asked(cluster, due(2.5 * HOUR_S))).toEqual([2, Number.NaN])
  })

  it('leaves time to be served: a safety factor times what is expected', () => {
    const cluster = under(500, 100)
    const e2eS = cluster.expectedE2eS(2, request())
    const short = HOUR_S + 1.9 * e2eS
    const long = HOUR_S + 2.1 * e2eS
    expect(asked(cluster, due(short))).toEqual([2, Number.NaN])
    expect(asked(cluster, due(long))).toEqual([WAIT, HOUR_S])
    expect(asked(cluster, due(short), { safety: 1 })).toEqual([WAIT, HOUR_S])
    expect(asked(cluster, due(long), { safety: 3 })).toEqual([2, Number.NaN])
  })

  it('counts the deadline from the arrival, and an earlier objective for the end', () => {
    const cluster = under(500, 400, 100, 100)
    cluster.nowS = 0.5 * HOUR_S
    expect(asked(cluster, due(2.2 * HOUR_S, { arrivalS: 0.4 * HOUR_S }))).toEqual([WAIT, 2 * HOUR_S])
    expect(asked(cluster, due(1.5 * HOUR_S, { arrivalS: 0.4 * HOUR_S }))).toEqual([WAIT, HOUR_S])
    const slo = { ttftS: 1, tpotS: 0.05, e2eS: 1.5 * HOUR_S }
    expect(asked(cluster, due(9 * HOUR_S, { slo }))).toEqual([WAIT, HOUR_S])
  })

  it('looks no further ahead than it is told', () => {
    const cluster = under(500, 400, 300, 10)
    expect(asked(cluster, due(100 * HOUR_S))).toEqual([WAIT, 3 * HOUR_S])
    expect(asked(cluster, due(100 * HOUR_S), { horizon_h: 2 })).toEqual([WAIT, 2 * HOUR_S])
  })

  it('sends what is late already', () => {
    const cluster = under(500, 100)
    cluster.nowS = 10 * HOUR_S
    expect(asked(cluster, due(HOUR_S))).toEqual([2, Number.NaN])
  })
})

describe('on a grid with a clean hour', () => {
  it('emits fewer grams for what may wait than energy-greedy, and keeps every deadline', async () => {
    const { course } = await preparedOf(mixedScenario({ requests: 1500, pace: 'rate_per_s: 0.5' }))
    const rows = (await rowsOf(course)).map((row, i) => ({
      ...row,
      ...(i % 2 === 0 && { deadlineS: 1.5 * HOUR_S }),
    }))
    const onGrid: Course = {
      ...course,
      carbon: { gramsPerKwh: [600, 100, 500] },
      arrivals: () => detailedSource(rows, { classes: ['any'] }),
    }
    const [aware, greedy] = await Promise.all(
      ['carbon-aware', 'energy-greedy'].map(name => runFast(onGrid, { name })),
    )
    expect(aware.result.finished).toBe(1500)
    for (const [i, { arrivalS, endS, replica }] of aware.rows.entries()) {
      const { deadlineS } = rows[i]
      const begun = deadlineS !== undefined && arrivalS < HOUR_S ? HOUR_S : arrivalS
      expect(aware.rows[i].admittedS).toBeGreaterThanOrEqual(begun)
      expect(endS - arrivalS).toBeLessThan(deadlineS ?? 60)
      expect(replica).toBeGreaterThanOrEqual(0)
    }
    const grams = (run: FastRun) => run.rows.reduce((sum, { shareG }) => sum + shareG, 0)
    expect(grams(aware) / grams(greedy)).toBeLessThan(0.75)
  })
})
