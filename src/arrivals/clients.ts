import { PriorityQueue } from 'js-sdsl'
import { stream, uniformAt } from '../core/random.ts'
import type { Lengths } from './contract.ts'
import { type LengthSpec, lengthAt } from './lengths.ts'

/** How many clients there are and how they pace themselves. */
export interface ClientPace {
  /** Below 2^21. */
  readonly clients: number
  /** Requests in all; then every client stops. */
  readonly requests: number
  /** Mean of the exponential think time in seconds; 0 sends the next request at once. */
  readonly thinkS: number
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

function thinkTimes(seed: string | number, meanS: number): (client: number, turn: number) => number {
  const share = sharesByTurn(seed, 'clients/think')
  return (client, turn) => -meanS * Math.log(1 - share(client, turn))
}

const BELOW_ONE = 1 - Number.EPSILON / 2

/** A uniform draw below 1 for every client and turn. */
function sharesByTurn(seed: string | number, name: string): (client: number, turn: number) => number {
  const key = Math.floor(stream(seed, name)() * 4294967296)
  return (client, turn) => Math.min(uniformAt(key, client * 4294967296 + turn), BELOW_ONE)
}
