/** What a gateway has done beyond sending every request once, over the whole run. */
export interface GatewayResult {
  /** New tries after a refusal, an expiry or a time-out. */
  readonly retries: number
  /** Attempts that clients gave up. */
  readonly timeouts: number
  /** Second replicas tried, and how many of them answered first. */
  readonly hedges: number
  readonly hedgesWon: number
  /** What attempts that another one beat had of their replicas: of no request, but on the meter. */
  readonly lostS: number
  readonly lostJ: number
  readonly lostG: number
  readonly lostUsd: number
}

export type Account = { -readonly [K in keyof GatewayResult]: GatewayResult[K] }

export function emptyAccount(): Account {
  return { retries: 0, timeouts: 0, hedges: 0, hedgesWon: 0, lostS: 0, lostJ: 0, lostG: 0, lostUsd: 0 }
}
