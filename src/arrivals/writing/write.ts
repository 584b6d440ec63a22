import { UserError } from '../../core/errors.ts'
import { ArrivalBlock, type ArrivalSource, type ReadingReport } from '../contract.ts'
import type { TraceNames, TraceWriter } from './contract.ts'
import { type Loss, LossCounts } from './losses.ts'
import { TRAIT_NAMES, type TraitName, traits } from './traits.ts'

/** Where text goes. */
export interface TextSink {
  write(text: string): void | Promise<void>
}

export interface Written {
  readonly requests: number
  /** Seconds from the first request to the last. */
  readonly spanS: number
  /** What the format could not say, an entry for each kind. */
  readonly losses: readonly Loss[]
  /** Of the source. */
  readonly report: ReadingReport | undefined
}

/**
 * Writes a workload, block by block. The columns of a format that has them by need show as the workload is read: at
 * each request that has more than those before it, all is written anew.
 *
 * @param open a fresh reader of the workload at each call
 * @param begin a fresh sink at each call; what earlier ones were given is void
 * @param onRows told how many requests have been written
 */
export async function writeTrace(
  open: () => ArrivalSource,
  writer: TraceWriter,
  begin: () => TextSink,
  onRows: (requests: number) => void = () => {},
): Promise<Written> {
  let columns: ReadonlySet<TraitName> = new Set()
  for (;;) {
    const source = open()
    try {
      const attempt = new Attempt(source, writer, columns, onRows)
      const written = await attempt.into(begin())
      if (written !== undefined) return written
      columns = attempt.columns
    } finally {
      source.close()
    }
  }
}

class Attempt {
  /** Traits met that have columns. */
  columns: ReadonlySet<TraitName>
  readonly #source: ArrivalSource
  readonly #writer: TraceWriter
  readonly #losses = new LossCounts()
  readonly #onRows: (requests: number) => void
  readonly #lost: readonly TraitName[]
  #requests = 0

  constructor(
    source: ArrivalSource,
    writer: TraceWriter,
    columns: ReadonlySet<TraitName>,
    onRows: (requests: number) => void,
  ) {
    this.columns = columns
    this.#source = source
    this.#writer = writer
    this.#onRows = onRows
    this.#lost = TRAIT_NAMES.filter(name => !writer.carries.includes(name))
  }

  /** Undefined where there turned out to be more columns than the file was begun with. */
  async into(sink: TextSink): Promise<Written | undefined> {
    const source = this.#source
    const block = new ArrivalBlock()
    let spanS = 0
    await source.fill(block)
    if (this.#writer.hasColumns) this.#hasMore(block)
    const text = this.#writer.begin(this.columns, this.#losses)
    await sink.write(text.head)
    for (; block.length > 0; await source.fill(block)) {
      if (this.#writer.hasColumns && this.#hasMore(block)) return undefined
      this.#note(block, source)
      await sink.write(text.rows(block, source))
      spanS = block.arrivalS[block.length - 1]
    }
    if (this.#requests === 0) throw new UserError('nothing is written: there are no requests')
    const losses = this.#losses.list()
    return { requests: this.#requests, spanS, losses, report: source.report?.() }
  }

  /** Whether requests of the block have traits that there are no columns for; the columns grow by them. */
  #hasMore(block: ArrivalBlock): boolean {
    const { classes } = this.#source
    const missing = TRAIT_NAMES.filter(name => !this.columns.has(name) && countIn(block, name, classes) > 0)
    if (missing.length > 0) this.columns = new Set([...this.columns, ...missing])
    return missing.length > 0
  }

  #note(block: ArrivalBlock, { classes }: TraceNames): void {
    for (const name of this.#lost) {
      const count = countIn(block, name, classes)
      if (count > 0) this.#losses.add(traits[name].what, count)
    }
    this.#requests += block.length
    this.#onRows(this.#requests)
  }
}

/** How many requests of a block have the trait. */
function countIn(block: ArrivalBlock, name: TraitName, classes: readonly string[]): number {
  if (block.details === undefined && name !== 'class' && name !== 'hits') return 0
  let count = 0
  for (let row = 0; row < block.length; row++) if (traits[name].has(block, row, classes)) count++
  return count
}
