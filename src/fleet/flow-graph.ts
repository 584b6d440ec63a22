import { UserError } from '../core/errors.ts'
import type { Site, Way } from '../links/contract.ts'
import type { Link, Topology } from '../links/topology.ts'
import type { Replica } from '../replicas/replica.ts'
import type { FlowEdge, FlowGraph } from '../routing/contract.ts'

const SOURCE = 0
const SINK = 1

/** More than there are places, so that two of them make one number. */
const MANY_PLACES = 2 ** 26

/** What of a fleet that hands requests over bounds how many get through it. */
export interface FlowParts {
  /** By id. */
  readonly replicas: readonly Replica[]
  /** By replica id. */
  readonly places: readonly Site[]
  readonly topology: Topology
  /** Of a prompt on its way; where it is not known links bound nothing. */
  readonly meanInputTokens?: number | undefined
}

/**
 * The ways of the requests of one model: to a replica that computes prompts, bounded by its rate; over the links from there; to
 * one that decodes, bounded by its own. A replica that does both has one rate for what comes to it and what is handed
 * over to it. A link is bounded by its bytes a second over those of a prompt of mean length in the largest form in which
 * somebody reads it, and at either end by the devices there. Links without a known bandwidth lead nowhere. Undefined
 * where nobody hands these requests over.
 *
 * @param members the replicas of the policy that asks: those that requests come to, or those that take them over
 */
export function flowGraph(parts: FlowParts, members: readonly Replica[]): FlowGraph | undefined {
  const serving = parts.replicas.filter(({ kind }) => kind.modelId === members[0].kind.modelId)
  const senders = bySite(serving, 'senders', parts)
  const readers = bySite(serving, 'readers', parts)
  if (senders.length === 0) return undefined
  const draft = new Draft(parts, mostBytesPerToken(serving))
  for (const replica of serving) draft.addReplica(replica)
  for (const from of senders) {
    for (const to of readers) draft.addWay(from, to)
  }
  const takesOver = members.every(({ kind }) => kind.role !== 'prefill')
  return draft.graph(members, ({ from }) => (from === SOURCE) !== takesOver)
}

/** Replicas whose KV takes the same ways. */
interface SiteReplicas {
  readonly site: Site
  readonly replicas: readonly Replica[]
}

function bySite(
  replicas: readonly Replica[],
  side: 'senders' | 'readers',
  { places }: FlowParts,
): SiteReplicas[] {
  const sites = new Map<string, { site: Site; replicas: Replica[] }>()
  for (const replica of replicas) {
    if ((replica.kind.role === 'prefill') !== (side === 'senders')) continue
    const site = places[replica.id]
    const key = `${site.node}/${site.island}`
    const known = sites.get(key) ?? { site, replicas: [] }
    known.replicas.push(replica)
    sites.set(key, known)
  }
  return [...sites.values()]
}

/** Of a context token on its way to whoever reads it in the largest form. */
function mostBytesPerToken(replicas: readonly Replica[]): number {
  const reading = replicas.filter(({ kind }) => kind.role !== 'prefill')
  return reading.reduce((most, { kind }) => Math.max(most, kind.kvBytesPerToken ?? 0), 0)
}

/** A graph in the making. */
class Draft {
  readonly #parts: FlowParts
  readonly #bytesPerRequest: number
  readonly #edges: FlowEdge[] = []
  /** The pairs of places that are joined. */
  readonly #joined = new Set<number>()
  /** Numbers of places, by what is there. */
  readonly #places = new Map<string, number>()

  constructor(parts: FlowParts, bytesPerToken: number) {
    this.#parts = parts
    this.#bytesPerRequest = (parts.meanInputTokens ?? 0) * bytesPerToken
  }

  addReplica({ id, kind }: Replica): void {
    const place = this.#replica(id)
    const rate = kind.saturationRequestsPerS
    if (kind.role !== 'decode') this.#join(SOURCE, place, rate)
    if (kind.role !== 'prefill') this.#join(place, SINK, rate)
  }

  addWay(from: SiteReplicas, to: SiteReplicas): void {
    const { topology, places } = this.#parts
    const way = wayOf(topology, from.site, to.site)
    if (way === undefined) return
    const entry = topology.links[way.entry]
    const exit = topology.links[way.exit]
    const [onto] = this.#link(way.entry, entry)
    for (const { id } of from.replicas) this.#join(this.#replica(id), onto, this.#atEnd(entry, places[id]))
    const [beforeExit, off] = this.#link(way.exit, exit)
    if (way.exit !== way.entry)
      this.#join(this.#link(way.entry, entry)[1], beforeExit, Number.POSITIVE_INFINITY)
    for (const { id } of to.replicas) this.#join(off, this.#replica(id), this.#atEnd(exit, places[id]))
  }

  graph(members: readonly Replica[], isOfPolicy: (edge: FlowEdge) => boolean): FlowGraph {
    const into = new Map<number, number[]>()
    this.#edges.forEach((edge, number) => {
      if (!isOfPolicy(edge)) return
      into.set(edge.to, [...(into.get(edge.to) ?? []), number])
    })
    return {
      places: this.#places.size + 2,
      edges: this.#edges,
      into: members.map(({ id }) => into.get(this.#replica(id)) ?? []),
    }
  }

  #replica(id: number): number {
    return this.#place(`replica ${id}`)
  }

  /** Its two ends, joined by what it carries. */
  #link(number: number, { bytesPerS }: Link): [onto: number, off: number] {
    const ends: [number, number] = [this.#place(`onto ${number}`), this.#place(`off ${number}`)]
    this.#join(...ends, bytesPerS / this.#bytesPerRequest)
    return ends
  }

  #atEnd({ bytesPerS, deviceBytesPerS = bytesPerS }: Link, { devices }: Site): number {
    return (devices * deviceBytesPerS) / this.#bytesPerRequest
  }

  #place(name: string): number {
    const known = this.#places.get(name)
    if (known !== undefined) return known
    const place = this.#places.size + 2
    this.#places.set(name, place)
    return place
  }

  #join(from: number, to: number, requestsPerS: number): void {
    const pair = from * MANY_PLACES + to
    if (this.#joined.has(pair)) return
    this.#joined.add(pair)
    this.#edges.push({ from, to, requestsPerS })
  }
}

function wayOf(topology: Topology, from: Site, to: Site): Way | undefined {
  try {
    return topology.way(from, to)
  } catch (error) {
    if (error instanceof UserError) return undefined
    throw error
  }
}
