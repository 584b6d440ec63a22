import { ArrivalBlock, type ArrivalSource } from '../contract.ts'

/** Reads a source row by row, through a block of its own. */
export class RowReader {
  readonly source: ArrivalSource
  /** Time of the row at hand; Infinity when the workload is over. */
  nextS = 0
  readonly #block = new ArrivalBlock()
  #row = 0
  #over = false

  constructor(source: ArrivalSource) {
    this.source = source
  }

  /** Whether a row is at hand. */
  get hasRow(): boolean {
    return this.#row < this.#block.length
  }

  get classId(): number {
    return this.#block.classId[this.#row]
  }

  /** Session of the row at hand, or -1. */
  get sessionId(): number {
    return this.#block.details === undefined ? -1 : this.#block.details.sessionId[this.#row]
  }

  /** Reads on if no row is at hand and the workload is not over. */
  prepare(): void | Promise<void> {
    if (this.hasRow || this.#over) return
    const filling = this.source.fill(this.#block)
    return filling ? filling.then(() => this.#begin()) : this.#begin()
  }

  /** Appends the row at hand to a block, under a class id of that block's own, and goes on. */
  moveInto(block: ArrivalBlock, classId = this.classId): void {
    block.take(this.#block, this.#row, classId)
    this.skip()
  }

  /** Passes over the row at hand. */
  skip(): void {
    this.#row++
    if (this.hasRow) this.nextS = this.#block.arrivalS[this.#row]
  }

  #begin(): void {
    this.#row = 0
    this.#over = this.#block.length === 0
    this.nextS = this.#over ? Number.POSITIVE_INFINITY : this.#block.arrivalS[0]
  }
}
