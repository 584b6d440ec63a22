import type { RouterCapacity } from './contract.ts'

const NOBODY = -1

/** Decisions under way at a router that takes its time over them. */
export class Deciding {
  readonly #capacity: RouterCapacity | undefined
  readonly #requests: number[] = []
  readonly #doneS: number[] = []

  constructor(capacity: RouterCapacity | undefined) {
    this.#capacity = capacity
  }

  /** Requests that are decided about. */
  length = 0

  /** Whether one more may be begun. */
  get hasRoom(): boolean {
    return this.#capacity === undefined || this.#requests.length < this.#capacity.servers
  }

  /** Seconds that it takes to decide among so many replicas. */
  secondsFor(replicas: number): number {
    return this.#capacity === undefined ? 0 : this.#capacity.decisionS + this.#capacity.perReplicaS * replicas
  }

  begin(request: number, doneS: number): void {
    this.length++
    this.#requests.push(request)
    this.#doneS.push(doneS)
  }

  /** When the next is done; Infinity where none is under way. */
  get nextS(): number {
    return this.#requests.length === 0 ? Number.POSITIVE_INFINITY : this.#doneS[this.#next()]
  }

  /** Takes away the next to be done; of equal ones the first that was begun. @returns -1 of one that was given up */
  take(): number {
    const next = this.#next()
    this.#doneS.splice(next, 1)
    const [request] = this.#requests.splice(next, 1)
    if (request !== NOBODY) this.length--
    return request
  }

  /** The decision about a request that is given up goes on, for nobody. */
  forget(request: number): void {
    this.#requests[this.#requests.indexOf(request)] = NOBODY
    this.length--
  }

  /** A search: routers are few. */
  #next(): number {
    let next = 0
    for (let i = 1; i < this.#requests.length; i++) if (this.#doneS[i] < this.#doneS[next]) next = i
    return next
  }
}
