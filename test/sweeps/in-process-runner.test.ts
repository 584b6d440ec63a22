import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { race } from '../../src/experiments/race.ts'
import type { CellResult } from '../../src/sweeps/contract.ts'
import type { Experiment } from '../../src/sweeps/experiment.ts'
import { inProcessRunner } from '../../src/sweeps/in-process-runner.ts'
import { metricColumns, rowsOf } from '../../src/sweeps/metrics.ts'
import { sharedWorkloads } from '../../src/sweeps/workloads.ts'
import { entrants, preparedOf } from '../experiments/scenarios.ts'
import { temporaryFolder } from './fakes.ts'
import { EXPERIMENT, experimentIn, ran, SMALL, TRACE, TRACED } from './small.ts'

const folder = temporaryFolder()
const every = metricColumns.map(({ name }) => name)

/** Values of a metric over all requests. */
function valuesOf(results: readonly CellResult[], metric: number): (number | null)[] {
  return results.map(({ rows: [all] }) => all.values[metric])
}

describe('the first replication', () => {
  it('has the figures of a race', async () => {
    const experiment = experimentIn(folder, `${EXPERIMENT}metrics: [${every.join(', ')}]\n`)
    const results = await ran(inProcessRunner(experiment), [
      [2, 0],
      [3, 0],
    ])
    const { course } = await preparedOf(SMALL.replace('load: 0.7', 'load: 0.8'))
    const standings = await race(course, entrants('round-robin', 'power-of-two'))
    expect(results.map(({ rows }) => rows)).toEqual(
      standings.map(({ result }) => rowsOf(result, metricColumns, ['all'])),
    )
  })
})

describe('replications', () => {
  const text = `${EXPERIMENT}metrics: [window_s, arrived_in_window, ttft_mean_s]\n`

  it('have requests of their own, the same for every policy', async () => {
    const runner = inProcessRunner(experimentIn(folder, text))
    const [a0, a1, b0, b1] = valuesOf(
      await ran(runner, [
        [0, 0],
        [0, 1],
        [1, 0],
        [1, 1],
      ]),
      0,
    )
    expect([b0, b1]).toEqual([a0, a1])
    expect(a1).not.toBe(a0)
  })

  it('come to the same whatever ran before', async () => {
    const cells = [0, 1, 2, 3].flatMap(point => [0, 1].map(r => [point, r] as const))
    const experiment = experimentIn(folder, text)
    const forward = await ran(inProcessRunner(experiment), cells)
    const backward = await ran(inProcessRunner(experiment), cells.toReversed())
    const alone = await Promise.all(cells.map(cell => ran(inProcessRunner(experiment), [cell])))
    expect(backward.reverse()).toEqual(forward)
    expect(alone.flat()).toEqual(forward)
  })

  it('have the rate that the load gives under the seed of the scenario', async () => {
    const runner = inProcessRunner(experimentIn(folder, text))
    const cells = Array.from({ length: 12 }, (_, r) => [0, r] as const)
    const windows = valuesOf(await ran(runner, cells), 0) as number[]
    const mean = windows.reduce((sum, windowS) => sum + windowS, 0) / windows.length
    // 300 gaps of an exponential law: 6 % in each, 1.7 % in the mean of twelve, and 6 % in the rate of the first.
    expect(Math.abs(mean / windows[0] - 1)).toBeLessThan(0.2)
    expect(new Set(windows).size).toBe(12)
  })
})

describe('resampling', () => {
  const traced = (more: string) =>
    experimentIn(folder, EXPERIMENT.replace('scenario.yaml', 'traced.yaml') + more, {
      'traced.yaml': TRACED,
      'trace.csv': TRACE,
    })
  const windows = 'metrics: [arrived_in_window, window_s, served_tokens]\n'

  it('of a trace is by blocks of its time unless told otherwise, and leaves the first as it is', async () => {
    const [first, second] = await ran(inProcessRunner(traced(windows)), [
      [0, 0],
      [0, 1],
    ])
    expect(first.rows[0].values[0]).toBe(120)
    expect(second.rows).not.toEqual(first.rows)
    const [as] = await ran(inProcessRunner(traced(`resampling: seeds\n${windows}`)), [[0, 0]])
    expect(as.rows).toEqual(first.rows)
  })

  it('by seeds has the same requests of a trace every time', async () => {
    const results = await ran(inProcessRunner(traced(`resampling: seeds\n${windows}`)), [
      [0, 0],
      [0, 1],
    ])
    expect(results[1].rows).toEqual(results[0].rows)
  })

  it('by slices deals every request to one replication', async () => {
    const runner = inProcessRunner(traced(`resampling: { slices: { count: 4 } }\n${windows}`))
    const results = await ran(
      runner,
      [0, 1, 2, 3].map(r => [0, r] as const),
    )
    expect(valuesOf(results, 0)).toEqual([30, 30, 30, 30])
  })

  it('is the same from columns that threads share', async () => {
    const experiment = traced(windows)
    const workloads = await sharedWorkloads(experiment)
    expect([...workloads.values()].map(({ arrivalS }) => arrivalS.buffer)).toEqual([
      expect.any(SharedArrayBuffer),
    ])
    const cells = [0, 1, 2].map(r => [3, r] as const)
    expect(await ran(inProcessRunner(experiment, { workloads }), cells)).toEqual(
      await ran(inProcessRunner(experiment), cells),
    )
  })

  it('names the slice that is empty, and the cell', async () => {
    const gap = `arrival_s,input_tokens,output_tokens\n0,100,10\n1,100,10\n100,100,10\n`
    const experiment = experimentIn(
      folder,
      `${EXPERIMENT.replace('scenario.yaml', 'g.yaml')}resampling: slices\n`,
      {
        'g.yaml': TRACED.replace('trace.csv', 'gap.csv'),
        'gap.csv': gap,
      },
    )
    const slice3 = inProcessRunner({ ...experiment, resampling: { by: 'slices', count: 5 } })
    await expect(slice3.run({ point: 2, replication: 2 })).rejects.toThrow(
      'replication 2 of round-robin at workload.load 0.8: slice 3 of 5 has no requests',
    )
  })
})

describe('groups', () => {
  it('are rows of their own, with blanks for what they have not', async () => {
    const classes = SMALL.replace(
      '    arrivals:',
      '    classes: [{ class: a, share: 0.5 }, { class: b, share: 0.5 }]\n    arrivals:',
    )
    const text = `${EXPERIMENT.replace('scenario.yaml', 'classes.yaml')}groups: [all, class]
metrics: [ttft_p99_s, busy_fraction, asked_tokens]\n`
    const [{ rows }] = await ran(inProcessRunner(experimentIn(folder, text, { 'classes.yaml': classes })), [
      [0, 1],
    ])
    expect(rows.map(({ group, name }) => `${group} ${name}`)).toEqual(['all all', 'class a', 'class b'])
    const isBlank = rows.map(({ values }) => values.slice(0, 3).map(value => value === null))
    expect(isBlank).toEqual([
      [false, false, true],
      [false, true, false],
      [false, true, false],
    ])
  })
})

describe('a warm-up by a pilot run', () => {
  it('is the same for all policies and replications of a setting, and its own in each', async () => {
    const text = `${EXPERIMENT.replace('scenario.yaml', 'long.yaml')}warmup: mser-5\nmetrics: [warmup_s, ttft_mean_s]\n`
    const experiment = experimentIn(folder, text, {
      'long.yaml': SMALL.replace('requests: 300', 'requests: 2000'),
    })
    const cells = [0, 1, 2, 3].flatMap(point => [0, 1].map(r => [point, r] as const))
    const results = await ran(inProcessRunner(experiment), cells)
    const warmups = valuesOf(results, 0)
    expect(new Set(warmups.slice(0, 4)).size).toBe(1)
    expect(new Set(warmups.slice(4)).size).toBe(1)
    expect(await ran(inProcessRunner(experiment), cells.slice(-1))).toEqual(results.slice(-1))
  })
})

describe('uncertainty', () => {
  it('draws another fleet for each replication, under the same requests and whatever the policy', async () => {
    const text = `${EXPERIMENT.replace('replications: 2', 'uncertainty: { draws: 3 }')}metrics: [window_s, tpot_p50_s]\n`
    const experiment = experimentIn(folder, text)
    const cells = [0, 1].flatMap(point => [0, 1, 2].map(draw => [point, draw] as const))
    const results = await ran(inProcessRunner(experiment), cells)
    expect(new Set(valuesOf(results, 0)).size).toBe(1)
    expect(new Set(valuesOf(results, 1)).size).toBe(6)
    expect(await ran(inProcessRunner(experiment), [[1, 2]])).toEqual(results.slice(-1))
  })
})

describe('policies of the user', () => {
  const POLICY = `export default () => () => 0\n`

  it('count from the folder of the scenario, and are called by their file', async () => {
    const text = EXPERIMENT.replace('round-robin', './mine/first.ts')
    const experiment = experimentIn(join(folder, 'own'), text, { 'mine/first.ts': POLICY })
    const first = (own: Experiment) => inProcessRunner(own).run({ point: 0, replication: 1 })
    const mine = await first(experiment)
    const flood = await first(experimentIn(folder, EXPERIMENT.replace('round-robin', 'flood')))
    expect(mine.rows).toEqual(flood.rows)
    expect(mine.hash).not.toBe(flood.hash)
  })

  it('are refused with the cell where they cannot be loaded', async () => {
    const text = EXPERIMENT.replace('round-robin', './mine/wrong.ts')
    const experiment = experimentIn(join(folder, 'own'), text, { 'mine/wrong.ts': 'export const a = 1\n' })
    await expect(inProcessRunner(experiment).run({ point: 0, replication: 0 })).rejects.toThrow(
      /^replication 0 of wrong.ts at workload.load 0.4: .*wrong.ts/,
    )
  })
})
