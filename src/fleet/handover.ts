import { UserError } from '../core/errors.ts'
import type { Site } from '../links/contract.ts'
import type { Network } from '../links/network.ts'
import { bytesAfterPrefill } from '../links/overlap.ts'
import type { Replica } from '../replicas/replica.ts'
import type { RequestTable } from '../requests/table.ts'
import { REJECT } from '../routing/contract.ts'
import type { Handoff } from './course.ts'
import type { Group } from './group.ts'
import type { Loads } from './loads.ts'

const NOBODY = -1

/**
 * Takes requests from the replicas that compute prompts to those that decode: chooses one, sends the KV there, and
 * frees it where it came from once it has landed.
 */
export class Handover {
  readonly #replicas: readonly Replica[]
  readonly #loads: Loads
  readonly #requests: RequestTable
  readonly #network: Network
  readonly #handoff: Handoff
  readonly #places: readonly Site[]
  /** Index of its kind, by replica. */
  readonly #kinds: readonly number[]
  /** Those that decode what a replica has computed, by replica. */
  readonly #decodersOf: (Group | undefined)[] = []

  constructor(
    replicas: readonly Replica[],
    loads: Loads,
    requests: RequestTable,
    network: Network,
    handoff: Handoff,
    places: readonly Site[],
    kinds: readonly number[],
  ) {
    this.#replicas = replicas
    this.#loads = loads
    this.#requests = requests
    this.#network = network
    this.#handoff = handoff
    this.#places = places
    this.#kinds = kinds
  }

  /** What the replicas of one group have computed, those of the other decode. */
  serve(entry: Group, decoders: Group): void {
    for (const { id, kind } of entry.members) if (kind.role === 'prefill') this.#decodersOf[id] = decoders
  }

  /** A request has been sent to a replica. */
  arrived(request: number, replica: Replica): void {
    const decoders = this.#decodersOf[replica.id]
    if (decoders !== undefined && this.#handoff.decodeAt === 'arrival') this.#choose(request, decoders)
  }

  /** The prompt of a request is computed, in a last step of so many seconds. */
  prefilled(request: number, stepS: number): void {
    const { journeys, replica } = this.#requests
    const source = this.#replicas[replica[request]]
    this.#loads.settle(source.id, request)
    this.#loads.count(source.id, -1)
    if (journeys.decodeReplica.at(request) === NOBODY) this.#choose(request, this.#decodersOf[source.id]!)
    const target = this.#replicas[journeys.decodeReplica.at(request)]
    journeys.prefillReplica.set(request, source.id)
    target.announce(request)
    this.#loads.count(target.id, 1)
    this.#send(request, source, target, stepS)
  }

  /** The KV of a request is where it was sent. */
  landed(request: number): void {
    const { journeys } = this.#requests
    const source = this.#replicas[journeys.prefillReplica.at(request)]
    const target = this.#replicas[journeys.decodeReplica.at(request)]
    journeys.decodeReplica.clear(request)
    this.#note(request, source)
    source.release(request)
    target.land(request)
  }

  /** A request has ended, perhaps before it came to whoever was to decode it. */
  ended(request: number): void {
    const { decodeReplica } = this.#requests.journeys
    const chosen = decodeReplica.at(request)
    if (chosen !== NOBODY) this.#loads.settle(chosen, request)
  }

  #choose(request: number, decoders: Group): void {
    const member = decoders.pick(request)
    if (member < 0) {
      const answer = member === REJECT ? 'refused' : 'put off'
      throw new UserError(
        `at ${decoders.cluster.nowS} s the policy ${answer} a request whose prompt is computed; only before that may it`,
      )
    }
    const target = decoders.members[member]
    this.#requests.journeys.decodeReplica.set(request, target.id)
    this.#loads.owe(target.id, request)
  }

  /** Bytes travel in the form of their reader. */
  #send(request: number, source: Replica, target: Replica, lastStepS: number): void {
    const tokens = this.#requests.inputTokens[request]
    const way = this.#network.topology.way(this.#places[source.id], this.#places[target.id])
    const bytes = bytesAfterPrefill({
      bytes: tokens * target.kind.kvBytesPerToken!,
      layers: this.#handoff.layers,
      lastStepS,
      bytesPerS: way.bytesPerS,
    })
    const rate = this.#handoff.conversionBytesPerS(this.#kinds[source.id], this.#kinds[target.id])
    this.#network.send(request, way, bytes, (tokens * source.kind.kvBytesPerToken!) / rate)
  }

  #note(request: number, { kind }: Replica): void {
    const { journeys, shareS } = this.#requests
    journeys.earlierS.set(request, shareS[request])
    journeys.earlierUsd.set(request, (kind.usdPerHour / 3600) * shareS[request])
  }
}
