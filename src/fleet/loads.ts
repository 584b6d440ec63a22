import type { RequestTable } from '../requests/table.ts'
import type { Measure } from '../routing/contract.ts'
import type { LoadIndex } from '../routing/least-loaded.ts'

/** An index to be told of a replica's load, and the number by which it knows the replica. */
interface Watch {
  readonly index: LoadIndex
  readonly member: number
}

const NOBODY: readonly Watch[] = []

/** Told whether a replica may be sent to. */
type GateListener = (isOpen: boolean) => void

/** What is outstanding at every replica as the router counts it, by the replica's id, and who is told of it. */
export class Loads {
  /** Requests waiting, on their way as KV, or running. */
  readonly requests: Int32Array
  /** Prompt plus predicted output tokens, of those whose decoding there is only decided too. */
  readonly tokens: Float64Array
  /** 1 where no more may be sent for now. */
  readonly closed: Uint8Array
  readonly #table: RequestTable
  readonly #watches: Readonly<Record<Measure, (readonly Watch[])[]>>
  readonly #gates: GateListener[][]

  constructor(replicas: number, table: RequestTable) {
    this.requests = new Int32Array(replicas)
    this.tokens = new Float64Array(replicas)
    this.closed = new Uint8Array(replicas)
    this.#table = table
    const watches = () => new Array<readonly Watch[]>(replicas).fill(NOBODY)
    this.#watches = { outstandingRequests: watches(), outstandingTokens: watches() }
    this.#gates = Array.from({ length: replicas }, () => [])
  }

  /** Tells an index of a replica's load now, and whenever it changes from now on. */
  watch(measure: Measure, replica: number, watch: Watch): void {
    const watches = this.#watches[measure]
    watches[replica] = [...watches[replica], watch]
    watch.index.close(watch.member, this.closed[replica] === 1)
    this.#tell(measure, replica)
  }

  /** Tells the index nothing more. */
  unwatch(replica: number, index: LoadIndex): void {
    for (const watches of Object.values(this.#watches)) {
      watches[replica] = watches[replica].filter(watch => watch.index !== index)
    }
  }

  /** Tells whenever the replica opens or closes from now on, and now if it is closed. */
  watchGate(replica: number, listener: GateListener): void {
    this.#gates[replica].push(listener)
    if (this.closed[replica] === 1) listener(false)
  }

  /** Whether anything may be sent to the replica from now on. A closed one has no place among the least loaded. */
  close(replica: number, isClosed: boolean): void {
    const closed = isClosed ? 1 : 0
    if (this.closed[replica] === closed) return
    this.closed[replica] = closed
    for (const watches of Object.values(this.#watches)) {
      for (const { index, member } of watches[replica]) index.close(member, isClosed)
    }
    const listeners = this.#gates[replica]
    for (let i = 0; i < listeners.length; i++) listeners[i](!isClosed)
  }

  /** The replica has so many requests more, or fewer. */
  count(replica: number, requests: 1 | -1): void {
    this.requests[replica] += requests
    this.#tell('outstandingRequests', replica)
  }

  /** The replica has a request's tokens outstanding from now on. */
  owe(replica: number, request: number): void {
    const { inputTokens, predictedTokens } = this.#table
    this.tokens[replica] += inputTokens[request] + predictedTokens[request]
    this.#tell('outstandingTokens', replica)
  }

  /** The replica has a request's tokens outstanding no longer. */
  settle(replica: number, request: number): void {
    const { inputTokens, predictedTokens } = this.#table
    this.tokens[replica] -= inputTokens[request] + predictedTokens[request]
    this.#tell('outstandingTokens', replica)
  }

  #tell(measure: Measure, replica: number): void {
    const watches = this.#watches[measure][replica]
    if (watches.length === 0) return
    const loads = measure === 'outstandingRequests' ? this.requests : this.tokens
    for (let i = 0; i < watches.length; i++) watches[i].index.update(watches[i].member, loads[replica])
  }
}
