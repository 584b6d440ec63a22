import { PriorityQueue } from 'js-sdsl'
import { stream, uniformAt } from '../core/random.ts'
import type { Lengths } from './contract.ts'
import { type DurationSpec, durationAt } from './durations.ts'
import type { LengthsSpec } from './generators/request-lengths.ts'
import { type LengthSpec, lengthAt } from './lengths.ts'
import { BELOW_ONE } from './mixture.ts'
import { SessionDraws, type SessionSpec } from './sessions/session.ts'

/** How many clients there are and how they pace themselves. */
export interface ClientPace {
  /** Below 2^21. */
  readonly clients: number
  /** Requests in all; then every client stops. */
  readonly requests: number
  /** Law of the think time, or the mean in seconds of an exponential one; 0 sends the next request at once. */
  readonly thinkS: number | DurationSpec
}

/**
 * The clients of a closed loop: each sends a request, waits for its end, thinks and sends the next. Every client
 * thinks once before its first request, and the quickest of them sends at 0 s. The think time before a client's
 * n-th turn depends on seed, client and turn alone, whatever serves the requests.
 */
export class Clients {
  readonly #requests: number
  readonly #thinkAt: (client: number, turn: number) => number
  readonly #wakeS: Float64Array
  readonly #turns: Int32Array
  readonly #thinking: PriorityQueue<number>
  #sent = 0

  constructor(pace: ClientPace, seed: string | number) {
    this.#requests = pace.requests
    this.#thinkAt = thinkTimes(seed, pace.thinkS)
    this.#turns = new Int32Array(pace.clients)
    const firstS = Float64Array.from({ length: pace.clients }, (_, client) => this.#thinkAt(client, 0))
    const quickestS = firstS.reduce((least, thinkS) => Math.min(least, thinkS), Number.POSITIVE_INFINITY)
    this.#wakeS = firstS.map(thinkS => thinkS - quickestS)
    const earlier = (a: number, b: number) => this.#wakeS[a] - this.#wakeS[b] || a - b
    this.#thinking = new PriorityQueue<number>(Array.from(firstS.keys()), earlier)
  }

  /** When the next client sends; Infinity when all wait for answers or every request is sent. */
  get nextWakeS(): number {
    const client = this.#sent < this.#requests ? this.#thinking.top() : undefined
    return client === undefined ? Number.POSITIVE_INFINITY : this.#wakeS[client]
  }

  /** Number of the turn, from 0, that the client is thinking about or waiting for. */
  turn(client: number): number {
    return this.#turns[client]
  }

  /** Takes the client that sends at `nextWakeS`; at one instant the lower number first. Throws a RangeError if none. */
  take(): number {
    if (this.nextWakeS === Number.POSITIVE_INFINITY) throw new RangeError('no client has a request to send')
    this.#sent++
    return this.#thinking.pop()!
  }

  /** The client's request has ended: it thinks, then takes its next turn. */
  ended(client: number, nowS: number): void {
    const turn = ++this.#turns[client]
    this.#wakeS[client] = nowS + this.#thinkAt(client, turn)
    this.#thinking.push(client)
  }
}

/**
 * The bodies of a closed loop: the lengths of a client's n-th request depend on seed, client and turn alone. Throws
 * a UserError that names the number and its bound.
 */
export function lengthsByTurn(
  seed: string | number,
  input: LengthSpec,
  output: LengthSpec,
): (client: number, turn: number) => Lengths {
  const inputShare = sharesByTurn(seed, 'clients/input')
  const outputShare = sharesByTurn(seed, 'clients/output')
  const inputAt = lengthAt(input)
  const outputAt = lengthAt(output)
  return (client, turn) => ({
    inputTokens: inputAt(inputShare(client, turn)),
    outputTokens: outputAt(outputShare(client, turn)),
  })
}

/** The n-th request of a client as a turn of one of its sessions. */
export interface SessionTurn extends Lengths {
  /** Tells the sessions of all clients apart. */
  readonly session: number
  /** From 1. */
  readonly turn: number
  readonly turns: number
}

/**
 * The bodies of a closed loop in which each client has one session after another: they depend on seed, client and turn
 * alone. Think times and blocks of the sessions are left out: how long clients think is said by their pace. Memory is
 * that of a session for each client. Throws a UserError that names the number and its bound.
 */
export function sessionsByTurn(
  seed: string | number,
  clients: number,
  sessions: SessionSpec,
  lengths: LengthsSpec,
): (client: number, turn: number) => SessionTurn {
  const { blockTokens: _, ...spec } = sessions
  const draws = new SessionDraws(spec, lengths, seed, 'clients/sessions')
  const underWay = new Map<number, DrawnSession>()
  return (client, turn) => {
    let current = underWay.get(client)
    if (current === undefined || turn < current.firstTurn) current = drawnSession(draws, client, 0)
    while (turn >= current.firstTurn + current.inputTokens.length) {
      const { session, firstTurn, inputTokens } = current
      current = drawnSession(draws, session + clients, firstTurn + inputTokens.length)
    }
    underWay.set(client, current)
    return turnOf(current, turn - current.firstTurn)
  }
}

interface DrawnSession {
  readonly session: number
  /** Number of its first turn among all of the client's, from 0. */
  readonly firstTurn: number
  readonly inputTokens: Int32Array
  readonly outputTokens: Int32Array
}

function drawnSession(draws: SessionDraws, session: number, firstTurn: number): DrawnSession {
  draws.draw(session, NO_TENANT)
  const [inputTokens, outputTokens] = [draws.inputTokens, draws.outputTokens].map(tokens =>
    Int32Array.from(tokens.slice(0, draws.turns)),
  )
  return { session, firstTurn, inputTokens, outputTokens }
}

function turnOf({ session, inputTokens, outputTokens }: DrawnSession, place: number): SessionTurn {
  return {
    session,
    turn: place + 1,
    turns: inputTokens.length,
    inputTokens: inputTokens[place],
    outputTokens: outputTokens[place],
  }
}

const NO_TENANT = -1

function thinkTimes(
  seed: string | number,
  thinkS: number | DurationSpec,
): (client: number, turn: number) => number {
  const share = sharesByTurn(seed, 'clients/think')
  const at = durationAt(typeof thinkS === 'number' ? { kind: 'exponential', meanS: thinkS } : thinkS)
  return (client, turn) => at(share(client, turn))
}

/** A uniform draw below 1 for every client and turn. */
function sharesByTurn(seed: string | number, name: string): (client: number, turn: number) => number {
  const key = Math.floor(stream(seed, name)() * 4294967296)
  return (client, turn) => Math.min(uniformAt(key, client * 4294967296 + turn), BELOW_ONE)
}
