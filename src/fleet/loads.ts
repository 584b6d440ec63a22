import type { RequestTable } from '../requests/table.ts'
import type { Measure } from '../routing/contract.ts'
import type { LoadIndex } from '../routing/least-loaded.ts'

/** An index to be told of a replica's load, and the number by which it knows the replica. */
interface Watch {
  readonly index: LoadIndex
  readonly member: number
}

const NOBODY: readonly Watch[] = []

/** What is outstanding at every replica as the router counts it, by the replica's id, and who is told of it. */
export class Loads {
  /** Requests waiting, on their way as KV, or running. */
  readonly requests: Int32Array
  /** Prompt plus predicted output tokens, of those whose decoding there is only decided too. */
  readonly tokens: Float64Array
  readonly #table: RequestTable
  readonly #watches: Readonly<Record<Measure, (readonly Watch[])[]>>

  constructor(replicas: number, table: RequestTable) {
    this.requests = new Int32Array(replicas)
    this.tokens = new Float64Array(replicas)
    this.#table = table
    const watches = () => new Array<readonly Watch[]>(replicas).fill(NOBODY)
    this.#watches = { outstandingRequests: watches(), outstandingTokens: watches() }
  }

  /** Tells an index of a replica's load now, and whenever it changes from now on. */
  watch(measure: Measure, replica: number, watch: Watch): void {
    const watches = this.#watches[measure]
    watches[replica] = [...watches[replica], watch]
    const loads = measure === 'outstandingRequests' ? this.requests : this.tokens
    watch.index.update(watch.member, loads[replica])
  }

  /** The replica has so many requests more, or fewer. */
  count(replica: number, requests: 1 | -1): void {
    this.requests[replica] += requests
    const watches = this.#watches.outstandingRequests[replica]
    for (let i = 0; i < watches.length; i++)
      watches[i].index.update(watches[i].member, this.requests[replica])
  }

  /** The replica has a request's tokens outstanding from now on. */
  owe(replica: number, request: number): void {
    const { inputTokens, predictedTokens } = this.#table
    this.tokens[replica] += inputTokens[request] + predictedTokens[request]
    this.#tellTokens(replica)
  }

  /** The replica has a request's tokens outstanding no longer. */
  settle(replica: number, request: number): void {
    const { inputTokens, predictedTokens } = this.#table
    this.tokens[replica] -= inputTokens[request] + predictedTokens[request]
    this.#tellTokens(replica)
  }

  #tellTokens(replica: number): void {
    const watches = this.#watches.outstandingTokens[replica]
    for (let i = 0; i < watches.length; i++) watches[i].index.update(watches[i].member, this.tokens[replica])
  }
}
