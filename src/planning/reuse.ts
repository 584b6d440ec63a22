import type { ArrivalBlock } from '../arrivals/contract.ts'
import type { Details } from '../arrivals/details.ts'
import type { Course } from '../fleet/course.ts'
import { sloOf } from '../fleet/slo.ts'

/** Who brings a prefix block: its earliest bringer, and the earliest of another chain. */
interface Bringers {
  readonly job: number
  readonly chain: number
  readonly arrivalS: number
  /** Infinity where only one chain brings it. */
  elsewhereS: number
}

/** A request whose blocks are told. A chain are turns of which each is sent when the one before has ended. */
interface Listed {
  readonly job: number
  readonly chain: number
  readonly blockTokens: number
  readonly ids: Int32Array
  /** Until when another's computing may spare its own: its first token is due. */
  readonly dueS: number
}

/**
 * Prompt tokens that a cache without bounds, the same for all replicas, could spare every request: those of its leading
 * blocks that somebody else brings before its first token is due. Later turns of its own chain come after its end.
 * Whoever has no objective for its first token, or comes at a moment that the run decides, may have to wait for anybody.
 */
export class Reuse {
  readonly #course: Course
  readonly #bringers = new Map<number, Bringers>()
  readonly #listed: Listed[] = []
  /** By session, the chain of its last turn, named by the first job of it. */
  readonly #chains = new Map<number, number>()
  #jobs = 0

  constructor(course: Course) {
    this.#course = course
  }

  /** Passes over requests whose blocks are not told. */
  skip(jobs: number): void {
    this.#jobs += jobs
  }

  add(block: ArrivalBlock, details: Details): void {
    if (!this.#course.kinds.some(({ prefixCache }) => prefixCache !== undefined))
      return this.skip(block.length)
    for (let row = 0; row < block.length; row++) this.#addRow(block, details, row, this.#jobs++)
  }

  /** By job, of those that have their first token when it is due; -1 where no blocks are told. */
  tokens(): Int32Array {
    return this.#tokensBy(({ dueS }) => dueS)
  }

  /** The same of those that may wait for anybody. */
  tokensOfLate(): Int32Array {
    return this.#tokensBy(() => Number.POSITIVE_INFINITY)
  }

  #tokensBy(untilS: (listed: Listed) => number): Int32Array {
    const tokens = new Int32Array(this.#jobs).fill(-1)
    for (const listed of this.#listed) {
      tokens[listed.job] = this.#leading(listed, untilS(listed)) * listed.blockTokens
    }
    return tokens
  }

  #addRow(block: ArrivalBlock, details: Details, row: number, job: number): void {
    const blockTokens = details.blockTokens[row]
    if (blockTokens === 0) return
    const arrivalS = block.arrivalS[row]
    const chain = this.#chainOf(details, row, job)
    const whole = Math.floor((block.inputTokens[row] - 1) / blockTokens)
    const ids = details.blocksOf(row).slice()
    for (const id of ids) this.#bring(id, { job, chain, arrivalS, elsewhereS: Number.POSITIVE_INFINITY })
    if (!this.#isKept(ids.length, blockTokens, block.inputTokens[row])) return
    const isFree = details.thinkS[row] >= 0
    const { ttftS } = sloOf(this.#course, block.classId[row])
    const dueS = isFree ? Number.POSITIVE_INFINITY : arrivalS + ttftS
    this.#listed.push({ job, chain, blockTokens, ids: ids.subarray(0, whole), dueS })
  }

  /** Whether its blocks fill an entry of the caches; of those that do not, the hits given count. */
  #isKept(blocks: number, blockTokens: number, inputTokens: number): boolean {
    const told = blockTokens * Math.min(blocks, Math.floor(inputTokens / blockTokens))
    return told >= (this.#course.prefixEntryTokens ?? blockTokens)
  }

  #chainOf(details: Details, row: number, job: number): number {
    const session = details.sessionId[row]
    if (session < 0) return job
    const before = details.thinkS[row] >= 0 ? this.#chains.get(session) : undefined
    const chain = before ?? job
    this.#chains.set(session, chain)
    return chain
  }

  #bring(id: number, one: Bringers): void {
    const first = this.#bringers.get(id)
    if (first === undefined) this.#bringers.set(id, one)
    else if (first.chain !== one.chain) first.elsewhereS = Math.min(first.elsewhereS, one.arrivalS)
  }

  #leading(listed: Listed, untilS: number): number {
    const { ids } = listed
    let blocks = 0
    while (blocks < ids.length && this.#isSpared(ids[blocks], listed, untilS)) blocks++
    return blocks
  }

  #isSpared(id: number, { job, chain }: Listed, untilS: number): boolean {
    const first = this.#bringers.get(id)!
    if (first.chain !== chain) return first.arrivalS <= untilS
    return first.job < job || (Number.isFinite(first.elsewhereS) && first.elsewhereS <= untilS)
  }
}
