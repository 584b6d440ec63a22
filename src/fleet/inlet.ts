import { ArrivalBlock, type ArrivalSource } from '../arrivals/contract.ts'
import { type Calendar, DECISIONS } from '../core/calendar.ts'
import type { Actor } from '../core/loop.ts'
import type { RequestTable } from '../requests/table.ts'
import type { Door } from './fleet.ts'
import type { NoteTaker } from './note-taker.ts'
import type { Turns } from './turns.ts'

/**
 * Lets the arrivals of a source in, one event each; turns of sessions may have to wait. When its block is used up it
 * pauses the calendar for a refill.
 */
export class Inlet implements Actor {
  /** Whether the loop stopped for more arrivals. */
  isDry = true
  isOver = false
  readonly #actor: number
  readonly #calendar: Calendar
  readonly #requests: RequestTable
  readonly #door: Door
  readonly #turns: Turns
  readonly #source: ArrivalSource
  readonly #notes: NoteTaker | undefined
  readonly #block = new ArrivalBlock()
  #row = 0

  constructor(
    actor: number,
    calendar: Calendar,
    requests: RequestTable,
    door: Door,
    turns: Turns,
    source: ArrivalSource,
    notes: NoteTaker | undefined,
  ) {
    this.#actor = actor
    this.#calendar = calendar
    this.#requests = requests
    this.#door = door
    this.#turns = turns
    this.#source = source
    this.#notes = notes
  }

  /** Reads the next block and sets the slot to its first arrival. */
  async refill(): Promise<void> {
    await this.#source.fill(this.#block)
    this.#row = 0
    this.isDry = false
    this.isOver = this.#block.length === 0
    if (this.isOver) this.#calendar.sleep(this.#actor)
    else this.#calendar.schedule(this.#actor, this.#block.arrivalS[0], DECISIONS)
  }

  act(): void {
    const block = this.#block
    const row = this.#row++
    const request = this.#take(row)
    const { details } = block
    if (this.#notes !== undefined) this.#notes.take(request, details, row)
    if (details === undefined || this.#turns.isDue(request, details, row)) this.#door.route(request)
    if (this.#row < block.length) {
      this.#calendar.timeS[this.#actor] = block.arrivalS[this.#row]
      this.#calendar.moved(this.#actor, DECISIONS)
      return
    }
    this.isDry = true
    this.#calendar.pause()
  }

  #take(row: number): number {
    const block = this.#block
    const requests = this.#requests
    const request = requests.take()
    requests.arrivalS[request] = block.arrivalS[row]
    requests.inputTokens[request] = block.inputTokens[row]
    requests.outputTokens[request] = block.outputTokens[row]
    requests.hitTokens[request] = block.hitTokens[row]
    requests.classId[request] = block.classId[row]
    return request
  }
}
