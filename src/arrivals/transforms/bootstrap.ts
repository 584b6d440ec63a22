import { UserError } from '../../core/errors.ts'
import { below, stream } from '../../core/random.ts'
import { positive } from '../bounds.ts'
import type { ArrivalBlock, ArrivalSource } from '../contract.ts'
import { passedOn } from '../mapped.ts'
import type { Chance, Open } from './contract.ts'
import { moveBlocks, moveSessions } from './ids.ts'
import { rebased } from './keep.ts'
import { type Overview, overview } from './overview.ts'
import { RowReader } from './reader.ts'
import { TurnCount } from './turns.ts'

export interface BootstrapSpec {
  /** Length of a block, such as 86400 for days. */
  readonly blockS: number
  /** How many blocks are drawn; by default as many as the workload has. */
  readonly blocks?: number | undefined
  /** A whole number of blocks: each place is filled from blocks of the same phase, such as hours of the same hour of day. */
  readonly periodS?: number | undefined
}

/**
 * A workload of the same kind for a replication: cut into blocks of time, which are drawn with replacement and put one
 * behind the other; a request keeps its place in its block, hence its time of day in blocks of a day, and then all of it comes so
 * much earlier that the first is at 0 s. A last block that is less than half full is left out. Think times and deadlines
 * stay; sessions end at the seams, and a block drawn twice has prefix blocks of its own each time. Holds no block in
 * memory: reads the workload once to see how long it is, then forward, and anew whenever a block lies behind, half of it
 * for each on average. Throws a UserError where a length is not above 0 or the period is not a number of blocks.
 */
export function bootstrapped(open: Open, spec: BootstrapSpec, chance: Chance): ArrivalSource {
  const { blockS, periodS = blockS } = spec
  positive('block_s', blockS)
  const phases = periodS / blockS
  if (!(Number.isInteger(phases) && phases >= 1)) {
    throw new UserError(`period_s is ${periodS}; must be a whole number of blocks of ${blockS} s`)
  }
  const whole = open()
  let drawn: DrawnBlocks | undefined
  return rebased({
    ...passedOn(whole), // Of the reader that comes to the end: those of the blocks may lack names.
    async fill(block) {
      if (drawn === undefined) {
        const seen = await overview(whole)
        drawn = new DrawnBlocks(open, blockS, seen, orderOf(seen.lastS, spec, phases, chance))
      }
      await drawn.fill(block)
    },
    close() {
      whole.close()
      drawn?.close()
    },
  })
}

/** Which block comes at each place. */
function orderOf(lastS: number, spec: BootstrapSpec, phases: number, { seed, name }: Chance): number[] {
  const count = Math.max(1, Math.round(lastS / spec.blockS))
  if (count < phases) {
    throw new UserError(`the workload has ${count} blocks of ${spec.blockS} s; a period needs ${phases}`)
  }
  const random = stream(seed, `${name}/blocks`)
  return Array.from({ length: spec.blocks ?? count }, (_, place) => {
    const phase = place % phases
    return phase + phases * below(random, Math.ceil((count - phase) / phases))
  })
}

/** Reads blocks of a workload in a given order. */
class DrawnBlocks {
  readonly #open: Open
  readonly #blockS: number
  readonly #seen: Overview
  readonly #order: readonly number[]
  #reader: RowReader
  #place = 0
  #isAtBlock = false
  #turns = new TurnCount()
  /** How often each block has been drawn before. */
  readonly #times = new Map<number, number>()

  constructor(open: Open, blockS: number, seen: Overview, order: readonly number[]) {
    this.#open = open
    this.#blockS = blockS
    this.#seen = seen
    this.#order = order
    this.#reader = new RowReader(open())
  }

  async fill(block: ArrivalBlock): Promise<void> {
    block.length = 0
    while (block.length < block.capacity && this.#place < this.#order.length) {
      if (!this.#isAtBlock) await this.#seek()
      const reading = this.#reader.prepare()
      if (reading) await reading
      if (this.#reader.nextS < this.#endS) this.#take(block)
      else this.#goOn()
    }
  }

  close(): void {
    this.#reader.source.close()
  }

  get #drawn(): number {
    return this.#order[this.#place]
  }

  get #endS(): number {
    return (this.#drawn + 1) * this.#blockS
  }

  /** Goes to the first row of the block drawn, from the beginning if it lies behind. */
  async #seek(): Promise<void> {
    const fromS = this.#drawn * this.#blockS
    if (this.#place > 0 && this.#order[this.#place - 1] >= this.#drawn) {
      this.close()
      this.#reader = new RowReader(this.#open())
    }
    await this.#reader.prepare()
    while (this.#reader.hasRow && this.#reader.nextS < fromS) {
      this.#reader.skip()
      const reading = this.#reader.prepare()
      if (reading) await reading
    }
    this.#turns = new TurnCount()
    this.#isAtBlock = true
  }

  #take(block: ArrivalBlock): void {
    const row = block.length
    this.#reader.moveInto(block)
    block.arrivalS[row] += (this.#place - this.#drawn) * this.#blockS
    if (block.details === undefined) return
    this.#turns.recount(block.details, row)
    const before = this.#times.get(this.#drawn) ?? 0
    moveSessions(block, row, { times: 1, plus: this.#place * this.#seen.sessions })
    moveBlocks(block, row, { times: 1, plus: before * this.#seen.blocks })
  }

  #goOn(): void {
    this.#times.set(this.#drawn, (this.#times.get(this.#drawn) ?? 0) + 1)
    this.#place++
    this.#isAtBlock = false
  }
}
