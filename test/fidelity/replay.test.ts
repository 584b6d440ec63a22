import { describe, expect, it } from 'vitest'
import { isPredicted } from '../../src/fidelity/contract.ts'
import { replay } from '../../src/fidelity/replay.ts'
import type { Measurements } from '../../src/measurements/contract.ts'
import { collected, decodeSeconds, promptSeconds } from './served-toy.ts'
import { reasonOf, toys } from './toy.ts'

const META = {
  model: 'Toy/Model',
  vllm_version: '1',
  engine_kwargs: { max_num_seqs: 4, max_num_batched_tokens: 1000 },
}

type LogRow = readonly [
  ...[arrivalS: number, queuedS: number, inputTokens: number, outputTokens: number],
  ...[ttftS: number, tpotS: number | '', e2eS: number, hitTokens: number | ''],
]

const ONE: LogRow = [0, 0, 100, 11, 0.1, 0.01, 0.2, 0]

const HEADER =
  'request_id,arrival_s,queued_s,input_tokens,output_tokens,ttft_s,tpot_s,e2e_s,prefix_hit_tokens_est'
const LOG = 'requests/toyserve_Toy80GB_run.csv'

function files(contents: Readonly<Record<string, string>>): Measurements {
  return { folder: 'made', names: Object.keys(contents), read: name => contents[name] }
}

function logged(rows: readonly LogRow[], meta: object = META, log = LOG): Measurements {
  const lines = rows.map((row, i) => [`r${i}`, ...row].join(','))
  return files({
    [log]: [HEADER, ...lines].join('\n'),
    [log.replace('.csv', '_meta.json')]: JSON.stringify(meta),
  })
}

async function outcomes(measurements: Measurements) {
  return collected(replay(measurements, toys))
}

async function each(metric: string, measurements: Measurements) {
  const found = (await outcomes(measurements)).filter(isPredicted)
  return found.filter(one => one.metric === `${metric} of each request`)
}

async function reason(measurements: Measurements) {
  return reasonOf(await outcomes(measurements)).reason
}

describe('replay', () => {
  it('serves the requests of a log when they came', async () => {
    const found = await outcomes(logged([ONE, [5, 5, 200, 21, 0.1, 0.01, 0.2, 0]]))
    const times = Object.fromEntries(found.filter(isPredicted).map(one => [one.metric, one.predicted]))
    const [first, second] = [promptSeconds(1, 100), promptSeconds(1, 200)]
    expect(times.ttft_mean_s).toBeCloseTo((first + second) / 2, 9)
    expect(times.ttft_p50_s).toBeCloseTo((first + second) / 2, 9)
    expect(times.e2e_p99_s).toBeLessThan(second + decodeSeconds(1, 200, 21))
    expect(times.tpot_mean_s).toBeCloseTo(
      (decodeSeconds(1, 100, 11) / 10 + decodeSeconds(1, 200, 21) / 20) / 2,
      9,
    )
  })

  it('compares each request, and says which', async () => {
    const [first, second] = await each('e2e', logged([ONE, [5, 5, 200, 21, 0.1, 0.01, 0.3, 0]]))
    expect(first).toMatchObject({ place: `made/${LOG}:2`, detail: 'r0', measured: 0.2, device: 'toy-chip' })
    expect(second).toMatchObject({ place: `made/${LOG}:3`, detail: 'r1', measured: 0.3 })
    expect(second.predicted).toBeCloseTo(promptSeconds(1, 200) + decodeSeconds(1, 200, 21), 9)
  })

  it('adds the wait before the engine saw a request to what it measured', async () => {
    const [request] = await each('ttft', logged([[0, 0.5, 100, 11, 0.1, 0.01, 0.2, 0]]))
    expect(request.measured).toBeCloseTo(0.6, 12)
  })

  it('takes the prefix hits of the log', async () => {
    const [request] = await each('ttft', logged([[0, 0, 100, 11, 0.1, 0.01, 0.2, 64]]))
    expect(request.predicted).toBeCloseTo(promptSeconds(1, 100, 64), 9)
  })

  it('has no time per token for outputs of one', async () => {
    const rows: LogRow[] = [ONE, [5, 5, 100, 1, 0.1, '', 0.1, 0]]
    expect(await each('tpot', logged(rows))).toHaveLength(1)
    expect(await each('ttft', logged(rows))).toHaveLength(2)
  })

  it('takes the limits and the KV pool of the run', async () => {
    const together: LogRow[] = [ONE, ONE]
    const waits = promptSeconds(1, 100) + decodeSeconds(1, 100, 11)
    const [, free] = await each('ttft', logged(together))
    expect(free.predicted).toBeCloseTo(promptSeconds(2, 100), 9)
    const one = { ...META, engine_kwargs: { ...META.engine_kwargs, max_num_seqs: 1 } }
    const [, after] = await each('ttft', logged(together, one))
    expect(after.predicted).toBeCloseTo(waits + promptSeconds(1, 100), 9)
    const [, starved] = await each('ttft', logged(together, { ...META, kv_cache: { num_kv_tokens: 130 } }))
    expect(starved.predicted).toBeCloseTo(waits + promptSeconds(1, 100), 9)
  })

  it('takes ranks that share experts as one replica', async () => {
    const engine_kwargs = { ...META.engine_kwargs, data_parallel_size: 2, enable_expert_parallel: true }
    const found = await outcomes(logged([ONE], { ...META, model: 'Toy/Experts', engine_kwargs }))
    expect(found.filter(isPredicted).map(one => one.detail)).toContain('1 requests, tp 1, 2 ranks in step')
  })
})

describe('logs that are not replayed', () => {
  it.each([
    ['the description of the run lacks what must be known', logged([ONE], { model: 'Toy/Model' })],
    ['no model is known as "Other/Model"', logged([ONE], { ...META, model: 'Other/Model' })],
    ['no engine is known as "other 1"', logged([ONE], META, 'requests/other_Toy80GB_run.csv')],
    ['no device is known as "Toy90GB"', logged([ONE], META, 'requests/toyserve_Toy90GB_run.csv')],
    [
      'the log toyserve_Toy80GB.csv is missing',
      files({ 'toyserve_Toy80GB_meta.json': JSON.stringify(META) }),
    ],
    ['the log has no requests', logged([])],
    ['ttft_s is 0; must be > 0', logged([[0, 0, 100, 11, 0, 0.01, 0.2, 0]])],
    ['the description of a.csv is no JSON', files({ 'a.csv': HEADER, 'a_meta.json': '{' })],
  ])('%s', async (expected, measurements) => {
    expect(await reason(measurements)).toBe(expected)
  })
})
