import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { deploymentLines, handoffText } from '../../src/cli/deployment.ts'
import { placementText } from '../../src/cli/placement.ts'
import { readingLines } from '../../src/cli/reading.ts'
import { type LoadedScenario, loadPrepared } from '../../src/cli/scenario.ts'
import { APART, SCENARIO, Workplace } from './program.ts'

const place = new Workplace()
afterAll(() => place.remove())

function loaded(text: string): Promise<LoadedScenario> {
  place.write('s.yaml', text)
  return loadPrepared(join(place.folder, 's.yaml'), {})
}

/** The scenario with another workload and pool. */
function scenario(workload: string, pool: string, top = ''): string {
  const lines = (text: string) => text.replaceAll('\n', '\n    ')
  return `${SCENARIO.replace(/workload:[\s\S]*$/, '')}${top}
workload:
    ${lines(workload)}
fleet:
  - ${lines(pool)}
policies: [random]
`
}

const GENERATED = `generate:
  requests: 20
  arrivals: { process: poisson }
  lengths: { input: { fixed: 500 }, output: { fixed: 50 } }
load: 0.5`
const POOL = `name: gpu
node: aws-p5.48xlarge
nodes: 1
replica: { tp: 4 }
engine: vllm`

describe('where replicas stand', () => {
  const lines = async (text: string) => {
    const { fleet, catalogue } = await loaded(text)
    return placementText(fleet.pools, catalogue).split('\n')
  }

  it('is told node by node, like neighbours together, with what is free', async () => {
    expect(await lines(APART)).toEqual([
      'aws-p5.48xlarge-0       2 x prompts, 1 x decodes, 5 of 8 devices free',
      '                        5 devices left: a further replica fits with up to 5 to a stage',
      'aws-p5.48xlarge-1 to 2  1 x elsewhere, 4 of 8 devices free each',
      '                        8 devices left: a further replica fits with up to 4 to a stage',
    ])
  })

  it('counts devices once that models have by turns', async () => {
    const pool = POOL.replace('name: gpu', 'name: gpu\nmodel: [llama-3.1-8b, qwen3-8b]\npatience_s: 5')
    expect(await lines(scenario(GENERATED, pool))).toEqual([
      'aws-p5.48xlarge-0  2 x gpu llama-3.1-8b by turns, 2 x gpu qwen3-8b by turns',
    ])
  })

  it('tells of pipelines that lie on several nodes', async () => {
    const pool = POOL.replace('nodes: 1', 'nodes: 2').replace('tp: 4', 'tp: 8, pp: 2')
    expect(await lines(scenario(GENERATED, pool))).toEqual(['aws-p5.48xlarge-0 to 1  1 x gpu in part each'])
  })
})

describe('what few fleets have', () => {
  const lines = async (workload: string, pool: string, top?: string) =>
    deploymentLines(await loaded(scenario(workload, pool, top)))

  it('is nothing where there is nothing', async () => {
    const plain = await loaded(SCENARIO)
    expect(deploymentLines(plain)).toEqual([])
    expect(handoffText(plain)).toBeUndefined()
  })

  it('names roles and links', async () => {
    const [goes, bytes, ...links] = deploymentLines(await loaded(APART))
    expect(goes).toEqual([
      'KV goes',
      'from prompts to decodes, elsewhere, chosen when the prompt is computed by the policy raced',
    ])
    // Of 32 layers, 8 heads of 128, keys and values of two bytes.
    expect(bytes[1]).toContain('131 kB a token as prompts keeps it')
    expect(links).toEqual([
      ['links', expect.stringMatching(/^aws-p5.48xlarge: NIC each way 400 GB\/s, 50.0 to/)],
      ['', expect.stringMatching(/^aws-p5.48xlarge: fabric 3600 GB\/s, 450 to/)],
      ['', expect.stringMatching(/^aws-p5.48xlarge: host 512 GB\/s, 64.0 to/)],
    ])
  })

  it('names models, and how long those wait that take turns', async () => {
    const pool = POOL.replace('name: gpu', 'name: gpu\nmodel: [llama-3.1-8b, qwen3-8b]\npatience_s: 5')
    const [models, turns] = await lines(GENERATED, pool)
    expect(models).toEqual(['models', 'llama-3.1-8b, qwen3-8b'])
    expect(turns[1]).toMatch(/gpu llama-3.1-8b 2.01 s, .*; others wait at most 5.00 s$/)
  })

  it('names slots and sizes compiled', async () => {
    const pool = `name: asic
node: aws-trn2.48xlarge
nodes: 1
replica: { tp: 1 }
engine: neuron
batcher: { name: prefill-first, token_budget: 4096, max_sequences: 8, max_model_len: 4096 }
compiled: { batch: [2, 8], context: [4096], prompt: [1024, 4096], cold: true, compile_s: 60, warmup_s: 30 }`
    const texts = (await lines(GENERATED, pool)).map(([, text]) => text)
    expect(texts).toEqual([
      expect.stringMatching(/^KV in \d+ slots of 4096 tokens$/),
      'compiled for batch 2 8; context 4096; prompt 1024 4096',
      'ready after 90.0 s',
    ])
  })

  it('names drafts, host memory and caches', async () => {
    const speculation = 'speculation: { draft: { head_layers: 1 }, tokens: 2, acceptance: 0.5 }'
    const more = `${POOL}\nkv: { preemption: swap, swap_gb: 10 }\n${speculation}\nprefix_cache: { dram_gb: 20 }`
    const texts = (await lines(GENERATED, more)).map(line => line.join(': '))
    expect(texts).toEqual([
      'prefixes: kept are nothing, as the workload lists no prefix blocks',
      expect.stringMatching(/^gpu: draft of \d\.\d\d+ GB$/),
      ': 1.75 tokens a step',
      expect.stringMatching(/^: swaps up to \d+ tokens to the host$/),
      expect.stringMatching(/^: keeps \d+ tokens in the host$/),
    ])
  })
})

describe('what is told of a workload', () => {
  const SESSIONS = 'preset: chat-sessions\nrequests: 50\nload: 0.5'
  const told = async (text: string) => readingLines(await loaded(text)).map(([, line]) => line)

  it('is that nobody keeps its prefix blocks, unless somebody does', async () => {
    const line = expect.stringMatching(/^100.0 % .* list prefix blocks, which no replica keeps/)
    expect(await told(scenario(SESSIONS, POOL))).toContainEqual(line)
    const caching = scenario(SESSIONS, `${POOL}\nprefix_cache: {}`)
    expect(await told(caching)).not.toContainEqual(line)
  })

  it.each([
    ['nobody keeps', POOL, undefined],
    ['are whole KV blocks', `${POOL}\nprefix_cache: {}`, 64],
    ['are not', `${POOL}\nprefix_cache: {}\nkv: { block_tokens: 48 }`, 192],
  ])('has no more than that prefix blocks of 64 tokens that %s make entries', async (_, pool, tokens) => {
    expect((await loaded(scenario(SESSIONS, pool))).course.prefixEntryTokens).toBe(tokens)
  })

  const tagged = (tags: string) => `${SESSIONS}\ntransform: [{ tag: ${tags} }]`

  it('is that nothing acts on the models that it names, unless several are served', async () => {
    const named = tagged('{ model: llama-3.1-8b }')
    const idle = '100.0 % of the requests name a model, which nothing acts on: the fleet serves one'
    expect(await told(scenario(named, POOL))).toContain(idle)
    const several = POOL.replace('name: gpu', 'name: gpu\nmodel: [llama-3.1-8b, qwen3-8b]\npatience_s: 5')
    expect(await told(scenario(named, several))).not.toContain(idle)
    const unnamed = '100.0 % of the requests name no model, and are served by llama-3.1-8b'
    expect(await told(scenario(SESSIONS, several))).toContain(unnamed)
  })

  it.each([
    ['fcfs', true],
    ['sjf', true],
    ['edf', false],
    ['{ name: least-slack }', false],
  ])('is that nothing acts on its deadlines in the order %s: %s', async (order, isTold) => {
    const pool = `${POOL}\nbatcher: { order: ${order} }`
    const lines = await told(scenario(tagged('{ deadline_s: 5 }'), pool))
    expect(lines.some(line => line.includes('have a deadline, which no order of the fleet acts on'))).toBe(
      isTold,
    )
  })

  const PLAIN =
    'generate: { requests: 50, arrivals: { process: poisson }, lengths: { input: { fixed: 100 }, output: { fixed: 10 } } }\nload: 0.5'

  it.each([
    ['prefix_cache: {}', PLAIN, SESSIONS, 'no request lists prefix blocks: prefix_cache finds nothing'],
    [
      'batcher: { order: edf }',
      PLAIN,
      tagged('{ deadline_s: 5 }'),
      'no request has a deadline: orders by deadline know only what their options give a class',
    ],
    [
      'batcher: { order: fair-share }',
      PLAIN,
      tagged('{ tenant: a }'),
      'no request has a tenant: to fair-share all are of one',
    ],
  ])('is that it brings nothing for %s to act on', async (setting, without, having, line) => {
    const pool = `${POOL}\n${setting}`
    expect(await told(scenario(without, pool))).toContain(line)
    expect(await told(scenario(without, POOL))).not.toContain(line)
    expect(await told(scenario(having, pool))).not.toContain(line)
  })

  const MIX = '{ name: mix, scorers: { session-affinity-scorer: 1, queue-scorer: 1 } }'
  it.each([
    ['session-affinity', 'session-affinity acts on sessions, and there are none', SESSIONS],
    [
      'consistent-hash',
      'consistent-hash acts on sessions or tenants or prefix blocks, and there are none',
      tagged('{ tenant: a }'),
    ],
    [MIX, 'session-affinity-scorer of mix acts on sessions, and there are none', SESSIONS],
  ])('is that it brings nothing for the policy %s to act on', async (policy, line, having) => {
    const racing = (workload: string) =>
      scenario(workload, POOL).replace(/policies: .*/, `policies: [${policy}]`)
    expect(await told(racing(PLAIN))).toContain(line)
    expect(await told(racing(having))).not.toContain(line)
  })

  it('is that caches hold nothing for the policies that ask them', async () => {
    const line = 'cache-aware acts on cached prefixes, and there are none'
    const racing = (pool: string) =>
      scenario(SESSIONS, pool).replace(/policies: .*/, 'policies: [cache-aware]')
    expect(await told(racing(POOL))).toContain(line)
    expect(await told(racing(`${POOL}\nprefix_cache: {}`))).not.toContain(line)
  })

  it('is refused where it names a model that no pool serves', async () => {
    const several = POOL.replace('name: gpu', 'name: gpu\nmodel: [llama-3.1-8b, qwen3-8b]\npatience_s: 5')
    await expect(loaded(scenario(tagged('{ model: llama-3.1-9b }'), several))).rejects.toThrow(
      /s\.yaml:\d+:\d+: workload asks for the model "llama-3.1-9b", which no pool serves; did you mean llama-3.1-8b/,
    )
  })
})
