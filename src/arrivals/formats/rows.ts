import { UserError } from '../../core/errors.ts'
import type { ArrivalBlock, ArrivalSource, ReadingReport } from '../contract.ts'
import { MODALITIES } from '../details.ts'
import { OrderWindow, type RowOrder, WholeOrder } from '../order.ts'
import { MOST_CLASSES, Names } from '../transforms/names.ts'
import type { NamedFormat, ReadingOptions, RowTraits, TraceInput, TraceRow } from './contract.ts'
import { type GoodRow, RowCheck } from './row-check.ts'
import { RowLog } from './row-log.ts'

/** How many rows a row may be late. */
export const SORT_ROWS = 1024

/** What class requests are of which nothing says one. */
export const DEFAULT_CLASS = 'all'

/**
 * A source from rows as a reader hands them over, some at a time: checks them, puts them into order, counts time from
 * the first and numbers their classes, tenants, models and sessions. Memory grows with the names of sessions.
 *
 * @param rows is called once, at the first `fill`; its end of iteration is where it lets go of files
 */
export function rowSource(
  input: TraceInput,
  options: ReadingOptions,
  format: NamedFormat,
  traits: RowTraits,
  rows: (log: RowLog) => AsyncIterable<readonly TraceRow[]>,
): ArrivalSource {
  return new RowSource(input, options, format, traits, rows)
}

class RowSource implements ArrivalSource {
  readonly #name: string
  readonly #log: RowLog
  readonly #check: RowCheck
  readonly #order: RowOrder
  readonly #held: (GoodRow | undefined)[] = []
  readonly #defaultClass: string
  readonly #classes = new Names('classes', MOST_CLASSES)
  readonly #tenants = new Names('tenants')
  readonly #models = new Names('models')
  readonly #sessions: Map<string | number, number> | undefined
  readonly #rows: (log: RowLog) => AsyncIterable<readonly TraceRow[]>
  #iterator: AsyncIterator<readonly TraceRow[]> | undefined
  /** Rows at hand, of which so many have been read. */
  #batch: readonly TraceRow[] = []
  #read = 0
  #originS = Number.NaN
  #over = false
  #closed = false

  constructor(
    input: TraceInput,
    options: ReadingOptions,
    format: NamedFormat,
    traits: RowTraits,
    rows: (log: RowLog) => AsyncIterable<readonly TraceRow[]>,
  ) {
    const sortRows = options.sortRows ?? SORT_ROWS
    this.#name = input.name
    this.#log = new RowLog(input.name, format.name, options.onBadRow)
    const isWhole = traits.order === 'whole'
    const within = isWhole ? Number.POSITIVE_INFINITY : sortRows
    this.#defaultClass = options.className ?? DEFAULT_CLASS
    this.#check = new RowCheck(this.#log, options, format, traits, this.#defaultClass, within)
    this.#order = isWhole ? new WholeOrder() : new OrderWindow(sortRows)
    this.#sessions = traits.keepsSessions ? undefined : new Map()
    this.#rows = rows
  }

  get classes(): readonly string[] {
    return this.#classes.list
  }

  get tenants(): readonly string[] {
    return this.#tenants.list
  }

  get models(): readonly string[] {
    return this.#models.list
  }

  async fill(block: ArrivalBlock): Promise<void> {
    block.length = 0
    while (!this.#closed && block.length < block.capacity) {
      if (this.#order.ready) this.#emit(block)
      else if (this.#read < this.#batch.length) this.#accept(this.#batch[this.#read++])
      else if (this.#over) return
      else await this.#readMore()
    }
    if (this.#closed) block.length = 0
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    // What is being read when this comes may fail over the closed file.
    this.#iterator?.return?.()?.catch(() => {})
  }

  report(): ReadingReport {
    this.#log.late = this.#order.late
    return this.#log.report()
  }

  async #readMore(): Promise<void> {
    this.#iterator ??= this.#rows(this.#log)[Symbol.asyncIterator]()
    const { done, value } = await this.#iterator.next()
    if (this.#closed) return
    if (done) return this.#finish()
    this.#batch = value
    this.#read = 0
  }

  #accept(row: TraceRow): void {
    const good = this.#check.of(row)
    if (good === undefined) return
    const slot = this.#order.next
    this.#held[slot] = good
    if (this.#order.push(good.timeS)) this.#log.rows++
    else this.#check.tooLate(good)
  }

  #finish(): void {
    this.#over = true
    this.#order.finish()
    mustHaveRequests(this.#name, this.#log, this.#order.length > 0 || !Number.isNaN(this.#originS))
  }

  #emit(block: ArrivalBlock): void {
    const slot = this.#order.take()
    const { row, timeS, outputTokens } = this.#held[slot]!
    this.#held[slot] = undefined
    if (Number.isNaN(this.#originS)) this.#originS = timeS
    const at = block.length
    const classId = this.#classes.idOf(row.className ?? this.#defaultClass)
    block.push(timeS - this.#originS, row.inputTokens, outputTokens, row.hitTokens ?? 0, classId)
    this.#describe(block, at, row)
  }

  #describe(block: ArrivalBlock, at: number, row: TraceRow): void {
    const details = hasDetails(row) ? block.detailed() : block.details
    if (details === undefined) return
    details.begin(at)
    if (row.tenant !== undefined) details.tenantId[at] = this.#tenants.idOf(row.tenant)
    if (row.model !== undefined) details.modelId[at] = this.#models.idOf(row.model)
    if (row.session !== undefined) details.sessionId[at] = this.#sessionOf(row.session)
    details.turn[at] = row.turn ?? 0
    details.turns[at] = row.turns ?? 0
    details.thinkS[at] = row.thinkS ?? Number.NaN
    details.deadlineS[at] = row.deadlineS ?? Number.NaN
    details.modality[at] = MODALITIES.indexOf(row.modality ?? 'text')
    details.items[at] = row.items ?? 0
    if (row.blocks !== undefined) details.setBlocks(at, row.blockTokens ?? 0, row.blocks)
  }

  #sessionOf(session: string | number): number {
    if (this.#sessions === undefined) return Number(session)
    const known = this.#sessions.get(session)
    if (known !== undefined) return known
    this.#sessions.set(session, this.#sessions.size)
    return this.#sessions.size - 1
  }
}

function hasDetails(row: TraceRow): boolean {
  const { tenant, model, session, turn, turns, thinkS, deadlineS, modality, items, blocks } = row
  const said =
    tenant ?? model ?? session ?? turn ?? turns ?? thinkS ?? deadlineS ?? modality ?? items ?? blocks
  return said !== undefined
}

/** Throws a UserError where a trace that has been read to its end holds no request. */
export function mustHaveRequests(name: string, log: RowLog, has: boolean): void {
  if (has) return
  if (log.rows === 0) throw new UserError(`${name}: has no rows; must have at least 1`)
  const why = log.report().remarks.map(({ what, count, first }) => `${what} (${count}, first ${first})`)
  throw new UserError(`${name}: has no request: of its ${log.rows} rows none can be used; ${why.join('; ')}`)
}
