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
      this.#double(block.arrivalS[row])
      this.#word(block.inputTokens[row])
      this.#word(block.outputTokens[row])
      this.#word(block.hitTokens[row])
      this.#word(block.classId[row])
      if (block.details !== undefined) this.#addDetails(block.details, row)
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

  /** A row that says no more counts the same as where no row does. */
  #addDetails(details: Details, row: number): void {
    const { tenantId, modelId, sessionId, turn, turns, thinkS, deadlineS, modality, items } = details
    const ids = details.blocksOf(row)
    const isSaid = tenantId[row] >= 0 || modelId[row] >= 0 || sessionId[row] >= 0 || deadlineS[row] > 0
    if (!isSaid && modality[row] === 0 && items[row] === 0 && ids.length === 0) return
    for (const column of [tenantId, modelId, sessionId, turn, turns, modality, items]) this.#word(column[row])
    this.#double(thinkS[row] >= 0 ? thinkS[row] : -1)
    this.#double(deadlineS[row] > 0 ? deadlineS[row] : -1)
    this.#word(details.blockTokens[row])
    this.#word(ids.length)
    for (const id of ids) this.#word(id)
  }

  #double(value: number): void {
    this.#time[0] = value
    this.#word(this.#timeWords[0])
    this.#word(this.#timeWords[1])
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
