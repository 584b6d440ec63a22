import type { Site } from '../links/contract.ts'
import type { Network } from '../links/network.ts'
import { bytesAfterPrefill } from '../links/overlap.ts'
import type { Replica } from '../replicas/replica.ts'
import { type Column, columnsOf } from '../requests/column.ts'
import type { RequestTable } from '../requests/table.ts'
import type { Handoff } from './course.ts'
import type { Group } from './group.ts'

const NOBODY = -1

/** The books of the router around it. */
export interface Books {
  readonly replicas: readonly Replica[]
  /** A replica has a request's tokens outstanding from now on, or no longer. */
  owe(replica: Replica, request: number): void
  settle(replica: Replica, request: number): void
  /** The load of a replica has changed. */
  measure(replica: Replica): void
}

/**
 * Takes requests from the replicas that compute prompts to those that decode: chooses one, sends the KV there, and
 * frees it where it came from once it has landed.
 */
export class Handover {
  readonly #fleet: Books
  readonly #requests: RequestTable
  readonly #network: Network
  readonly #handoff: Handoff
  readonly #places: readonly Site[]
  /** Index of its kind, by replica. */
  readonly #kinds: readonly number[]
  /** Those that decode what a replica has computed, by replica. */
  readonly #decodersOf = new Map<number, Group>()
  /** Who is to decode a request, and who has computed its prompt. */
  readonly #chosen: Column
  readonly #source: Column

  constructor(
    fleet: Books,
    requests: RequestTable,
    network: Network,
    handoff: Handoff,
    places: readonly Site[],
    kinds: readonly number[],
  ) {
    this.#fleet = fleet
    this.#requests = requests
    this.#network = network
    this.#handoff = handoff
    this.#places = places
    this.#kinds = kinds
    const [chosen, source] = columnsOf(NOBODY, NOBODY)
    this.#chosen = chosen
    this.#source = source
  }

  /** What the replicas of one group have computed, those of the other decode. */
  serve(entry: Group, decoders: Group): void {
    for (const { id, kind } of entry.members) if (kind.role === 'prefill') this.#decodersOf.set(id, decoders)
  }

  /** A request has been sent to a replica. */
  arrived(request: number, replica: Replica): void {
    const decoders = this.#decodersOf.get(replica.id)
    if (decoders !== undefined && this.#handoff.decodeAt === 'arrival') this.#choose(request, decoders)
  }

  /** The prompt of a request is computed, in a last step of so many seconds. */
  prefilled(request: number, stepS: number): void {
    const source = this.#fleet.replicas[this.#requests.replica[request]]
    this.#fleet.settle(source, request)
    this.#fleet.measure(source)
    if (this.#chosen.at(request) === NOBODY) this.#choose(request, this.#decodersOf.get(source.id)!)
    const target = this.#fleet.replicas[this.#chosen.at(request)]
    this.#source.set(request, source.id)
    target.incoming++
    this.#fleet.measure(target)
    this.#send(request, source, target, stepS)
  }

  /** The KV of a request is where it was sent. */
  landed(request: number): void {
    const source = this.#fleet.replicas[this.#source.at(request)]
    const target = this.#fleet.replicas[this.#chosen.at(request)]
    this.#chosen.clear(request)
    this.#note(request, source)
    source.release(request)
    target.incoming--
    target.land(request)
    this.#fleet.measure(target)
  }

  /** A request has ended, perhaps before it came to whoever was to decode it. */
  ended(request: number): void {
    const chosen = this.#chosen.at(request)
    if (chosen === NOBODY) return
    this.#chosen.clear(request)
    this.#fleet.settle(this.#fleet.replicas[chosen], request)
    this.#fleet.measure(this.#fleet.replicas[chosen])
  }

  #choose(request: number, decoders: Group): void {
    const target = decoders.pick(request)
    this.#chosen.set(request, target.id)
    this.#fleet.owe(target, request)
    this.#fleet.measure(target)
  }

  /** Bytes travel in the form of their reader. */
  #send(request: number, source: Replica, target: Replica, lastStepS: number): void {
    const tokens = this.#requests.inputTokens[request]
    const from = this.#places[source.id]
    const to = this.#places[target.id]
    const { layers } = this.#handoff
    const bytesPerS = this.#network.topology.bytesPerS(from, to)
    const bytes = bytesAfterPrefill({
      bytes: tokens * target.kind.kvBytesPerToken!,
      layers,
      lastStepS,
      bytesPerS,
    })
    const rate = this.#handoff.conversionBytesPerS(this.#kinds[source.id], this.#kinds[target.id])
    this.#network.send(request, from, to, bytes, (tokens * source.kind.kvBytesPerToken!) / rate)
  }

  #note(request: number, { id, kind }: Replica): void {
    const { journeys, shareS } = this.#requests
    journeys.prefillReplica.set(request, id)
    journeys.prefillS.set(request, shareS[request])
    journeys.prefillUsd.set(request, (kind.usdPerHour / 3600) * shareS[request])
    journeys.transferS.set(request, this.#network.takenS.at(request))
    journeys.transferAloneS.set(request, this.#network.aloneS.at(request))
    this.#network.forget(request)
  }
}
