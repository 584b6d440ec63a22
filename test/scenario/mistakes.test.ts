import { describe, expect, it } from 'vitest'
import { GOOD, mistake, variant } from './helpers.ts'

/** The author's message when one piece of the good scenario's text is replaced. */
function says(what: string, change: [string, string], ...lines: string[]): void {
  it(what, () => expect(mistake(variant(change)).split('\n')).toEqual(lines))
}

/** Of the good scenario: where it says on what it runs, and how. */
const POOL = GOOD.slice(GOOD.indexOf('node:'), GOOD.indexOf('    batcher:'))

function generator(input: string): string {
  const lengths = `{ input: { ${input} }, output: { fixed: 5 } }`
  return `generate: { requests: 9, arrivals: { process: poisson }, lengths: ${lengths} }`
}

describe('the text of a scenario', () => {
  it('may be right', () => expect(mistake(variant())).toBe('no mistake'))

  says(
    'has an unknown key in place of a known one',
    ['nodes: 2', 'nods: 2'],
    's.yaml:8:5: fleet[0].nodes is missing; must be a number',
    "s.yaml:9:5: fleet[0] has no key 'nods'; did you mean node or nodes?",
  )
  says(
    'has an unknown key at the top',
    ['region:', 'regoin: x\nregion:'],
    "s.yaml:3:1: the file has no key 'regoin'; did you mean region?",
  )
  says(
    'has an unknown key in one of several shapes',
    ['trace: some.csv', 'trace: some.csv\n  laod: 0.5'],
    "s.yaml:7:3: workload has no key 'laod'; did you mean load?",
  )
  says(
    'chooses none of several shapes',
    ['\n  trace: some.csv', ' {}'],
    's.yaml:5:11: workload is {}; must have trace or generate or preset or mix or closed_loop',
  )
  says(
    'has no nodes, nor another pool whose it shares',
    [GOOD.slice(GOOD.indexOf('node:'), GOOD.indexOf('replica:')), ''],
    's.yaml:8:5: fleet[0] has replica, engine, batcher; must have node and nodes, or on',
  )
  says(
    'has keys of two shapes',
    ['nodes: 2', 'nodes: 2\n    on: other'],
    's.yaml:10:5: fleet[0] has on; must be left out beside node and nodes',
  )
  says(
    'has a value of the wrong type',
    ['ttft_s: 1', 'ttft_s: fast'],
    's.yaml:4:16: slo.ttft_s is "fast"; must be a number',
  )
  says(
    'has what is no number',
    ['ttft_s: 1', 'ttft_s: .nan'],
    's.yaml:4:16: slo.ttft_s is NaN; must be a finite number',
  )
  says(
    'has a number without end',
    ['ttft_s: 1', 'ttft_s: -.inf'],
    's.yaml:4:16: slo.ttft_s is -Infinity; must be a finite number',
  )
  says(
    'names a known policy anew',
    ['[random]', '[{ name: power-of-two, choices: 3, label: x }]'],
    's.yaml:13:53: policies[0].label is "x"; power-of-two has no option \'label\'; known: choices',
  )
  says(
    'has a text for an option of a policy',
    ['[random]', '[{ name: power-of-two, choices: three }]'],
    's.yaml:13:43: policies[0].choices is "three"; must be a number',
  )
  says(
    'names a policy of its own for whose options nobody here knows',
    ['[random]', '[{ name: ./mine.ts, label: x }]'],
    's.yaml:13:38: policies[0].label is "x"; must be a number',
  )
  says(
    'names an unknown predictor of lengths',
    ['policies:', 'router: { lengths: noisy }\npolicies:'],
    's.yaml:13:20: router.lengths is "noisy"; known: class-mean, oracle, none, { noisy: { error } }',
  )
  says(
    'has a fraction for a count',
    ['nodes: 2', 'nodes: 1.5'],
    's.yaml:9:12: fleet[0].nodes is 1.5; must be a whole number',
  )
  says(
    'has a value out of bounds',
    ['tpot_s: 0.1', 'tpot_s: 0.1, attainment: 1.5'],
    's.yaml:4:44: slo.attainment is 1.5; must be <= 1',
  )
  says('names no policy', ['[random]', '[]'], 's.yaml:13:11: policies is []; must have >= 1 entry')
  says(
    'names an unknown batcher',
    ['batcher: {', 'batcher: { name: chunked-prefil,'],
    's.yaml:12:22: fleet[0].batcher.name is "chunked-prefil"; did you mean chunked-prefill?',
  )
  says(
    'names an unknown latency model',
    ['engine: vllm', 'engine: vllm\n    latency: { model: fixd, step_s: 1 }'],
    's.yaml:12:23: fleet[0].latency.model is "fixd"; did you mean fixed?',
  )
  says(
    'names a format of numbers that does not exist',
    ['weights: bf16', 'weights: bf8'],
    's.yaml:10:32: fleet[0].replica.weights is "bf8"; known: bf16, fp8, int8, fp4',
  )
  says(
    'is no YAML',
    ['[random]', '[random'],
    's.yaml:14:1: Flow sequence in block collection must be sufficiently indented and end with a ]',
  )
  says('has a key twice', ['region:', 'name: again\nregion:'], 's.yaml:3:1: Map keys must be unique')

  it('has an empty fleet', () => {
    const text = `${variant().split('fleet:')[0]}fleet: []\npolicies: [random]\n`
    expect(mistake(text)).toBe('s.yaml:7:8: fleet is []; must have >= 1 entry')
  })
})

describe('the workload', () => {
  says(
    'has a negative rate',
    ['trace: some.csv', 'trace: some.csv\n  rate_per_s: -3'],
    's.yaml:7:15: workload.rate_per_s is -3; must be > 0',
  )
  says(
    'has two paces',
    ['trace: some.csv', 'trace: some.csv\n  rate_per_s: 3\n  load: 1'],
    's.yaml:7:3: workload has load and rate_per_s; must have one of them',
  )
  says(
    'has quantiles that stop short',
    ['trace: some.csv', `${generator('quantiles: [[0, 5], [0.5, 9]]')}\n  load: 0.5`],
    's.yaml:6:13: workload.generate: quantiles go from share 0 to 0.5; must go from 0 to 1',
  )
  says(
    'has a generator without a rate',
    ['trace: some.csv', generator('fixed: 5')],
    's.yaml:6:38: workload.generate.arrivals has no rate_per_s; must have one, or else the workload a load',
  )
})

describe('the fleet', () => {
  says(
    'serves an unknown model',
    ['llama-3.1-8b', 'llama-3.1-8'],
    's.yaml:2:8: model is "llama-3.1-8"; no model is called that: did you mean llama-3.1-8b or llama-3-8b or llama-3.1-70b?',
  )
  says(
    'stands in an unknown region',
    ['us-ohio', 'us-ohoi'],
    's.yaml:3:9: region is "us-ohoi"; no region is called that: did you mean us-ohio?',
  )
  says(
    'has an unknown node',
    ['aws-p5.48xlarge', 'aws-trn2.48xlage'],
    's.yaml:8:11: fleet[0].node is "aws-trn2.48xlage"; no node is called that: did you mean aws-trn2.48xlarge or aws-inf2.48xlarge or aws-trn1.32xlarge?',
  )
  says(
    'has an unknown engine',
    ['engine: vllm', 'engine: vlm'],
    's.yaml:11:13: fleet[0].engine is "vlm"; no engine is called that: did you mean vllm?',
  )
  says(
    'has an engine that does not run there',
    ['engine: vllm', 'engine: neuron'],
    's.yaml:11:13: fleet[0].engine is "neuron", which does not run on h100-sxm; known: vllm, trtllm, sglang, eager-2023',
  )
  says(
    'has weights that the device does not support',
    [
      POOL,
      POOL.replace('aws-p5.48xlarge', 'meta-mtia2i-server')
        .replace('bf16', 'fp8')
        .replace('vllm', 'generic-asic'),
    ],
    's.yaml:10:32: fleet[0].replica.weights is "fp8", which mtia-2i does not support; known: bf16, int8',
  )
  says(
    'has KV that the device does not support',
    ['kv: bf16', 'kv: fp4'],
    's.yaml:10:42: fleet[0].replica.kv is "fp4", which h100-sxm does not support; known: bf16, fp8, int8',
  )
  says(
    'has tp larger than the island',
    ['tp: 2', 'tp: 16'],
    's.yaml:10:20: fleet[0].replica.tp is 16; must be <= 8, the devices of an island of aws-p5.48xlarge',
  )
  says(
    'has tp that does not divide the heads',
    ['tp: 2', 'tp: 3'],
    's.yaml:10:20: fleet[0].replica.tp is 3; must divide the 32 heads of llama-3.1-8b',
  )
  says(
    'has more replicas than the node holds',
    ['replicas_per_node: 3', 'replicas_per_node: 5'],
    's.yaml:10:67: fleet[0].replica.replicas_per_node is 5; must be <= 4, as aws-p5.48xlarge has 1 x 8 devices',
  )
  says(
    'has a token budget below the sequences',
    ['token_budget: 2048', 'token_budget: 64'],
    's.yaml:12:30: fleet[0].batcher.token_budget is 64; must be >= max_sequences, 128',
  )
  says(
    'admits longer requests than the model',
    ['max_model_len: 8192', 'max_model_len: 200000'],
    's.yaml:12:71: fleet[0].batcher.max_model_len is 200000; must be <= 131072, the context of llama-3.1-8b',
  )
  it('has less memory than the model needs', () => {
    const text = variant(['llama-3.1-8b', 'llama-2-70b'], ['tp: 2', 'tp: 1'], ['8192', '4096'])
    expect(mistake(text)).toBe(
      's.yaml:10:14: fleet[0].replica does not fit its memory: llama-2-70b in bf16 needs 139.9 GB on 1 x h100-sxm, ' +
        '138.0 GB of it weights; that is 63.5 GB more than the 76.4 GB that vllm may use',
    )
  })
  it('has less KV than the longest request needs', () => {
    const text = variant(
      ['llama-3.1-8b', 'qwen3-32b'],
      ['aws-p5.48xlarge', 'l40s-server-8x'],
      ['tp: 2, weights: bf16', 'tp: 1, weights: fp8'],
      ['max_model_len: 8192', 'max_model_len: 32768'],
    )
    expect(mistake(text)).toBe(
      's.yaml:12:71: fleet[0].batcher.max_model_len is 32768; must be <= 25184, the tokens that the KV pool holds',
    )
  })
  it('has two pools of one name', () => {
    const pool = variant().slice(variant().indexOf('  - node'), variant().indexOf('policies'))
    expect(mistake(variant(['policies:', `${pool}policies:`]))).toBe(
      's.yaml:13:5: fleet[1] is called "h100-sxm tp2" like fleet[0]; give it a name of its own',
    )
  })
})

describe('the policies', () => {
  says(
    'have an unknown name',
    ['[random]', '[random, least-request]'],
    's.yaml:13:20: policies[1] is "least-request"; no policy is called that: did you mean least-requests?',
  )
  says(
    'have an unknown option',
    ['[random]', '[{ name: power-of-two, choice: 3 }]'],
    "s.yaml:13:12: policies[0]: power-of-two has no option 'choice'; did you mean choices?",
  )
  says('may be files of your own', ['[random]', '[./mine.ts]'], 'no mistake')
})
