/**
 * What an order may ask of a request. The answers about one request stay the same from its first coming to its end:
 * that is why a request that comes back after a preemption goes where it was.
 */
export interface OrderView {
  /** Number of the request in order of routing, from 0; no two share one. */
  ordinal(request: number): number
  arrivalS(request: number): number
  inputTokens(request: number): number
  /** Output tokens as the router predicted them. */
  predictedTokens(request: number): number
  /** The true output length, which no engine knows: for oracles only. */
  outputTokens(request: number): number
  /** When it is due, in seconds from the first arrival of the run; NaN where nobody said. */
  deadlineS(request: number): number
  /** Seconds that the replica is expected to need for it from prompt to last token, by its predicted length. */
  expectedS(request: number): number
  /** Name of its class. */
  requestClass(request: number): string
  /** Number of its tenant from 0; -1 where it has none. Those without are one tenant. */
  tenant(request: number): number
}

/**
 * Who goes first of the requests that wait at a replica, and who is preempted last of those that run there.
 *
 * Ties, here and nowhere else: earlier arrival, then lower ordinal.
 */
export interface Order {
  /** Requests that wait. */
  readonly length: number
  /** Takes in a request that comes to the replica. */
  push(request: number): void
  /** Takes in one that was taken before and has been preempted. */
  putBack(request: number): void
  /** Who goes next: of all that wait the first by `compare`; meaningful while length > 0. Changes nothing. */
  first(): number
  /** Takes `first()` away. */
  take(): number
  /** Takes one out that is given up, wherever it stands. @returns whether it waits here */
  remove(request: number): boolean
  /**
   * Below 0 where `a` goes before `b`, above 0 where it goes after: total over the requests that wait or run. The last
   * of those that run is preempted first.
   */
  compare(a: number, b: number): number
  /**
   * So many more output tokens of a request have been emitted; absent where that changes nothing. Orders change at
   * `take`, `remove`, `putBack` and `served` alone: a `push` may come late, but before the next of these, and before `compare`.
   */
  served?(request: number, tokens: number): void
}

/** Makes the order of one replica. */
export type OrderFactory = (view: OrderView) => Order

/** By arrival, then by ordinal. */
export function compareArrivals(view: OrderView, a: number, b: number): number {
  return view.arrivalS(a) - view.arrivalS(b) || view.ordinal(a) - view.ordinal(b)
}
