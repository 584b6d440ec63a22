/** How old what a router is told of its replicas is: as it was at the last refresh that has reached the router by now. */
export interface SignalTiming {
  /** Seconds between refreshes, at the multiples of which they are made. */
  readonly everyS: number
  /** Seconds that one takes to reach the router. */
  readonly lagS: number
}

/** The same of events, which are sent one by one where no refresh is waited for. */
export interface EventTiming {
  readonly everyS?: number
  readonly lagS: number
}

/** What a router is told late; of what is absent here it is told at once. */
export interface SignalsSpec {
  /** Requests and tokens that wait and run. */
  readonly load?: SignalTiming
  /** Free KV memory. */
  readonly kv?: SignalTiming
  /** What the prefix caches hold. */
  readonly cache?: EventTiming
}

/** The number of the last refresh at or before a time, counted from 0; negative before the first. */
export function refreshAt(timeS: number, everyS: number): number {
  let refresh = Math.floor(timeS / everyS)
  while (refresh * everyS > timeS) refresh--
  while ((refresh + 1) * everyS <= timeS) refresh++
  return refresh
}

/** When what the router knows at a time was so; negative before the first refresh. */
export function asOfS(nowS: number, { everyS, lagS }: EventTiming): number {
  const sentS = nowS - lagS
  return everyS === undefined ? sentS : refreshAt(sentS, everyS) * everyS
}
