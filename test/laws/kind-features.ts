import { CompiledEnergy } from '../../src/energy/compiled.ts'
import type { EnergyModel } from '../../src/energy/contract.ts'
import { acceptedChances } from '../../src/latency/acceptance.ts'
import { Compiled } from '../../src/latency/compiled.ts'
import type { Pace } from '../../src/latency/contract.ts'
import { expectedPace, tracedPace } from '../../src/latency/pace.ts'
import { type Buckets, Padding } from '../../src/latency/padding.ts'
import { sampledPace } from '../../src/latency/sampled-pace.ts'
import { sped } from '../../src/latency/sped.ts'
import { type OrderName, orders } from '../../src/ordering/registry.ts'
import type { CacheTier, ReplicaKind } from '../../src/replicas/contract.ts'
import type { DetailedRow } from './detailed.ts'
import type { Draft } from './draft.ts'
import { knownOrder } from './naive-orders.ts'
import { naivePriceOf, pricedBy } from './naive-prices.ts'

/* Features of kinds, drawn for each of them. */

/** Most tokens that a decode emits in a step of any pace here. */
const MOST_TOKENS = 5

export type KindFeature = (draft: Draft, kind: ReplicaKind) => Partial<ReplicaKind>

/** Puts a feature into the first kind, and into most others. */
export function inKinds(feature: KindFeature): (draft: Draft) => void {
  return draft => {
    const { kinds, dice } = draft
    kinds.forEach((kind, i) => {
      if (i === 0 || dice.chance(0.75)) kinds[i] = roomy({ ...kind, ...feature(draft, kind) })
    })
  }
}

/** The kind with as many blocks as its longest request needs. */
export function roomy(kind: ReplicaKind): ReplicaKind {
  const { maxModelLen, blockTokens, reservedTokens = 0, pace } = kind
  const mostTokens = Math.max(reservedTokens, maxModelLen + (pace === undefined ? 0 : MOST_TOKENS))
  return { ...kind, kvBlocks: Math.max(kind.kvBlocks, Math.ceil(mostTokens / blockTokens)) }
}

// --- Who goes first ---------------------------------------------------------------------------------------------

export const order: KindFeature = draft => {
  const name = draft.dice.oneOf(Object.keys(orders) as OrderName[])
  const factory = knownOrder(name, orderOptions(draft, name), draft.classes)
  return factory === undefined ? {} : { order: factory }
}

function orderOptions({ dice, unitS, classes }: Draft, name: OrderName): Record<string, number> {
  const perClass = (draw: () => number) => Object.fromEntries(classes.map(own => [own, draw()]))
  switch (name) {
    case 'priority': {
      const aging = dice.chance(0.5) ? { aging_s: dice.amount(unitS, [1, 8, 64]) } : {}
      return { ...perClass(() => dice.between(-1, 2)), ...aging }
    }
    case 'edf':
    case 'least-slack':
      return dice.chance(0.5) ? perClass(() => dice.amount(unitS, [4, 16, 64])) : {}
    case 'fair-share':
      return { input_weight: dice.between(0, 2), output_weight: dice.between(0, 3) }
    default:
      return {}
  }
}

/** Tenants and deadlines for the rows, which orders go by. */
export function withOwners(draft: Draft): void {
  const { dice, unitS } = draft
  draft.names = { ...draft.names, tenants: ['a', 'b', 'c'] }
  draft.rows = draft.rows.map(row => ({
    ...row,
    tenantId: dice.between(-1, 2),
    ...(dice.chance(0.6) && { deadlineS: dice.amount(unitS, [4, 16, 64]) }),
  }))
}

// --- How much at once -------------------------------------------------------------------------------------------

export const chunkBudget: KindFeature = ({ dice }) => ({ chunkBudget: dice.oneOf([1, 4, 16, 64]) })

export const maxPrefills: KindFeature = ({ dice }) => ({ maxPrefills: dice.between(1, 3) })

/** Room for a few slots, and a rest that is none. */
export const reservedTokens: KindFeature = ({ dice }, { maxModelLen, blockTokens }) => {
  const reservedTokens = maxModelLen + dice.oneOf([0, 1, MOST_TOKENS])
  const slotBlocks = Math.ceil(reservedTokens / blockTokens)
  return {
    reservedTokens,
    kvBlocks: dice.between(1, 5) * slotBlocks + dice.between(0, slotBlocks - 1),
    watermarkBlocks: 0,
  }
}

// --- Where KV goes ----------------------------------------------------------------------------------------------

export const swap: KindFeature = ({ dice, unitS }, { maxModelLen, blockTokens }) => ({
  swap: {
    bytesPerToken: 2,
    bytesPerS: dice.amount(1 / unitS, [4, 64, 4096]),
    mostTokens: dice.oneOf([8, 64, 2 ** 20]),
  },
  // Little more than one request takes, so that many are preempted.
  kvBlocks: Math.ceil(maxModelLen / blockTokens) + dice.between(0, 4),
})

export const prefixCache: KindFeature = ({ dice, unitS, more }, { maxModelLen }) => {
  const entryTokens = more.prefixEntryTokens!
  const tier = (): CacheTier => ({
    tokens: entryTokens * dice.oneOf([0, 2, 16, 1000]),
    bytesPerS: dice.amount(1 / unitS, [4, 64, 4096]),
  })
  const blockTokens = dice.oneOf([1, 2, 4, 8].filter(tokens => entryTokens % tokens === 0))
  const leastBlocks = Math.ceil(maxModelLen / blockTokens)
  return {
    blockTokens,
    kvBlocks: leastBlocks + dice.oneOf([0, 3, leastBlocks, 4 * leastBlocks]),
    watermarkBlocks: dice.oneOf([0, 0, 1]),
    prefixCache: {
      bytesPerToken: 2,
      ...(dice.chance(0.5) && { host: tier() }),
      ...(dice.chance(0.5) && { remote: tier() }),
    },
  }
}

/** Blocks for most rows, many of them those of rows before; all that caches need to know of them. */
export function withBlocks(draft: Draft): void {
  const { dice } = draft
  const blockTokens = dice.oneOf([1, 2, 4, 8])
  const prefixEntryTokens = blockTokens * dice.oneOf([1, 1, 2])
  draft.more = {
    ...draft.more,
    prefixEntryTokens,
    ...(dice.chance(0.7) && { remoteStoreTokens: prefixEntryTokens * dice.oneOf([1, 16, 4096]) }),
  }
  let fresh = 0
  const known: number[][] = [[]]
  draft.rows = draft.rows.map(row => {
    if (dice.chance(0.15)) return row
    const count = Math.ceil(row.inputTokens / blockTokens)
    const shared = dice.chance(0.7) ? dice.oneOf(known) : []
    const blockIds = shared.slice(0, dice.chance(0.5) ? count : dice.between(0, count))
    while (blockIds.length < count) blockIds.push(fresh++)
    known.push(blockIds)
    return { ...row, blockTokens, blockIds } satisfies DetailedRow
  })
}

// --- How steps go -----------------------------------------------------------------------------------------------

export const pace: KindFeature = ({ dice }) => ({ pace: randomPace(dice) })

function randomPace(dice: Draft['dice']): Pace {
  switch (dice.oneOf(['expected', 'sampled', 'traced'])) {
    case 'expected':
      return expectedPace(dice.oneOf([1, 1.5, 2.35, 3.7]))
    case 'sampled':
      return sampledPace(
        dice.between(0, 2 ** 30),
        acceptedChances(dice.oneOf([0.3, 0.8]), dice.between(1, 4)),
      )
    default:
      return tracedPace(Array.from({ length: dice.between(1, 9) }, () => dice.between(0, MOST_TOKENS - 1)))
  }
}

export const startS: KindFeature = ({ dice, unitS }) => ({ startS: dice.amount(unitS, [1, 16, 256]) })

export const outside: KindFeature = ({ dice, unitS }) => ({
  outside: {
    requestS: dice.amount(unitS, [0, 1, 4]),
    promptTokenS: dice.amount(unitS / 64, [0, 1, 8]),
    replyS: dice.amount(unitS, [0, 1, 4]),
  },
})

/** Runs as buckets of contexts, and perhaps of sequences and prompts. */
export const compiled: KindFeature = ({ dice }, kind) => {
  const { latency, energy, maxModelLen, maxSequences, tokenBudget } = kind
  const longest = maxModelLen + MOST_TOKENS + 1
  const buckets: Buckets = {
    context: bucketsUpTo(dice, longest),
    ...(dice.chance(0.6) && { batch: bucketsUpTo(dice, maxSequences) }),
    ...(dice.chance(0.6) && { prompt: bucketsUpTo(dice, Math.max(longest, tokenBudget)) }),
  }
  const padding = new Padding(buckets)
  return {
    latency: new Compiled(latency, padding),
    energy: new CompiledEnergy(energy, padding) satisfies EnergyModel,
  }
}

/** Whether the cap binds is left to be asked of the slower model: of the batch alone all the same. */
export const speedup: KindFeature = ({ dice }, { latency }) => {
  const times = dice.oneOf(dice.flavour === 'dyadic' ? [0.5, 2, 4] : [0.7, 1.5, 3])
  const model = sped(latency, times)
  const price = naivePriceOf(latency)
  return { latency: price ? pricedBy(model, (batch, chunks) => price(batch, chunks) / times) : model }
}

/** Rising sizes, the last of which holds so many. */
function bucketsUpTo(dice: Draft['dice'], most: number): number[] {
  const sizes = [dice.between(1, most)]
  while (sizes[sizes.length - 1] < most) sizes.push(sizes[sizes.length - 1] + dice.between(1, most))
  return sizes
}
