import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { deploymentLines } from '../../src/cli/deployment.ts'
import { loadPrepared } from '../../src/cli/scenario.ts'
import { Operators } from '../../src/latency/operators.ts'
import { Samples } from '../../src/latency/samples.ts'
import { boundOf } from '../../src/planning/bound.ts'
import type { ReplicaKind } from '../../src/replicas/contract.ts'
import { SCENARIO, Workplace } from '../cli/program.ts'
import { type ArrivalRow, courseOf } from '../laws/courses.ts'
import { type FastRow, runFast } from '../laws/fast.ts'
import { fleetOf, GOOD, mistake, variant } from './helpers.ts'
import { taskScenario } from './task-text.ts'

/** The scenario with more keys of its pool. */
function withKeys(text: string, ...keys: readonly string[]): string {
  return text.replace('policies:', `${keys.map(key => `    ${key}\n`).join('')}policies:`)
}

const TASK = taskScenario()
const COMPILED = GOOD.replace('aws-p5.48xlarge', 'aws-trn2.48xlarge')
  .replace('vllm', 'neuron')
  .replace('{ token_budget', '{ name: prefill-first, token_budget')
  .replace('max_sequences: 128', 'max_sequences: 32')
const DRAFT = 'draft: { head_layers: 1 }, tokens: 2, acceptance: 0.5, mode: sampled'

const DEPLOYMENTS: Record<string, string> = {
  operators: GOOD,
  'an engine without graphs': GOOD.replace('vllm', 'eager-2023'),
  'a draft': withKeys(GOOD, `speculation: { ${DRAFT} }`),
  'steps compiled': withKeys(
    COMPILED,
    'compiled: { batch: [4, 32], context: [1024, 8192], prompt: [512, 8192] }',
  ),
  'a line': withKeys(GOOD, 'latency: { model: linear, step_s: 0.01, token_s: 1e-5, context_token_s: 1e-8 }'),
  'a fixed step': withKeys(GOOD, 'latency: { model: fixed, step_s: 0.03 }'),
  'drawn steps': withKeys(GOOD, 'latency: { model: exponential, mean_s: 0.03 }'),
  'batches of samples': TASK,
  'measured batches': withKeys(TASK, 'latency: { model: samples, fixed_s: 0.001, sample_s: 0.0003 }'),
  'a fixed batch': withKeys(TASK, 'latency: { model: fixed, step_s: 0.003 }'),
  'drawn batches': withKeys(TASK, 'latency: { model: exponential, mean_s: 0.003 }'),
}

/** A burst, and a stream of requests behind it. */
const ROWS: ArrivalRow[] = Array.from({ length: 400 }, (_, i) => ({
  arrivalS: Math.floor(i / 3) * 0.05,
  inputTokens: 1 + ((i * 37) % 60),
  outputTokens: 1 + ((i * 11) % 90),
}))

/** Twice as fast, all of it: the front end, which no speedup is of, too. */
function hurried(kind: ReplicaKind): ReplicaKind {
  return { ...kind, frontEndS: kind.frontEndS / 2, batchDelayS: (kind.batchDelayS ?? 0) / 2 }
}

const TIMES = ['arrivalS', 'admittedS', 'firstTokenS', 'endS', 'worstItlS', 'shareS'] as const
const timesOf = (row: FastRow) => TIMES.map(name => row[name])

describe.each(Object.entries(DEPLOYMENTS))('a fleet of %s at a speedup of 2', (_, text) => {
  const fleet = fleetOf(text)
  const faster = fleetOf(withKeys(text, 'speedup: 2'))

  it('has every time of requests that come twice as fast exactly halved', async () => {
    const { replicas } = fleet
    const twice = ROWS.map(row => ({ ...row, arrivalS: row.arrivalS / 2 }))
    const choice = { name: 'least-requests' }
    const was = await runFast(courseOf(fleet.kinds, ROWS, { replicas }), choice)
    const is = await runFast(courseOf(faster.kinds.map(hurried), twice, { replicas, sampleS: 30 }), choice)
    expect(is.rows.map(timesOf)).toEqual(was.rows.map(row => timesOf(row).map(seconds => seconds / 2)))
    expect(is.rows.map(({ replica }) => replica)).toEqual(was.rows.map(({ replica }) => replica))
    expect(is.result.endS).toBe(was.result.endS / 2)
    expect(is.result.replicas.map(({ lifeBusyS }) => lifeBusyS)).toEqual(
      was.result.replicas.map(({ lifeBusyS }) => lifeBusyS / 2),
    )
  })

  it('keeps what is no step', () => {
    const rest = ({ latency: _, energy: __, pace: ___, ...kind }: ReplicaKind) => kind
    expect(faster.kinds.map(rest)).toEqual(fleet.kinds.map(rest))
    expect(faster.pools.map(({ memory }) => memory)).toEqual(fleet.pools.map(({ memory }) => memory))
  })
})

describe('joules of the same work in less time', () => {
  /** Watts of a busy replica beside its work, and at most. */
  function wattsOf(text: string) {
    const { devices, tdpWatts, floor, hostIdleWatts, hostLoadWatts } = fleetOf(text).pools[0].power
    const hostWatts = hostIdleWatts + hostLoadWatts
    return { floorWatts: devices * tdpWatts * floor + hostWatts, capWatts: devices * tdpWatts + hostWatts }
  }

  /** One request alone. */
  async function lone(text: string) {
    const { kinds } = fleetOf(text)
    const { result } = await runFast(courseOf(kinds, [{ arrivalS: 0, inputTokens: 8, outputTokens: 40 }]), {
      name: 'round-robin',
    })
    const [{ lifeBusyS, lifeBusyJ }] = result.replicas
    return { seconds: lifeBusyS, joules: lifeBusyJ }
  }

  it.each([GOOD, TASK])('are fewer by the watts of the time that it no longer takes', async text => {
    const was = await lone(text)
    const is = await lone(withKeys(text, 'speedup: 1.25'))
    const { floorWatts } = wattsOf(text)
    expect(is.seconds).toBeCloseTo(was.seconds / 1.25, 12)
    expect(is.joules).toBeCloseTo(was.joules - floorWatts * (was.seconds - is.seconds), 9)
  })

  it.each([GOOD, TASK])('are no more than the devices may draw', async text => {
    const is = await lone(withKeys(text, 'speedup: 512'))
    const { capWatts } = wattsOf(text)
    expect(is.joules).toBeCloseTo(capWatts * is.seconds, 9)
  })
})

describe('where nothing is said, or 1', () => {
  it.each([[], ['speedup: 1']])('models stand in nothing: %s', (...keys) => {
    expect(fleetOf(withKeys(GOOD, ...keys)).kinds[0].latency).toBeInstanceOf(Operators)
    expect(fleetOf(withKeys(TASK, ...keys)).kinds[0].latency).toBeInstanceOf(Samples)
  })
})

describe('a speedup', () => {
  it.each([
    ['0', 'is 0; must be > 0'],
    ['-2', 'is -2; must be > 0'],
    ['.nan', 'is NaN; must be a finite number'],
    ['.inf', 'is Infinity; must be a finite number'],
    ['fast', 'is "fast"; must be a number'],
  ])('of %s is refused', (value, message) => {
    expect(mistake(variant(['    engine', `    speedup: ${value}\n    engine`]))).toBe(
      `s.yaml:11:14: fleet[0].speedup ${message}`,
    )
    expect(mistake(withKeys(TASK, `speedup: ${value}`))).toMatch(`fleet[0].speedup ${message}`)
  })

  it('leaves drawn steps what no bound is given for', async () => {
    const { kinds } = fleetOf(withKeys(DEPLOYMENTS['drawn steps'], 'speedup: 3'))
    await expect(boundOf(courseOf(kinds, ROWS))).rejects.toThrow('take times that are drawn')
  })
})

describe('of a deployment', () => {
  const place = new Workplace()
  afterAll(() => place.remove())

  it('it is told which pools have it', async () => {
    const [, pool] = /fleet:\n([\s\S]*)policies/.exec(SCENARIO)!
    const named = `${pool}    name: new\n    speedup: 1.5\n`
    place.write(
      's.yaml',
      SCENARIO.replace(pool, `${pool}${named}${pool}    speedup: 0.8\n`).replace(
        '- node',
        '- name: first\n    node',
      ),
    )
    const lines = deploymentLines(await loadPrepared(join(place.folder, 's.yaml'), {}))
    expect(lines).toEqual([
      ['speedup', 'steps of new are 1.50 times as fast'],
      ['', 'steps of fleet[2] are 0.800 times as fast'],
    ])
  })
})
