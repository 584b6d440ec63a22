import { UserError } from '../../core/errors.ts'
import type { ArrivalBlock, ArrivalSource, ReadingReport, Remark } from '../contract.ts'
import { mapped } from '../mapped.ts'

/** At least one of the three bounds. */
export interface CapSpec {
  readonly inputTokens?: number | undefined
  readonly outputTokens?: number | undefined
  /** Prompt and output together, at least 2. */
  readonly totalTokens?: number | undefined
  /** Which part of a prompt stays: `start` by default, and with it its prefix; or `end`, as of a chat cut at its oldest turn. */
  readonly keep?: 'start' | 'end' | undefined
  /** What a total is first cut from: `output` by default. Either keeps a token at least. */
  readonly totalFrom?: 'input' | 'output' | undefined
}

/**
 * The same requests with lengths cut to bounds: prompt and output, then the total. A cut prompt keeps the full prefix blocks
 * and hits of its start, or none where its end stays. Nothing else changes. The report counts each cut. Throws a UserError
 * where there is no bound, or one that is no whole number from 1 on.
 */
export function capped(source: ArrivalSource, spec: CapSpec): ArrivalSource {
  const cut = cutter(spec)
  const counts = new Cuts()
  const cutSource = mapped(source, block => {
    const prefixes = new Prefixes(block)
    for (let row = 0; row < block.length; row++) cut(block, row, prefixes, counts)
    prefixes.end()
  })
  return { ...cutSource, report: () => counts.addedTo(source.report?.()) }
}

type Cut = (block: ArrivalBlock, row: number, prefixes: Prefixes, counts: Cuts) => void

function cutter(spec: CapSpec): Cut {
  const { keep = 'start', totalFrom = 'output' } = spec
  const input = bound('input_tokens', spec.inputTokens, 1)
  const output = bound('output_tokens', spec.outputTokens, 1)
  const total = bound('total_tokens', spec.totalTokens, 2)
  if (Math.min(input, output, total) === Number.POSITIVE_INFINITY) {
    throw new UserError('cap has none of input_tokens, output_tokens and total_tokens; must have one')
  }
  const keepsStart = keep === 'start'
  return (block, row, prefixes, counts) => {
    const { inputTokens, outputTokens } = block
    const promptTokens = inputTokens[row]
    counts.rows++
    if (promptTokens > input) inputTokens[row] = counts.cut('input tokens', input)
    if (outputTokens[row] > output) outputTokens[row] = counts.cut('output tokens', output)
    if (inputTokens[row] + outputTokens[row] > total) {
      counts.cut('input and output tokens together', total)
      cutTotal(block, row, total, totalFrom)
    }
    const isCut = inputTokens[row] < promptTokens
    const leftTokens = keepsStart ? inputTokens[row] : 0
    if (isCut) block.hitTokens[row] = Math.min(block.hitTokens[row], leftTokens)
    prefixes.move(row, isCut ? leftTokens : Number.POSITIVE_INFINITY)
  }
}

function bound(name: string, value: number | undefined, least: number): number {
  if (value === undefined) return Number.POSITIVE_INFINITY
  if (Number.isInteger(value) && value >= least) return value
  throw new UserError(`${name} is ${value}; must be a whole number >= ${least}`)
}

function cutTotal(block: ArrivalBlock, row: number, total: number, from: 'input' | 'output'): void {
  const { inputTokens, outputTokens } = block
  const most = from === 'output' ? total - 1 : Math.max(1, total - outputTokens[row])
  inputTokens[row] = Math.min(inputTokens[row], most)
  outputTokens[row] = Math.min(outputTokens[row], total - inputTokens[row])
}

/** Moves the prefix blocks of a block's rows together, row by row, so that those cut off leave no holes. */
class Prefixes {
  readonly #block: ArrivalBlock
  #end = 0

  constructor(block: ArrivalBlock) {
    this.#block = block
  }

  /** Leaves a row its full blocks of the first `tokens` tokens; all that it has for Infinity. */
  move(row: number, tokens: number): void {
    const details = this.#block.details
    if (details === undefined) return
    const { blockIds, blocksFrom, blockTokens } = details
    const from = blocksFrom[row]
    const count = Math.min(blocksFrom[row + 1] - from, Math.floor(tokens / blockTokens[row]))
    blocksFrom[row] = this.#end
    if (blockTokens[row] === 0) return
    blockIds.copyWithin(this.#end, from, from + count)
    this.#end += count
    if (count === 0) blockTokens[row] = 0
  }

  end(): void {
    const { details, length } = this.#block
    if (details !== undefined) details.blocksFrom[length] = this.#end
  }
}

/** Counts of cuts by what was cut. */
class Cuts {
  rows = 0
  readonly #remarks = new Map<string, Remark>()

  /** Notes a cut and gives the bound. */
  cut(part: string, bound: number): number {
    const what = `${part} cut to ${bound}`
    const { count, first } = this.#remarks.get(what) ?? { count: 0, first: `request ${this.rows}` }
    this.#remarks.set(what, { what, count: count + 1, first })
    return bound
  }

  addedTo(report: ReadingReport | undefined): ReadingReport {
    const own = [...this.#remarks.values()]
    if (report === undefined)
      return { name: 'workload', format: 'generated', rows: this.rows, late: 0, remarks: own }
    return { ...report, remarks: [...report.remarks, ...own] }
  }
}
