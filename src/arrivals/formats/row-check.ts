import { MOST_CLASSES } from '../transforms/names.ts'
import type { NamedFormat, ReadingOptions, RowTraits, TraceRow, ZeroOutput } from './contract.ts'
import { forZeroOutput, type Mistake, MOST, mistake, mistakeInCount, mistakeInSeconds } from './lengths.ts'
import { RecentIds } from './recent-ids.ts'
import type { RowLog } from './row-log.ts'
import { drawnStarts, type Starts } from './starts.ts'

/** A row that can be used. */
export interface GoodRow {
  readonly row: TraceRow
  readonly timeS: number
  readonly outputTokens: number
}

/** Tells good rows from bad ones, which it hands to the log. */
export class RowCheck {
  readonly #log: RowLog
  readonly #zeroOutput: ZeroOutput
  readonly #starts: Starts
  readonly #drawn: boolean
  readonly #ids: RecentIds
  readonly #classes = new Set<string>()
  readonly #format: NamedFormat
  readonly #keepsSessions: boolean
  readonly #defaultClass: string
  readonly #withinRows: number

  /**
   * @param defaultClass class of rows that say none
   * @param withinRows how many rows a row may be late, and ids must be unique over
   */
  constructor(
    log: RowLog,
    options: ReadingOptions,
    format: NamedFormat,
    { keepsSessions = false }: RowTraits,
    defaultClass: string,
    withinRows: number,
  ) {
    this.#defaultClass = defaultClass
    this.#keepsSessions = keepsSessions
    this.#log = log
    this.#zeroOutput = options.zeroOutput ?? format.zeroOutput
    this.#starts = drawnStarts(options.gaps, options.seed ?? 1, format.name)
    this.#drawn = options.gaps !== undefined
    this.#ids = new RecentIds(withinRows)
    this.#format = format
    this.#withinRows = withinRows
  }

  /** Undefined where the row is left out. */
  of(row: TraceRow): GoodRow | undefined {
    const found = this.#mistakeIn(row)
    if (found !== undefined) {
      this.#log.bad(row.place, found.kind, found.what)
      return undefined
    }
    const { inputTokens, place } = row
    const outputTokens = row.outputTokens || forZeroOutput(this.#zeroOutput, inputTokens, place, this.#log)
    if (outputTokens === undefined) return undefined
    if (row.id !== undefined) this.#ids.add(row.id)
    this.#classes.add(row.className ?? this.#defaultClass)
    return { row, timeS: row.arrivalS ?? this.#starts(row), outputTokens }
  }

  /** Says of a row that it came after a later one had gone. */
  tooLate({ row, timeS }: GoodRow): void {
    const bound = `must not be before that of a row more than ${this.#withinRows} rows earlier`
    this.#log.bad(row.place, `its time ${bound}`, `its time is ${timeS} s; ${bound}`)
  }

  #mistakeIn(row: TraceRow): Mistake | undefined {
    return (
      mistakeInCount('output tokens', row.outputTokens, 0) ??
      mistakeInCount('input tokens', row.inputTokens, row.outputTokens === 0 ? 0 : 1) ??
      this.#mistakeInTime(row) ??
      mistakeInDetails(row) ??
      this.#mistakeInSession(row) ??
      this.#mistakeInClass(row) ??
      this.#mistakeInId(row)
    )
  }

  #mistakeInTime({ arrivalS, offsetS }: TraceRow): Mistake | undefined {
    if (arrivalS === undefined)
      return offsetS === undefined ? undefined : mistakeInSeconds('its time', offsetS)
    if (!this.#drawn) return mistakeInSeconds('its time', arrivalS)
    const what = `${this.#format.name} says itself when requests come; must not be given a rate`
    return { kind: what, what }
  }

  #mistakeInSession({ session }: TraceRow): Mistake | undefined {
    if (session === undefined || !this.#keepsSessions) return undefined
    return mistakeInCount('session', Number(session), 0)
  }

  #mistakeInClass({ className = this.#defaultClass }: TraceRow): Mistake | undefined {
    if (this.#classes.size < MOST_CLASSES || this.#classes.has(className)) return undefined
    const what = `there are more than ${MOST_CLASSES} classes`
    return {
      kind: what,
      what: `class ${JSON.stringify(className)} is one too many; must be ${MOST_CLASSES} or fewer`,
    }
  }

  #mistakeInId({ id }: TraceRow): Mistake | undefined {
    if (id === undefined || !this.#ids.has(id)) return undefined
    const what = `its id ${JSON.stringify(id)} is that of an earlier row; must be its own`
    return { kind: 'its id is that of an earlier row', what }
  }
}

function mistakeInDetails(row: TraceRow): Mistake | undefined {
  const { turn = 0, turns = 0, items = 0, thinkS = 0, deadlineS = 0, hitTokens = 0, inputTokens } = row
  return (
    mistakeInCount('turn', turn, 0) ??
    mistakeInCount('turns', turns, 0) ??
    mistakeInCount('items', items, 0) ??
    mistakeInSeconds('think time', thinkS) ??
    mistakeInSeconds('deadline', deadlineS) ??
    mistakeInCount('hit tokens', hitTokens, 0) ??
    (hitTokens > inputTokens
      ? mistake('hit tokens', String(hitTokens), `at most the ${inputTokens} of its input`)
      : undefined) ??
    mistakeInBlocks(row)
  )
}

function mistakeInBlocks({ blocks, blockTokens = 0 }: TraceRow): Mistake | undefined {
  if (blocks === undefined || blocks.length === 0) return undefined
  const size = mistakeInCount('block tokens', blockTokens, 1)
  if (size !== undefined) return size
  for (let i = 0; i < blocks.length; i++) {
    const id = blocks[i]
    if (!(Number.isInteger(id) && id >= 0 && id <= MOST)) {
      return mistake('a prefix block', String(id), `a whole number from 0 to ${MOST}`)
    }
  }
  return undefined
}
