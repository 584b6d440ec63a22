import type { Spread } from './stats.ts'

/** What became of the requests of a class or a tenant that arrived in the window. */
export interface GroupResult {
  readonly by: 'class' | 'tenant'
  readonly name: string
  /** To a class. */
  readonly promised?: Promised
  readonly arrived: number
  /** How they ended, the drain included; in the words of `RunResult`. */
  readonly finished: number
  readonly rejected: number
  readonly refused: number
  readonly expired: number
  readonly timedOut: number
  /** Those that met the SLO, and their output tokens. */
  readonly attained: number
  readonly attainedTokens: number
  /** Prompt and output tokens that all of them ask for, and that those had which finished before the window ended. */
  readonly askedTokens: number
  readonly servedTokens: number
  /** Of those that finished; NaN where none did. */
  readonly ttftMeanS: number
  readonly tpotMeanS: number
  readonly e2eMeanS: number
  /** Of a class. */
  readonly spreads?: GroupSpreads
}

export interface GroupSpreads {
  readonly ttft: Spread
  readonly tpot: Spread
  readonly e2e: Spread
}

/** How much a class matters, and its objectives. */
export interface Promised {
  readonly tier: string
  readonly ttftS: number
  readonly tpotS: number
  readonly e2eS?: number
  readonly worstItlS?: number
}
