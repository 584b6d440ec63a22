import { describe, expect, it } from 'vitest'
import type { ReplicaKind } from '../../src/replicas/contract.ts'
import { checkOrders } from '../../src/scenario/order.ts'
import { fleetOf, GOOD, messageOf, mistake, parsed, variant } from './helpers.ts'

/** The good scenario with lines added to its pool, and lines at the top. */
function withPool(lines: string, top = ''): string {
  return variant(
    ['    engine: vllm\n', `    engine: vllm\n${indented(lines)}`],
    ['name: good\n', `name: good\n${top}`],
  )
}

function indented(lines: string): string {
  return lines === ''
    ? ''
    : `${lines
        .split('\n')
        .map(line => `    ${line}`)
        .join('\n')}\n`
}

/** A fleet of the good scenario's model of these pools, each the lines of one. */
function withPools(pools: readonly string[], top = ''): string {
  const list = pools.map(lines => `  - ${lines.split('\n').join('\n    ')}\n`).join('')
  return `${GOOD.slice(0, GOOD.indexOf('fleet:'))}${top}fleet:\n${list}policies: [random]\n`
}

const NEURON = `node: aws-inf2.48xlarge
nodes: 1
replica: { tp: 4 }
engine: neuron
batcher: { name: prefill-first, max_sequences: 16, max_model_len: 4096 }`

function kindOf(text: string): ReplicaKind {
  return fleetOf(text).kinds[0]
}

describe('a pool that keeps KV in its own way', () => {
  it('may have blocks of its own', () => {
    const own = kindOf(withPool('kv: { block_tokens: 128 }'))
    expect(own.blockTokens).toBe(128)
    expect(own.kvBlocks).toBe(Math.floor(kindOf(GOOD).kvBlocks / 8))
  })

  it('swaps over the links of all its devices to their host', () => {
    const { swap } = kindOf(withPool('kv: { preemption: swap, swap_gb: 16 }'))
    expect(swap).toEqual({
      bytesPerToken: 131072,
      bytesPerS: 2 * 64e9,
      mostTokens: Math.floor(16e9 / 131072),
    })
    expect(kindOf(GOOD).swap).toBeUndefined()
  })

  it.each([
    ['kv: { preemption: swap }', 's.yaml:12:9: fleet[0].kv has preemption swap; must have swap_gb, too'],
    [
      'kv: { swap_gb: 4 }',
      's.yaml:12:20: fleet[0].kv.swap_gb is 4; must be left out, as preemption is recompute',
    ],
    [
      'kv: { preemption: swap, swap_gb: 800 }',
      's.yaml:12:38: fleet[0].kv.swap_gb is 800; the replicas of a node need 2400 GB then, and aws-p5.48xlarge has 2048 GB',
    ],
    [
      'kv: { paging: false }',
      's.yaml:13:51: fleet[0].batcher.max_sequences is 128; must be <= 123: the KV pool holds 1010896 tokens, and without paging each takes 8192',
    ],
  ])('is told of a mistake in %s', (lines, message) => expect(mistake(withPool(lines))).toBe(message))

  it('sets the longest request apart for every one without paging', () => {
    const text = withPool('kv: { paging: false }').replace('max_sequences: 128', 'max_sequences: 64')
    expect(kindOf(text).reservedTokens).toBe(8192)
    const tokensOf = ({ kvBlocks, blockTokens }: ReplicaKind) => kvBlocks * blockTokens
    const paged = tokensOf(kindOf(text.replace('paging: false', 'paging: true')))
    expect(paged % 8192).toBeGreaterThan(0)
    expect(tokensOf(kindOf(text))).toBe(paged - (paged % 8192))
    expect(kindOf(GOOD).reservedTokens).toBeUndefined()
    expect(mistake(text.replace(', max_model_len: 8192', ''))).toBe(
      's.yaml:13:14: fleet[0].batcher has no max_model_len; must have it, as without paging it is set apart for every request',
    )
  })
})

describe('a prefix cache', () => {
  it('has the tiers that the pool gives it, at the speeds of its links', () => {
    const text = withPool(
      'prefix_cache: { dram_gb: 100, remote: true }',
      'remote_store: { gb: 5000, gb_per_s: 20 }\n',
    )
    const fleet = fleetOf(text)
    expect(fleet.kinds[0].prefixCache).toEqual({
      bytesPerToken: 131072,
      host: { tokens: Math.floor(100e9 / 131072), bytesPerS: 2 * 64e9 },
      remote: { bytesPerS: 20e9 },
    })
    expect(fleet.remoteStoreTokens).toBe(Math.floor(5000e9 / 131072))
  })

  it('may be of the devices alone', () => {
    expect(kindOf(withPool('prefix_cache: {}')).prefixCache).toEqual({ bytesPerToken: 131072 })
  })

  it('needs the store that it names', () => {
    expect(mistake(withPool('prefix_cache: { remote: true }'))).toBe(
      's.yaml:12:29: fleet[0].prefix_cache.remote is true; the file must have remote_store, its size and speed',
    )
  })

  it('must read a store that is given', () => {
    const text = withPool('prefix_cache: {}', 'remote_store: { gb: 1, gb_per_s: 1 }\n')
    expect(mistake(text)).toMatch(
      /^s\.yaml:\d+:1: remote_store is given; a pool must have prefix_cache with remote: true$/,
    )
  })

  it('shares the store with its like alone', () => {
    const pool = (name: string, kv: string) => `name: ${name}
node: aws-p5.48xlarge
nodes: 1
replica: { tp: 2, kv: ${kv} }
engine: vllm
prefix_cache: { remote: true }`
    const text = withPools([pool('a', 'bf16'), pool('b', 'fp8')], 'remote_store: { gb: 1, gb_per_s: 1 }\n')
    expect(mistake(text)).toContain(
      'fleet[1].prefix_cache.remote is true; must be false, as it keeps llama-3.1-8b as fp8 in the layout vllm-paged, and fleet[0] keeps llama-3.1-8b as bf16',
    )
  })
})

describe('a compiled stack', () => {
  const compiled = (section: string, pool = NEURON) => withPools([`${pool}\ncompiled: ${section}`])

  it('takes the sizes that the engine is known to compile, as far as they are of use', () => {
    const [{ stack, kind }] = fleetOf(compiled('{}')).pools
    expect(stack).toEqual({
      buckets: {
        batch: [1, 2, 4, 8, 16],
        context: [128, 256, 512, 1024, 2048, 4096],
        prompt: [128, 256, 512, 1024, 2048, 4096],
      },
      startS: 0,
      samplingS: { stepS: 0, sequenceS: 0 },
    })
    expect(kind.latency.readsLongest).toBe(true)
    expect(kind.latency.paddedTokens!(129)).toBe(256)
    expect(kind.reservedTokens).toBe(4096)
  })

  it('prices a batch as the next one that is compiled', () => {
    const { latency } = kindOf(compiled('{ context: exact }'))
    const at = (sequences: number) => latency.decodeSeconds({ sequences, contextTokens: 0 }, 1)
    expect(at(5)).toBeCloseTo(at(8), 4)
    expect(at(9)).toBeGreaterThan(at(8) * 1.0001)
  })

  it('compiles and warms up first where it starts cold', () => {
    expect(kindOf(compiled('{ cold: true }')).startS).toBe(2700 + 180)
    expect(kindOf(compiled('{ cold: true, compile_s: 0, warmup_s: 7 }')).startS).toBe(7)
  })

  it('draws tokens on the host where told to', () => {
    const tokenS = (section: string) =>
      kindOf(compiled(section)).latency.decodeSeconds({ sequences: 1, contextTokens: 0, longestTokens: 0 }, 1)
    expect(tokenS('{ sampling: host }') - tokenS('{}')).toBeCloseTo(0.0225 + 0.0013, 9)
  })

  it('compiles one size where the engine has only the largest', () => {
    const pool = NEURON.replace('aws-inf2.48xlarge', 'gcp-tpu-v5e-8').replace('neuron', 'jetstream')
    expect(fleetOf(compiled('{}', pool.replace('16', '8'))).pools[0].stack!.buckets).toMatchObject({
      batch: [8],
      context: [4096],
    })
  })

  it.each([
    ['{ batch: [1, 8] }', 'fleet[0].compiled.batch ends at 8; must reach 16, max_sequences'],
    ['{ context: [512, 2048] }', 'fleet[0].compiled.context ends at 2048; must reach 4096, max_model_len'],
    [
      '{ prompt: [512] }',
      'fleet[0].compiled.prompt ends at 512; must reach 4096, the largest chunk of a prompt',
    ],
    ['{ batch: [8, 4, 16] }', 'fleet[0].compiled.batch[1] is 4; must be > 8, the size before'],
    ['{ batchs: [16] }', "fleet[0].compiled has no key 'batchs'; did you mean batch?"],
  ])('is told that %s cannot hold its requests', (section, message) => {
    expect(mistake(compiled(section))).toContain(message)
  })

  it('has prompts as long as its batcher leaves them', () => {
    const chunked = NEURON.replace('prefill-first', 'chunked-prefill')
    const largest = (pool: string) => fleetOf(compiled('{}', pool)).pools[0].stack!.buckets.prompt!.at(-1)
    expect(largest(NEURON)).toBe(4096)
    expect(largest(chunked)).toBe(2048)
    expect(largest(chunked.replace('max_sequences', 'chunk_budget: 256, max_sequences'))).toBe(256)
    expect(mistake(compiled('{ prompt: [512, 2048] }'))).toContain(
      'fleet[0].compiled.prompt ends at 2048; must reach 4096, the largest chunk of a prompt',
    )
  })

  it('has no larger batch than its engine compiles', () => {
    const many = NEURON.replace('max_sequences: 16', 'max_sequences: 130').replace('4096', '128')
    expect(mistake(compiled('{}', many))).toContain(
      'fleet[0].batcher.max_sequences is 130; must be <= 128, the largest batch that neuron compiles',
    )
  })

  it('must say everything where nothing is known of the engine', () => {
    const pool = 'node: aws-p5.48xlarge\nnodes: 1\nreplica: { tp: 2 }\nengine: vllm'
    expect(mistake(compiled('{}', pool))).toContain(
      'fleet[0].compiled has no batch; must have it, as vllm does not say what it compiles',
    )
  })

  it('serves the models that its devices are known to serve', () => {
    const text = compiled('{}').replace('llama-3.1-8b', 'gemma-7b')
    expect(mistake(text)).toContain(
      's.yaml:2:8: model is "gemma-7b", which inferentia2 of fleet[0] is not known to serve; known: llama-7b, ',
    )
    expect(mistake(withPools([`${NEURON}\nmodel: phi-2`]))).toContain(
      'fleet[0].model is "phi-2", which inferentia2 of fleet[0] is not known to serve',
    )
  })
})

describe('speculation', () => {
  it('emits as many tokens a step as are accepted on average, and takes longer for it', () => {
    const plain = kindOf(GOOD)
    const kind = kindOf(withPool('speculation: { draft: none, tokens: 3, acceptance: 0.5 }'))
    expect(kind.pace!.tokensBy(8)).toBe(Math.floor(8 * 1.875))
    const seconds = ({ latency }: ReplicaKind) =>
      latency.decodeSeconds({ sequences: 64, contextTokens: 64_000 }, 1)
    expect(seconds(kind)).toBeGreaterThan(seconds(plain))
    expect(kind.kvBlocks).toBe(plain.kvBlocks)
  })

  it('takes the memory of the draft, its KV with it', () => {
    const text = (section: string) =>
      withPool(section)
        .replace('llama-3.1-8b', 'llama-3.3-70b')
        .replace('tp: 2', 'tp: 4')
        .replace('node: 3', 'node: 2')
    const { memory } = fleetOf(
      text('speculation: { draft: llama-3.1-8b, tokens: 3, acceptance: [0.8, 0.7, 0.6] }'),
    ).pools[0]
    const { memory: plain } = fleetOf(text('')).pools[0]
    expect(plain.kvBytes - memory.kvBytes).toBe(memory.draftBytes)
    expect(memory.draftBytes).toBeGreaterThan(16e9)
    expect(memory.kvBytesPerToken - plain.kvBytesPerToken).toBe(131072)
  })

  it('may be by a head of the model itself', () => {
    const { memory } = fleetOf(
      withPool('speculation: { draft: { head_layers: 1 }, tokens: 1, acceptance: 0.8 }'),
    ).pools[0]
    expect(memory.draftBytes! / ((memory.weightBytes - 2 * 2 * 128256 * 4096) / 32)).toBeCloseTo(1, 2)
  })

  it.each([
    [
      '{ draft: llama-3.1-8, tokens: 3, acceptance: 0.5 }',
      'fleet[0].speculation.draft is "llama-3.1-8"; no model is called that: did you mean llama-3.1-8b',
    ],
    [
      '{ draft: none, tokens: 3, acceptance: [0.5, 0.4] }',
      'fleet[0].speculation.acceptance has 2 positions; must have 3, one for each token that is proposed',
    ],
    [
      '{ draft: none, tokens: 2, acceptance: { counts: [0, 3] } }',
      'fleet[0].speculation.acceptance.counts has 3; must be <= 2, the tokens that are proposed',
    ],
    ['{ draft: none, tokens: 2, acceptance: 1.5 }', 'fleet[0].speculation.acceptance is 1.5; must be <= 1'],
    [
      '{ draft: llama-2-70b, tokens: 2, acceptance: 0.5 }',
      'fleet[0].speculation.draft does not fit: llama-2-70b needs 138.0 GB beside the 20.4 GB of llama-3.1-8b; the replica may use 152.9 GB',
    ],
    [
      '{ draft: qwen2.5-7b, tokens: 2, acceptance: 0.5 }',
      'fleet[0].speculation.draft is "qwen2.5-7b" on tp 8; must divide the 28 heads of qwen2.5-7b',
    ],
  ])('is told of a mistake in %s', (section, message) => {
    const text = withPool(`speculation: ${section}`)
    const wide = section.includes('qwen')
      ? text.replace('tp: 2', 'tp: 8').replace(', replicas_per_node: 3', '')
      : text
    expect(mistake(wide)).toContain(message)
  })
})

describe('prefill and decode apart', () => {
  const side = (role: string, node: string, more = '') => `name: ${role}s
role: ${role}
node: ${node}
nodes: 1
replica: { tp: 4 }
engine: vllm${more}`
  const PREFILLS = side('prefill', 'aws-p5.48xlarge')
  const DECODES = side('decode', 'aws-p4de.24xlarge')
  const apart = (pools: readonly string[], section = 'disaggregation: {}\n') => withPools(pools, section)

  it('hand over by the links of their nodes', () => {
    const { handoff, network, places, kinds } = fleetOf(apart([PREFILLS, DECODES]))
    expect(handoff).toMatchObject({ decodeAt: 'prefill-end', layers: 1 })
    expect(handoff!.conversionBytesPerS(0, 1)).toBe(Number.POSITIVE_INFINITY)
    expect(kinds.map(({ role, kvBytesPerToken }) => [role, kvBytesPerToken])).toEqual([
      ['prefill', 131072],
      ['decode', 131072],
    ])
    expect(places).toEqual([
      { node: 0, island: 0, devices: 4 },
      { node: 0, island: 0, devices: 4 },
      { node: 1, island: 1, devices: 4 },
      { node: 1, island: 1, devices: 4 },
    ])
    expect(network!.nodes.map(({ name, nic }) => [name, nic!.bytesPerS])).toEqual([
      ['aws-p5.48xlarge-0', 400e9],
      ['aws-p4de.24xlarge-0', 50e9],
    ])
    expect(network!.nodes[0].fabric).toMatchObject({ bytesPerS: 8 * 450e9, deviceBytesPerS: 450e9 })
    expect(network!.nodes[0].host).toMatchObject({ bytesPerS: 8 * 64e9 })
  })

  it('send layer by layer, and convert, where told to', () => {
    const other = side('decode', 'gcp-tpu-v6e-8').replace('vllm', 'vllm-tpu')
    const section =
      'disaggregation: { layerwise: true, decode_at: arrival, policy: round-robin, conversion_gb_per_s: 30 }\n'
    const { handoff } = fleetOf(apart([PREFILLS, other], section))
    expect(handoff).toMatchObject({
      decodeAt: 'arrival',
      layers: 32,
      policy: { name: 'round-robin', options: {} },
    })
    expect(handoff!.conversionBytesPerS(0, 1)).toBe(30e9)
    expect(mistake(apart([PREFILLS, other]))).toContain(
      'fleet[1].role is "decode"; pool "decodes" reads KV as bf16 in the layout tpu-paged on Google, and pool "prefills" writes bf16 in the layout vllm-paged on NVIDIA',
    )
  })

  it('may have replicas that do both in place of ones that decode', () => {
    const { handoff, kinds } = fleetOf(apart([PREFILLS, side('both', 'aws-p4de.24xlarge')]))
    expect(handoff).toMatchObject({ decodeAt: 'prefill-end' })
    expect(kinds.map(({ role, kvBytesPerToken }) => [role, kvBytesPerToken])).toEqual([
      ['prefill', 131072],
      [undefined, 131072],
    ])
  })

  it('are not there at all in other fleets', () => {
    const { handoff, network, places } = fleetOf(GOOD)
    expect([handoff, network, places]).toEqual([undefined, undefined, undefined])
  })

  it.each([
    [apart([PREFILLS]), 'fleet[0].role is "prefill"; no pool of llama-3.1-8b has role decode or both'],
    [apart([DECODES]), 'fleet[0].role is "decode"; no pool of llama-3.1-8b has role prefill'],
    [apart([PREFILLS, `${DECODES}\nmodel: llama-3-8b`]), 'no pool of llama-3.1-8b has role decode'],
    [apart([PREFILLS, DECODES], ''), 'fleet[0].role is "prefill"; the file must have disaggregation'],
    [
      withPool('', 'disaggregation: {}\n'),
      'disaggregation is given; a pool must have role prefill, and one decode or both',
    ],
    [
      apart([PREFILLS, `${side('both', 'aws-p4de.24xlarge')}\nmodel: llama-3-8b`]),
      'no pool of llama-3.1-8b has role decode or both',
    ],
  ])('must have both sides', (text, message) => expect(mistake(text)).toContain(message))
})

describe('several models', () => {
  const pool = (name: string, model: string) => `name: ${name}
model: ${model}
node: aws-p5.48xlarge
nodes: 1
replica: { tp: 4 }
engine: vllm`

  it('are numbered where there are two', () => {
    const fleet = fleetOf(withPools([pool('a', 'llama-3.1-8b'), pool('b', 'qwen3-8b')]))
    expect(fleet.models).toEqual(['llama-3.1-8b', 'qwen3-8b'])
    expect(fleet.kinds.map(({ modelId }) => modelId)).toEqual([0, 1])
    expect(kindOf(GOOD).modelId).toBeUndefined()
    expect(fleet.sharedDevices).toBeUndefined()
  })

  it('take turns on the devices of one pool', () => {
    const fleet = fleetOf(withPools([`${pool('a', '[llama-3.1-8b, qwen3-8b]')}\npatience_s: 5`]))
    expect(fleet.kinds.map(({ name }) => name)).toEqual(['a llama-3.1-8b', 'a qwen3-8b'])
    expect(fleet.replicas).toEqual([0, 0, 1, 1])
    const loadS = fleet.pools.map(({ memory }) => memory.weightBytes / 8e9)
    expect(fleet.sharedDevices).toEqual([
      { replicas: [0, 2], loadS, patienceS: 5 },
      { replicas: [1, 3], loadS, patienceS: 5 },
    ])
    // Whichever has the devices pays for all of them, and those beside it nothing.
    const usd = [0, 1].reduce((sum, id) => sum + fleet.kinds[fleet.replicas[id]].usdPerHour, 0)
    expect(usd + fleet.spareUsdPerHour).toBeCloseTo(55.04, 9)
    const idle = [0, 1].reduce((sum, id) => sum + fleet.kinds[fleet.replicas[id]].energy.idleWatts, 0)
    expect(idle + fleet.spareWatts).toBeCloseTo(8 * 75 + 1600, 9)
  })

  it('need to know how long to wait', () => {
    expect(mistake(withPools([pool('a', '[llama-3.1-8b, qwen3-8b]')]))).toContain(
      'fleet[0].model has 2 models; the pool must have patience_s',
    )
  })

  it('are each another', () => {
    const twice = `${pool('a', '[llama-3.1-8b, llama-3.1-8b]')}\npatience_s: 5`
    expect(mistake(withPools([twice]))).toMatch(
      /fleet\[0\]\.model\[1\] is "llama-3\.1-8b" again; must be another model$/,
    )
  })
})

describe('pools on the same nodes', () => {
  const HOST = 'name: big\nnode: aws-p5.48xlarge\nnodes: 2\nreplica: { tp: 4 }\nreplicas: 1\nengine: vllm'
  const GUEST = 'name: small\non: big\nreplica: { tp: 1 }\nengine: vllm'

  it('share devices, power and price', () => {
    const fleet = fleetOf(withPools([HOST, GUEST]))
    expect(fleet.replicas).toEqual([0, ...Array(12).fill(1)])
    expect(fleet.spareWatts).toBe(0)
    const usd = fleet.replicas.reduce((sum, kind) => sum + fleet.kinds[kind].usdPerHour, 0)
    expect(usd).toBeCloseTo(2 * 55.04, 9)
  })

  it('count what carries no replica once', () => {
    const fleet = fleetOf(withPools([HOST, `${GUEST}\nreplicas: 5`]))
    expect(fleet.spareUsdPerHour).toBeCloseTo((7 * 55.04) / 8, 10)
    expect(fleet.spareWatts).toBeCloseTo(7 * (75 + 1600 / 8), 10)
    expect(fleet.pools[0].leftover).toEqual({ devices: 7, largest: 7 })
    expect(fleet.pools[1].leftover).toBeUndefined()
  })

  it.each([
    [
      [HOST, GUEST.replace('on: big', 'on: bg')],
      'fleet[1].on is "bg"; no pool is called that: did you mean big?',
    ],
    [
      [HOST, GUEST, GUEST.replace('on: big', 'on: small').replace('name: small', 'name: x')],
      'fleet[2].on is "small", which has no nodes of its own; known: big',
    ],
    [
      [GUEST.replace('on: big', 'on: small')],
      'fleet[0].on is "small", which has no nodes of its own; no named pool has',
    ],
    [
      [HOST, `${GUEST.replace('tp: 1', 'tp: 8')}\nreplicas: 2`],
      'fleet[0] needs 1 x 4 devices, each in one island, of 2 x aws-p5.48xlarge; 0 of them fit, devices left per island: 2 x 0',
    ],
    [
      [HOST.replace('replicas: 1', 'replicas: 4'), GUEST],
      'fleet[1] needs 1 x 1 devices, each in one island, of 2 x aws-p5.48xlarge; 0 of them fit',
    ],
  ])('are refused with the arithmetic where they do not fit', (pools, message) => {
    expect(mistake(withPools(pools))).toContain(message)
  })
})

describe('a pipeline over nodes', () => {
  const text = (nodes: number, pp: number) =>
    withPools([`node: aws-p5.48xlarge\nnodes: ${nodes}\nreplica: { tp: 8, pp: ${pp} }\nengine: vllm`])

  it('has its stages on neighbours and passes the network between them', () => {
    const fleet = fleetOf(text(4, 2))
    expect(fleet.pools[0].places.map(stages => stages.map(({ node }) => node))).toEqual([
      [0, 1],
      [2, 3],
    ])
    expect(fleet.kinds[0].devices).toBe(16)
    expect(fleet.kinds[0].usdPerHour).toBeCloseTo(2 * 55.04, 9)
    const step = (of: string) =>
      kindOf(of).latency.decodeSeconds({ sequences: 256, contextTokens: 256_000 }, 1)
    const inside = withPools(['node: aws-p5.48xlarge\nnodes: 1\nreplica: { tp: 4, pp: 2 }\nengine: vllm'])
    const across = inside.replace('nodes: 1', 'nodes: 2')
    expect(step(across)).toBe(step(inside))
    expect(fleet.evidence.facts.map(({ name }) => name)).toContain('aws-p5.48xlarge nicUs')
  })

  it('is refused where its nodes are too few', () => {
    expect(mistake(text(1, 2))).toContain('pp is 2; must be <= 1, as 1 x aws-p5.48xlarge has 1 x 8 devices')
  })
})

describe('the order of a queue', () => {
  it('is an order with its options, those of classes by their names', () => {
    const text = GOOD.replace('batcher: {', 'batcher: { order: { name: priority, aging_s: 30, chat: 2 },')
    expect(kindOf(text).order).toBeDefined()
    expect(kindOf(GOOD).order).toBeUndefined()
    expect(messageOf(() => checkOrders(parsed(text), ['chat', 'batch']))).toBe('no mistake')
    expect(messageOf(() => checkOrders(parsed(text), ['code']))).toContain("priority has no option 'chat'")
  })

  it.each([
    ['fcfz', 'fleet[0].batcher.order is "fcfz"; did you mean fcfs'],
    ['{ name: priority, aging_s: -1 }', "option 'aging_s' is -1"],
  ])('is checked: %s', (order, message) => {
    expect(mistake(GOOD.replace('batcher: {', `batcher: { order: ${order},`))).toContain(message)
  })
})

describe('limits of a step, and time outside', () => {
  it('are of the replica', () => {
    const kind = kindOf(
      GOOD.replace('batcher: {', 'batcher: { chunk_budget: 512, max_prefills: 3,')
        .replace('tp: 2', 'tp: 2, pp: 2')
        .replace(', replicas_per_node: 3', ''),
    )
    expect([kind.chunkBudget, kind.maxPrefills]).toEqual([1024, 3])
  })

  it('have chunks within the budget of the step', () => {
    expect(mistake(GOOD.replace('batcher: {', 'batcher: { chunk_budget: 2049,'))).toBe(
      's.yaml:12:30: fleet[0].batcher.chunk_budget is 2049; must be <= token_budget, 2048',
    )
  })

  it('is given in seconds', () => {
    expect(
      kindOf(withPool('outside: { network_ms: 5, tokenizer_us_per_token: 2, reply_ms: 3 }')).outside,
    ).toEqual({
      requestS: 0.005,
      promptTokenS: 2e-6,
      replyS: 0.003,
    })
  })
})
