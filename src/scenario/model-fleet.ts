import type { Course, SharedDevices } from '../fleet/course.ts'
import type { BuiltPool, BuiltPools } from './built-pool.ts'
import { dotted } from './document.ts'
import type { FactReader } from './evidence.ts'
import type { Catalogue } from './facts.ts'
import { type Standing, standing } from './grounds.ts'
import { handoffOf } from './handoff.ts'
import { layoutName, type MadeKind, madeKind } from './kind.ts'
import { checkHostMemory, remoteStoreTokens } from './kv-store.ts'
import { networkOf, siteOf } from './network.ts'
import { resolvePool } from './pool.ts'
import { type PoolParts, parallelismOf } from './pool-parts.ts'
import type { ModelScenario, ParsedScenario } from './schema.ts'

/** A kind of replica, the pool it is of, and its place among the pool's models. */
interface PoolKind {
  readonly parts: PoolParts
  readonly name: string
  readonly made: MadeKind
}

/** Every pool's names are looked up, and all are placed, before the first is built. */
export function modelPools(
  parsed: ParsedScenario,
  scenario: ModelScenario,
  catalogue: Catalogue,
  facts: FactReader,
): BuiltPools {
  const pools = scenario.fleet.map((_, index) => resolvePool(parsed, scenario, index, catalogue))
  const stands = standing(pools.map(([parts]) => askingOf(parts)))
  const models = modelsServed(scenario, pools.flat())
  const kinds = pools.flat().map((parts): PoolKind => {
    const name = nameOf(parts)
    const path = ['fleet', parts.index, 'speculation', 'draft']
    const draftAt = `${parsed.place(path)}: ${dotted(path)}`
    const modelId = models.indexOf(parts.model.id)
    const places = stands.places[parts.index]
    const input = { parts, name, places, scenario, catalogue, facts, draftAt }
    return { parts, name, made: madeKind(models.length > 1 ? { ...input, modelId } : input) }
  })
  checkHostMemory(
    pools.map(([parts], index) => ({ parts, places: stands.places[index] })),
    stands.nodes,
  )
  const handoff = handoffOf(parsed, scenario, kinds)
  const remoteTokens = remoteStoreTokens(parsed, scenario, kinds.map(bytesOf))
  const shared = turnsOf(kinds, stands, facts)
  return {
    pools: kinds.map(kind => builtPool(kind, stands)),
    standing: stands,
    more: {
      ...(models.length > 1 && { models }),
      ...(handoff && { handoff, ...waysBetween(kinds, stands, catalogue, facts) }),
      ...(remoteTokens !== undefined && { remoteStoreTokens: remoteTokens }),
      ...(shared.length > 0 && { sharedDevices: shared }),
    },
  }
}

/** The one that the scenario names comes first, if any pool serves it: it is asked for by whoever names none. */
function modelsServed(scenario: ModelScenario, pools: readonly PoolParts[]): string[] {
  const served = new Set(pools.map(({ model }) => model.id))
  const first = served.has(scenario.model) ? [scenario.model] : []
  return [...new Set([...first, ...served])]
}

function askingOf({ pool, groundIndex, node, nodes, fail }: PoolParts) {
  const { tp, pp, replicas_per_node } = pool.replica
  return {
    ...{ groundIndex, node, nodes, fail, stages: pp, stageDevices: tp },
    ...{ replicas: pool.replicas, replicasPerNode: replicas_per_node },
  }
}

function nameOf({ pool, device, model, turns }: PoolParts): string {
  const name = pool.name ?? `${device.id} ${layoutName(parallelismOf(pool.replica))}`
  return turns === 1 ? name : `${name} ${model.id}`
}

function bytesOf({ parts, made }: PoolKind) {
  return { parts, bytesPerToken: made.memory.kvBytesPerToken }
}

function builtPool({ parts, made }: PoolKind, stands: Standing): BuiltPool {
  const { node, nodes, device, engine, index, groundIndex } = parts
  const left = groundIndex === index ? stands.leftovers[index] : undefined
  return {
    ...made,
    node: node.id,
    device: device.id,
    engine: engine.id,
    nodes,
    replicas: stands.places[index].length,
    places: stands.places[index],
    ...(left && { leftover: left }),
    turns: parts.turns,
  }
}

/** Sites of all replicas, by id, and the links between them. */
function waysBetween(
  kinds: readonly PoolKind[],
  { places, nodes }: Standing,
  catalogue: Catalogue,
  facts: FactReader,
): Partial<Course> {
  const sites = kinds.flatMap(({ parts }) => places[parts.index].map(siteOf))
  return { places: sites, network: networkOf(nodes, catalogue, facts) }
}

/** Replicas on the same devices: of the kinds of a pool, those with the same place. */
function turnsOf(kinds: readonly PoolKind[], { places }: Standing, facts: FactReader): SharedDevices[] {
  const firsts = firstReplicas(kinds, places)
  const pools = kinds.filter(({ parts }, i) => parts.turns > 1 && parts.index !== kinds[i - 1]?.parts.index)
  return pools.flatMap(({ parts }) => {
    const turns = kinds.flatMap((kind, i) => (kind.parts.index === parts.index ? [i] : []))
    const loadS = turns.map(i => loadSeconds(kinds[i], facts))
    const patienceS = parts.pool.patience_s!
    return places[parts.index].map((_, replica) => ({
      replicas: turns.map(i => firsts[i] + replica),
      loadS,
      patienceS,
    }))
  })
}

/** Id of the first replica of each kind. */
function firstReplicas(kinds: readonly PoolKind[], places: Standing['places']): number[] {
  let next = 0
  return kinds.map(({ parts }) => {
    const first = next
    next += places[parts.index].length
    return first
  })
}

/** Weights come from where the node keeps them, as if no other replica read at the time. */
function loadSeconds({ parts, made }: PoolKind, facts: FactReader): number {
  const { node, fail } = parts
  const { storageGbPerS } = node
  if (storageGbPerS === undefined) {
    return fail(['model'], `takes turns; how fast ${node.id} reads weights is not known`)
  }
  const bytesPerS = facts.take(`${node.id} storageGbPerS`, storageGbPerS, 'high') * 1e9
  return made.memory.weightBytes / bytesPerS
}
