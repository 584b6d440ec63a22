import { type Random, stream } from '../../core/random.ts'
import { positive } from '../bounds.ts'
import { ArrivalBlock, type ArrivalSource } from '../contract.ts'
import { passedOn } from '../mapped.ts'
import type { Chance } from './contract.ts'
import { rebased } from './keep.ts'
import { RowReader } from './reader.ts'

export interface SpreadSpec {
  /** `even` by default; `uniform` places each request by a seeded draw. */
  readonly how?: 'even' | 'uniform' | undefined
  /** Over how many seconds at most, where the next instant is far; no bound by default. */
  readonly mostS?: number | undefined
}

/**
 * Requests of one instant spread over the time until the next one, in their order, the first at 0 s: undoes time stamps
 * that are rounded, such as a trace's batches every 3 s. The last instant takes the gap before it. Turns of one session
 * that follow one another stay together; think times and deadlines stay. Holds the requests of one instant in memory.
 * Throws a UserError unless mostS is above 0.
 */
export function spread(
  source: ArrivalSource,
  { how = 'even', mostS }: SpreadSpec,
  chance: Chance,
): ArrivalSource {
  if (mostS !== undefined) positive('most_s', mostS)
  const random = how === 'uniform' ? stream(chance.seed, `${chance.name}/places`) : undefined
  const reader = new RowReader(source)
  const instants = new Instants(reader, mostS ?? Number.POSITIVE_INFINITY, random)
  return rebased({
    ...passedOn(source),
    async fill(block) {
      block.length = 0
      while (block.length < block.capacity && (await instants.hasRow())) instants.moveInto(block)
    },
  })
}

/** Groups rows by their time and gives each group's rows times of their own. */
class Instants {
  readonly #reader: RowReader
  readonly #mostS: number
  readonly #random: Random | undefined
  #group = new ArrivalBlock(64)
  /** Which of the instant's places each row takes, from 0; turns of one session share one. */
  #places: number[] = []
  #session = -1
  #row = 0
  #gapS = 0

  constructor(reader: RowReader, mostS: number, random: Random | undefined) {
    this.#reader = reader
    this.#mostS = mostS
    this.#random = random
  }

  /** Reads the next instant if no row of one is at hand; false when the workload is over. */
  hasRow(): boolean | Promise<boolean> {
    return this.#row < this.#group.length || this.#readInstant()
  }

  moveInto(block: ArrivalBlock): void {
    block.take(this.#group, this.#row, this.#group.classId[this.#row])
    this.#row++
  }

  async #readInstant(): Promise<boolean> {
    const reader = this.#reader
    this.#row = 0
    this.#group.length = 0
    this.#places = []
    await reader.prepare()
    const nowS = reader.nextS
    while (reader.hasRow && reader.nextS === nowS) {
      this.#takeRow()
      const reading = reader.prepare()
      if (reading) await reading
    }
    this.#place(nowS, reader.nextS)
    return this.#group.length > 0
  }

  #takeRow(): void {
    if (this.#group.length === this.#group.capacity) this.#group = grown(this.#group)
    const session = this.#reader.sessionId
    const before = this.#places.at(-1) ?? -1
    this.#places.push(session >= 0 && session === this.#session && before >= 0 ? before : before + 1)
    this.#session = session
    this.#reader.moveInto(this.#group)
  }

  #place(nowS: number, nextS: number): void {
    const count = (this.#places.at(-1) ?? -1) + 1
    if (nextS < Number.POSITIVE_INFINITY) this.#gapS = nextS - nowS
    const widthS = Math.min(this.#gapS, this.#mostS)
    const shares = this.#shares(count)
    for (const [row, place] of this.#places.entries()) {
      this.#group.arrivalS[row] = Math.min(nowS + widthS * shares[place], nextS)
    }
  }

  /** Where in the gap each place lies, rising, from 0 to below 1. */
  #shares(count: number): Float64Array {
    const random = this.#random
    if (random === undefined) return Float64Array.from({ length: count }, (_, place) => place / count)
    return Float64Array.from({ length: count }, () => random()).sort()
  }
}

function grown(block: ArrivalBlock): ArrivalBlock {
  const larger = new ArrivalBlock(2 * block.capacity)
  for (let row = 0; row < block.length; row++) larger.take(block, row, block.classId[row])
  return larger
}
