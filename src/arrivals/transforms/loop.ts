import { UserError } from '../../core/errors.ts'
import { atLeast, positive } from '../bounds.ts'
import type { ArrivalBlock, ArrivalSource } from '../contract.ts'
import { passedOn } from '../mapped.ts'
import type { Open } from './contract.ts'
import { moveBlocks, moveSessions } from './ids.ts'
import { type Overview, Overviewer } from './overview.ts'

/** How long to go on; at least one of the two limits. */
export interface LoopSpec {
  /** Requests arrive before this many seconds. */
  readonly durationS?: number | undefined
  /** How many requests at most. */
  readonly requests?: number | undefined
  /**
   * From the beginning of one lap to the next, such as 86400; at least the time of the last arrival. By default that and
   * the mean gap.
   */
  readonly periodS?: number | undefined
}

/**
 * The workload over and over, opened anew for each lap. Every lap has sessions and prefix blocks of its own, so that the
 * same prompts do not come back to a cache that has seen them; think times and deadlines stay. Throws a UserError where
 * there is no limit, and where the period is too short.
 */
export function looped(open: Open, spec: LoopSpec): ArrivalSource {
  const { endS, requests } = limitsOf(spec)
  const first = open()
  const laps = new Laps(open, first, spec.periodS)
  let left = requests
  return {
    ...passedOn(first),
    async fill(block) {
      block.length = 0
      if (left === 0) return
      await laps.fill(block)
      const came = Math.min(block.length, left)
      block.length = came
      while (block.length > 0 && block.arrivalS[block.length - 1] >= endS) block.length--
      left = block.length < came ? 0 : left - came
    },
    close: () => laps.close(),
  }
}

function limitsOf({ durationS, requests, periodS }: LoopSpec): { endS: number; requests: number } {
  if (durationS === undefined && requests === undefined) {
    throw new UserError('loop has neither duration_s nor requests; must have one')
  }
  if (periodS !== undefined) positive('period_s', periodS)
  const endless = Number.POSITIVE_INFINITY
  return {
    endS: durationS === undefined ? endless : positive('duration_s', durationS),
    requests: requests === undefined ? endless : atLeast('requests', requests, 1),
  }
}

/** The workload endlessly; what the first lap has shows how to place the others. */
class Laps {
  readonly #open: Open
  readonly #periodS: number | undefined
  readonly #seen = new Overviewer()
  #source: ArrivalSource
  #lap = 0
  #lapS = 0
  #isEmpty = true

  constructor(open: Open, first: ArrivalSource, periodS: number | undefined) {
    this.#open = open
    this.#source = first
    this.#periodS = periodS
  }

  async fill(block: ArrivalBlock): Promise<void> {
    for (;;) {
      await this.#source.fill(block)
      if (block.length > 0) return this.#place(block)
      if (this.#isEmpty) return
      this.#goRound()
    }
  }

  close(): void {
    this.#source.close()
  }

  #place(block: ArrivalBlock): void {
    this.#isEmpty = false
    if (this.#lap === 0) return this.#seen.add(block)
    const laterS = this.#lap * this.#lapS
    for (let row = 0; row < block.length; row++) block.arrivalS[row] += laterS
    moveSessions(block, 0, { times: 1, plus: this.#lap * this.#seen.sessions })
    moveBlocks(block, 0, { times: 1, plus: this.#lap * this.#seen.blocks })
  }

  #goRound(): void {
    if (this.#lap === 0) this.#lapS = lapSeconds(this.#seen, this.#periodS)
    this.close()
    this.#source = this.#open()
    this.#lap++
    this.#isEmpty = true
  }
}

function lapSeconds({ requests, lastS }: Overview, periodS: number | undefined): number {
  if (periodS !== undefined) {
    if (periodS >= lastS) return periodS
    throw new UserError(`period_s is ${periodS}; must be at least ${lastS}, when the last request comes`)
  }
  if (lastS > 0) return lastS + lastS / (requests - 1)
  throw new UserError(
    `the workload has ${requests} requests, all at one instant: loop cannot tell how long a lap is; must have period_s`,
  )
}
