import { UserError } from '../core/errors.ts'
import { ArrivalBlock, type ArrivalSource } from './contract.ts'

const MOST_CLASSES = 256

/**
 * Several workloads at once, each from its own first arrival at 0 s: in order of time, requests of one instant in
 * order of source. Classes of one name become one class. Throws a UserError
 * at no workload and at more than 256 classes.
 */
export function merged(sources: readonly ArrivalSource[]): ArrivalSource {
  return new Merged(sources)
}

class Merged implements ArrivalSource {
  readonly classes: readonly string[]
  readonly #inlets: readonly Inlet[]

  constructor(sources: readonly ArrivalSource[]) {
    if (sources.length === 0) throw new UserError('there are no workloads to merge; must have at least 1')
    this.classes = [...new Set(sources.flatMap(source => source.classes))]
    if (this.classes.length > MOST_CLASSES) {
      throw new UserError(
        `workloads have ${this.classes.length} classes together; must have at most ${MOST_CLASSES}`,
      )
    }
    this.#inlets = sources.map(source => new Inlet(source, this.classes))
  }

  fill(block: ArrivalBlock): void | Promise<void> {
    block.length = 0
    return this.#goOn(block)
  }

  close(): void {
    for (const inlet of this.#inlets) inlet.source.close()
  }

  #goOn(block: ArrivalBlock): void | Promise<void> {
    while (block.length < block.capacity) {
      for (const inlet of this.#inlets) {
        const filling = inlet.prepare()
        if (filling) return filling.then(() => this.#goOn(block))
      }
      const first = this.#earliest()
      if (!first.hasRow) return
      first.moveInto(block)
    }
  }

  /** A scan: workloads are few. */
  #earliest(): Inlet {
    let first = this.#inlets[0]
    for (const inlet of this.#inlets) if (inlet.nextS < first.nextS) first = inlet
    return first
  }
}

/** One of the workloads that flow together, with the block it is read by. */
class Inlet {
  readonly source: ArrivalSource
  /** Time of the row at hand; Infinity when the workload is over. */
  nextS = 0
  readonly #block = new ArrivalBlock()
  readonly #classIds: Uint8Array
  #row = 0
  #over = false

  constructor(source: ArrivalSource, classes: readonly string[]) {
    this.source = source
    this.#classIds = Uint8Array.from(source.classes, name => classes.indexOf(name))
  }

  get hasRow(): boolean {
    return this.#row < this.#block.length
  }

  /** Reads on if no row is at hand and the workload is not over. */
  prepare(): void | Promise<void> {
    if (this.hasRow || this.#over) return
    const filling = this.source.fill(this.#block)
    return filling ? filling.then(() => this.#begin()) : this.#begin()
  }

  moveInto(block: ArrivalBlock): void {
    const from = this.#block
    const row = this.#row++
    const { arrivalS, inputTokens, outputTokens, hitTokens, classId } = from
    block.push(
      arrivalS[row],
      inputTokens[row],
      outputTokens[row],
      hitTokens[row],
      this.#classIds[classId[row]],
    )
    if (this.#row < from.length) this.nextS = arrivalS[this.#row]
  }

  #begin(): void {
    this.#row = 0
    this.#over = this.#block.length === 0
    this.nextS = this.#over ? Number.POSITIVE_INFINITY : this.#block.arrivalS[0]
  }
}
