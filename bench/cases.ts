import type { WriterName } from '../src/arrivals/writing/registry.ts'
import { ConstantEnergy } from '../src/energy/constant.ts'
import { type Course, policies, type ReplicaKind } from '../src/index.ts'
import type { OrderName } from '../src/ordering/registry.ts'
import { disaggregated, orderedBy, prefixCached, swapped } from './deployed.ts'
import { kernel } from './kernel.ts'
import { type Job, mainJob } from './main-job.ts'
import type { Measurement } from './measurement.ts'
import { readTrace } from './reading.ts'

/** Something to be timed, in a process of its own. */
export interface Case {
  readonly about: string
  readonly run: () => Promise<Measurement>
  /** The case whose time per request this one's is given in percent of. */
  readonly base?: string
}

const MILLION = 1_000_000
const SHORT = 200_000

/** About what an H100 replica takes; with the operators' context cost. */
const LINEAR = { model: 'linear', step_s: 0.012, token_s: 5e-5, context_token_s: 5e-8 }
/** Not twice the longest request. */
const TIGHT_KV_TOKENS = 28_000

/** Options as the shipped scenario gives them. */
export const POLICY_OPTIONS: Readonly<Record<string, Job['options']>> = {
  'length-split': { threshold_tokens: 1024 },
}

const SIZES = {
  batch: [1, 2, 4, 8, 16, 32, 64, 128, 256],
  context: [512, 1024, 2048, 4096, 8192, 16384, 32768],
  prompt: [128, 512, 1024, 2048, 4096, 8192],
}
/** Of 8,192 tokens each, as many as fit the smaller of the two kinds of replica. */
const SLOTS = { name: 'chunked-prefill', token_budget: 8192, max_sequences: 128, max_model_len: 8192 }
/** About 65 % of what outputs of 10,000 tokens saturate. */
const LONG_PACE = { rate_per_s: 10 }
const ORDERS = ['priority', 'sjf', 'edf', 'least-slack', 'fair-share'] as const

/** Every case by name. */
export const cases: Readonly<Record<string, Case>> = {
  'kernel 64': { about: 'calendar and loop alone, 64 actors', run: () => kernel(64) },
  'kernel 1024': { about: 'the same, 1,024 actors', run: () => kernel(1024) },
  'million 65 %': job('the main job on 64 replicas: power-of-two, all defaults on', { requests: MILLION }),
  'million 10 %': job('the same at 10 % of saturation', { requests: MILLION, load: 0.1 }),
  'million 95 %': job('the same at 95 % of saturation', { requests: MILLION, load: 0.95 }),
  'million 1024 replicas': job('the same on 1,024 replicas', { requests: MILLION, replicas: 1024 }),
  'ten million': job('the same ten times as long', { requests: 10 * MILLION }),
  'read stamps': reading("4 million rows of a trace in the shape of Azure's", 'azure', false),
  'read stamps zipped': reading('the same, gzip', 'azure', true),
  'read normal form': reading('the same as seconds, with a class', 'regatta-csv', false),
  'read normal form zipped': reading('the same, gzip', 'regatta-csv', true),
  base: job('the main job, 200,000 requests long: what lines below are compared with', { requests: SHORT }),
  stepped: job('that with one event per step', { requests: SHORT, stepByStep: true }, 'base'),
  'base 10 %': job('at 10 % of saturation', { requests: SHORT, load: 0.1 }),
  'stepped 10 %': job(
    'that with one event per step',
    { requests: SHORT, load: 0.1, stepByStep: true },
    'base 10 %',
  ),
  ...Object.fromEntries(Object.keys(policies).map(name => [`policy ${name}`, policyCase(name)])),
  'requests.csv': feature('requests.csv written too', { requestsFile: true }),
  'samples 1 s': feature('time series each second, not each ten', { scenario: changed({ sample_s: 1 }) }),
  'flat grid': feature('one gCO2 per kWh, not one an hour', { course: flatGrid }),
  'constant energy': feature('joules by seconds alone, not by bytes and operations', {
    course: ofKinds(constantEnergy),
  }),
  'linear latency': feature('three constants, not operators', { scenario: ofPools({ latency: LINEAR }) }),
  'no front end': feature('no delay before the queue', {
    course: ofKinds(kind => ({ ...kind, frontEndS: 0 })),
  }),
  'prefill-first': feature('batcher', { scenario: ofPools(wholePrompts('prefill-first')) }),
  continuous: feature('batcher', { scenario: ofPools(wholePrompts('continuous')) }),
  'tight KV': feature('KV pools so small that requests are preempted', { course: ofKinds(tightKv) }),
  'tight KV, swapped': feature('the same, KV kept in the host', {
    course: ofKinds(kind => swapped(tightKv(kind))),
  }),
  ...Object.fromEntries(ORDERS.map(name => [`order ${name}`, orderCase(name)])),
  'decode-first': feature('batcher', { scenario: ofPools(wholePrompts('decode-first')) }),
  'chunk budget': feature('512 prompt tokens in a step, 4 prompts at once', {
    course: ofKinds(kind => ({ ...kind, chunkBudget: 512, maxPrefills: 4 })),
  }),
  'no paging': feature('a slot of KV for each request', {
    scenario: ofPools({ kv: { paging: false }, batcher: SLOTS }),
  }),
  'compiled steps': feature('sizes of batches, contexts and chunks', {
    scenario: ofPools({ compiled: SIZES, kv: { paging: true } }),
  }),
  'speculation, expected': feature('0.7 of 4 draft tokens accepted, as a mean', {
    scenario: ofPools({ speculation: speculation('expected') }),
  }),
  'speculation, sampled': feature('the same, drawn step by step', {
    scenario: ofPools({ speculation: speculation('sampled') }),
  }),
  'time outside': feature('gateway, network, tokenizer', {
    course: ofKinds(kind => ({ ...kind, outside: { requestS: 0.005, promptTokenS: 2e-6, replyS: 0.005 } })),
  }),
  'prefix caching': feature("blocks shared as in Mooncake's trace", { course: prefixCached }),
  disaggregated: feature('prompts on the GPUs, decodes on the ASICs', { scenario: disaggregated }),
  'million deployed': job('the main job with prefix caching and disaggregation on', {
    requests: MILLION,
    scenario: disaggregated,
    course: prefixCached,
  }),
  'short outputs': job('outputs of 100 tokens', { requests: 20_000, ...outputs(100, LONG_PACE) }),
  'long outputs': job(
    'outputs of 10,000 tokens to the same arrivals, 63 % of what they saturate: as many events',
    { requests: 20_000, ...outputs(10_000, LONG_PACE) },
    'short outputs',
  ),
  'short outputs 65 %': job('outputs of 100 tokens at 65 % of what they saturate, where more go by a step', {
    requests: 20_000,
    ...outputs(100, { load: 0.65 }),
  }),
}

function reading(about: string, format: WriterName, isZipped: boolean): Case {
  return { about, run: () => readTrace(format, 4 * MILLION, isZipped) }
}

function job(about: string, spec: Job, base?: string): Case {
  return { about, run: () => mainJob(spec), ...(base && { base }) }
}

function feature(about: string, difference: Omit<Job, 'requests'>): Case {
  return job(about, { requests: SHORT, ...difference }, 'base')
}

function policyCase(policy: string): Case {
  const options = POLICY_OPTIONS[policy]
  return feature('routing policy', { policy, ...(options && { options }) })
}

function speculation(mode: string) {
  return { draft: 'llama-3.1-8b', tokens: 4, acceptance: 0.7, mode }
}

function orderCase(name: OrderName): Case {
  return feature('order of the queues', { course: ofKinds(orderedBy(name)) })
}

/** The same fleet on outputs of one length. */
function outputs(tokens: number, pace: object): Omit<Job, 'requests'> {
  const longEnough = { max_model_len: 16384 }
  return {
    scenario: input => ({
      ...input,
      warmup_s: 0,
      workload: { ...outputsOf(input.workload as Workload, tokens), ...pace },
      fleet: input.fleet.map(pool => ({ ...pool, batcher: { ...(pool.batcher as object), ...longEnough } })),
    }),
  }
}

interface Workload {
  readonly generate: { readonly lengths: object }
}

function outputsOf({ generate }: Workload, tokens: number) {
  return { generate: { ...generate, lengths: { ...generate.lengths, output: { fixed: tokens } } } }
}

function changed(keys: object): NonNullable<Job['scenario']> {
  return input => ({ ...input, ...keys })
}

function ofPools(keys: object): NonNullable<Job['scenario']> {
  return input => ({ ...input, fleet: input.fleet.map(pool => ({ ...pool, ...keys })) })
}

function wholePrompts(name: string) {
  return { batcher: { name, token_budget: 16384, max_sequences: 256, max_model_len: 16384 } }
}

function ofKinds(change: (kind: ReplicaKind) => ReplicaKind): NonNullable<Job['course']> {
  return course => ({ ...course, kinds: course.kinds.map(change) })
}

function flatGrid(course: Course): Course {
  return { ...course, carbon: { gramsPerKwh: [course.carbon.gramsPerKwh[0]] } }
}

function constantEnergy(kind: ReplicaKind): ReplicaKind {
  return { ...kind, energy: new ConstantEnergy({ idleWatts: 1000, busyWatts: 3000 }) }
}

function tightKv(kind: ReplicaKind): ReplicaKind {
  return { ...kind, kvBlocks: Math.ceil(TIGHT_KV_TOKENS / kind.blockTokens) }
}
