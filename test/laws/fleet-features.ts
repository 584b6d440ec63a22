import type { SharedDevices } from '../../src/fleet/course.ts'
import type { LinkSpec, NodeLinks } from '../../src/links/contract.ts'
import { addKind, type Draft, modelOf, modelsOf, shuffledReplicas } from './draft.ts'

/* Features of whole fleets and workloads, put into a draft. */

const MODELS = ['small', 'large', 'other']

/** Two or three models, each with a kind at least; requests name one, or none. */
export function models(draft: Draft): void {
  const { dice, kinds } = draft
  const count = dice.between(2, 3)
  draft.more = { ...draft.more, models: MODELS.slice(0, count) }
  kinds.forEach((kind, i) => {
    kinds[i] = { ...kind, modelId: i % count }
  })
  for (let modelId = kinds.length; modelId < count; modelId++) {
    addKind(draft, { ...kinds[0], name: `model ${modelId}`, modelId })
  }
  // The workload counts them in another order.
  draft.names = { ...draft.names, models: MODELS.slice(0, count).reverse() }
  draft.rows = draft.rows.map(row => ({ ...row, modelId: dice.between(-1, count - 1) }))
}

/** Prompts are computed by some replicas and decoded by others, of every model or of some. */
export function roles(draft: Draft): void {
  const { dice, kinds } = draft
  for (let model = 0; model < modelsOf(draft); model++) {
    if (model === 0 || dice.chance(0.7)) disaggregate(draft, model)
  }
  const kindOf = draft.replicas.map(kind => kinds[kind])
  const nodes = Array.from({ length: dice.between(1, 3) }, (_, i) => randomNode(draft, `node-${i}`))
  const firstIslands = nodes.map((_, i) => nodes.slice(0, i).reduce((sum, { islands }) => sum + islands, 0))
  const rate = dice.amount(1 / draft.unitS, [8, 512, Number.POSITIVE_INFINITY])
  const policy = { name: dice.oneOf(['round-robin', 'least-tokens', 'power-of-two']), options: {} }
  draft.more = {
    ...draft.more,
    network: { nodes },
    places: kindOf.map(({ devices }) => {
      const node = dice.index(nodes)
      return { node, island: firstIslands[node] + dice.between(0, nodes[node].islands - 1), devices }
    }),
    handoff: {
      decodeAt: dice.oneOf(['arrival', 'prefill-end']),
      ...(dice.chance(0.5) && { policy }),
      layers: dice.oneOf([1, 4, 32]),
      conversionBytesPerS: (from, to) => (from === to ? Number.POSITIVE_INFINITY : rate),
    },
  }
}

/** One kind of the model computes prompts, a new one decodes, and others do as they like. */
function disaggregate(draft: Draft, model: number): void {
  const { dice, kinds } = draft
  const own = kinds.map((_, i) => i).filter(i => modelOf(kinds[i]) === model)
  const maxModelLen = Math.max(...own.map(i => kinds[i].maxModelLen))
  const kvBytesPerToken = dice.oneOf([1, 4])
  own.forEach((i, place) => {
    const role = place === 0 ? 'prefill' : dice.oneOf(['prefill', 'decode', 'both'] as const)
    kinds[i] = { ...kinds[i], maxModelLen, kvBytesPerToken, ...roleOf(role) }
  })
  const like = kinds[dice.oneOf(own)]
  const added = addKind(draft, { ...like, name: `decode ${model}`, role: 'decode' })
  if (dice.chance(0.5)) draft.replicas.push(added)
}

function roleOf(role: 'prefill' | 'decode' | 'both') {
  return role === 'both' ? {} : { role }
}

function randomNode({ dice, unitS }: Draft, name: string): NodeLinks {
  const link = (): LinkSpec => ({
    bytesPerS: dice.amount(1 / unitS, [8, 64, 4096]),
    ...(dice.chance(0.3) && { deviceBytesPerS: dice.amount(1 / unitS, [4, 32]) }),
    latencyS: dice.amount(unitS, [0, 0, 0.5]),
  })
  const islands = dice.between(1, 2)
  return { name, islands, host: link(), nic: link(), ...(dice.chance(0.7) && { fabric: link() }) }
}

/** Replicas of different models, of which there are some, take turns on the same devices. */
export function sharedDevices(draft: Draft): void {
  const { dice, unitS, kinds, replicas } = draft
  const free = shuffledReplicas(draft)
  const shared: SharedDevices[] = []
  for (let groups = dice.between(1, 2); groups > 0; groups--) {
    const group: number[] = []
    for (let model = 0; model < modelsOf(draft); model++) {
      const place = free.findIndex(id => modelOf(kinds[replicas[id]]) === model)
      if (place >= 0) group.push(...free.splice(place, 1))
    }
    if (group.length < 2) break
    const patienceS = dice.oneOf([0, 8 * unitS, Number.POSITIVE_INFINITY])
    shared.push({ replicas: group, loadS: group.map(() => dice.amount(unitS, [1, 16])), patienceS })
  }
  draft.more = { ...draft.more, sharedDevices: shared }
}

/** Requests are turns of sessions, several at a time, each a think time after the one before. */
export function sessions(draft: Draft): void {
  const { dice, unitS } = draft
  draft.rows = draft.rows.map((row, i) => {
    const group = Math.floor(i / 12)
    const turn = 1 + Math.floor((i % 12) / 3)
    const thinkS = turn > 1 ? { thinkS: dice.amount(unitS, [0, 1, 16]) } : {}
    const session = { id: 3 * group + (i % 3), turn, turns: group % 2 === 0 ? 4 : 0, ...thinkS }
    return { ...row, session }
  })
}

/** Clients in a closed loop beside the arrivals. */
export function clients(draft: Draft): void {
  const { dice, unitS } = draft
  const bodies = Array.from({ length: 40 }, () => ({
    inputTokens: dice.length(30),
    outputTokens: dice.length(20),
  }))
  const closedLoop = {
    clients: dice.between(1, 6),
    requests: bodies.length,
    thinkS: dice.oneOf([0, 4 * unitS]),
    lengths: (client: number, turn: number) => bodies[(7 * client + turn) % bodies.length],
  }
  draft.more = { ...draft.more, closedLoop }
}

/** The router is told late of its replicas, of some things or of all. */
export function signals(draft: Draft): void {
  const { dice, unitS } = draft
  const timing = () => ({
    everyS: dice.amount(unitS, [0.5, 4, 64]),
    lagS: dice.amount(unitS, [0, 0.25, 4, 16]),
  })
  const load = timing()
  const { lagS, everyS } = timing()
  draft.more = {
    ...draft.more,
    signals: {
      ...(dice.chance(0.8) && { load }),
      ...(dice.chance(0.8) && { kv: dice.chance(0.5) ? load : timing() }),
      ...(dice.chance(0.8) && { cache: dice.chance(0.5) ? { lagS } : { lagS, everyS } }),
    },
  }
}

/** The router predicts output lengths better than it can, or not at all. */
export function lengths(draft: Draft): void {
  const { dice } = draft
  const predictor = dice.oneOf(['oracle', 'none', { noisy: { error: 0.5 } }] as const)
  draft.more = { ...draft.more, predictor }
}
