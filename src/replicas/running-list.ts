import type { RequestTable } from '../requests/table.ts'

/** The running requests of a replica in order of admission. */
export class RunningList {
  length = 0
  /** The oldest and the newest, -1 when empty. */
  oldest = -1
  newest = -1
  readonly #requests: RequestTable
  #admissions = 0

  constructor(requests: RequestTable) {
    this.#requests = requests
  }

  add(request: number): void {
    const requests = this.#requests
    requests.admission[request] = this.#admissions++
    requests.previous[request] = this.newest
    requests.next[request] = -1
    if (this.newest >= 0) requests.next[this.newest] = request
    else this.oldest = request
    this.newest = request
    this.length++
  }

  remove(request: number): void {
    const { next, previous } = this.#requests
    const after = next[request]
    const before = previous[request]
    if (before >= 0) next[before] = after
    else this.oldest = after
    if (after >= 0) previous[after] = before
    else this.newest = before
    this.length--
  }

  /** The one admitted after `request`, or -1. */
  after(request: number): number {
    return this.#requests.next[request]
  }
}
