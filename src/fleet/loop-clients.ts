import { Clients } from '../arrivals/clients.ts'
import { type Calendar, DECISIONS } from '../core/calendar.ts'
import type { Actor } from '../core/loop.ts'
import type { RequestTable } from '../requests/table.ts'
import type { ClosedLoop } from './course.ts'
import type { Door } from './fleet.ts'

/** The clients of a closed loop as one actor: its slot is the next client to wake. It pauses after the last request. */
export class LoopClients implements Actor {
  sent = 0
  readonly #actor: number
  readonly #calendar: Calendar
  readonly #requests: RequestTable
  readonly #door: Door
  readonly #loop: ClosedLoop
  readonly #classId: number
  readonly #clients: Clients

  constructor(
    actor: number,
    calendar: Calendar,
    requests: RequestTable,
    door: Door,
    loop: ClosedLoop,
    classId: number,
    seed: string | number,
  ) {
    this.#actor = actor
    this.#calendar = calendar
    this.#requests = requests
    this.#door = door
    this.#loop = loop
    this.#classId = classId
    this.#clients = new Clients(loop, seed)
    door.observe(request => this.#ended(request))
    this.#reschedule()
  }

  get isOver(): boolean {
    return this.sent === this.#loop.requests
  }

  act(): void {
    const client = this.#clients.take()
    const requests = this.#requests
    const request = requests.take()
    const { inputTokens, outputTokens } = this.#loop.lengths(client, this.#clients.turn(client))
    this.sent++
    requests.arrivalS[request] = this.#calendar.clock[0]
    requests.inputTokens[request] = inputTokens
    requests.outputTokens[request] = outputTokens
    requests.classId[request] = this.#classId
    requests.client[request] = client
    // The slot may have been an arrival's of which more was said.
    requests.notes.clear(request)
    this.#reschedule()
    this.#door.route(request)
    if (this.isOver) this.#calendar.pause()
  }

  #ended(request: number): void {
    const client = this.#requests.client[request]
    if (client < 0) return
    this.#clients.ended(client, this.#requests.endS[request])
    this.#reschedule()
  }

  #reschedule(): void {
    this.#calendar.schedule(this.#actor, this.#clients.nextWakeS, DECISIONS)
  }
}
