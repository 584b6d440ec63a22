import type { ArrivalBlock } from './contract.ts'
import type { Details } from './details.ts'

const PRIMES = [0x9e3779b1, 0x85ebca77, 0xc2b2ae3d, 0x27d4eb2f] as const

/**
 * A fingerprint of a workload: 64 bits over every column of every row, the same however the rows are cut into
 * blocks. It tells workloads apart; it does not withstand forgery.
 */
export class ContentHash {
  readonly #time = new Float64Array(1)
  readonly #timeWords = new Uint32Array(this.#time.buffer)
  #low = 1
  #high = 2

  add(block: ArrivalBlock): void {
    for (let row = 0; row < block.length; row++) {
      this.#time[0] = block.arrivalS[row]
      this.#word(this.#timeWords[0])
      this.#word(this.#timeWords[1])
      this.#word(block.inputTokens[row])
      this.#word(block.outputTokens[row])
      this.#word(block.hitTokens[row])
      this.#word(block.classId[row])
      if (block.details !== undefined) this.#addTurn(block.details, row)
    }
  }

  /**
   * 16 hexadecimal digits; call it once.
   *
   * @param classes names of the request classes, part of the content
   */
  hex(classes: readonly string[]): string {
    for (const letter of classes.join('\n')) this.#word(letter.codePointAt(0)!)
    return hexWord(finished(this.#high ^ (this.#low >>> 7))) + hexWord(finished(this.#low))
  }

  #addTurn(details: Details, row: number): void {
    if (details.sessionId[row] < 0) return
    this.#time[0] = details.thinkS[row] >= 0 ? details.thinkS[row] : -1
    this.#word(this.#timeWords[0])
    this.#word(this.#timeWords[1])
    this.#word(details.sessionId[row])
    this.#word(details.turn[row])
    this.#word(details.turns[row])
  }

  #word(word: number): void {
    this.#low = turned(this.#low + Math.imul(word, PRIMES[1]), 13, PRIMES[0])
    this.#high = turned(this.#high + Math.imul(word, PRIMES[2]), 17, PRIMES[3])
  }
}

function turned(lane: number, bits: number, prime: number): number {
  return Math.imul((lane << bits) | (lane >>> (32 - bits)), prime)
}

function finished(lane: number): number {
  const mixed = Math.imul(lane ^ (lane >>> 15), PRIMES[1])
  const again = Math.imul(mixed ^ (mixed >>> 13), PRIMES[2])
  return again ^ (again >>> 16)
}

function hexWord(word: number): string {
  return (word >>> 0).toString(16).padStart(8, '0')
}
