import type { Interval } from '../statistics/interval.ts'
import { shapeOf } from '../statistics/interval-shape.ts'
import { type Caveat, caveatsOf, reasonsIn } from '../sweeps/analysis/caveats.ts'
import type { Estimate } from '../sweeps/estimates.ts'
import type { PlannedPoint } from '../sweeps/plan.ts'
import { fittedTable, short, type TextColumn, wrapped } from './print.ts'

const MOST_POINTS = 40

const NOTED =
  'Under ! is why estimates say less than they seem to; column note of estimates.csv has more of it.'

const NOTED_ELSEWHERE =
  'Estimates of other groups or points say less than they seem to: column note of estimates.csv says why.'

/** Estimates of one group of one point. */
interface Line {
  readonly point: PlannedPoint
  readonly estimates: readonly Estimate[]
}

/** The first points of a sweep with the means of the first of their groups, gathered as they come. */
export class SweepTable {
  readonly #factors: readonly string[]
  readonly #lines: Line[] = []
  #points = 0
  #noted = 0

  constructor(factors: readonly string[]) {
    this.#factors = factors
  }

  add(estimates: readonly Estimate[]): void {
    if (estimates.length === 0) return
    this.#points++
    this.#noted += estimates.filter(({ note }) => note !== '').length
    const [{ point, group, name }] = estimates
    const ofGroup = estimates.filter(each => each.group === group && each.name === name)
    if (this.#lines.length < MOST_POINTS) this.#lines.push({ point, estimates: ofGroup })
  }

  /** Empty where nothing has come. */
  text(confidence: number): string {
    if (this.#lines.length === 0) return ''
    const columns = [...this.#pointColumns(), ...this.#markColumn(), ...this.#metricColumns()]
    const { text, isCut } = fittedTable(columns, 2)
    const notes = [wrapped(this.#note(confidence, isCut)), ...this.#caveats().map(this.#caveatText, this)]
    return `${text}\n\n${notes.join('\n')}`
  }

  /** Of factors those that vary. */
  #pointColumns(): TextColumn[] {
    const levels = this.#factors.map((name, i) => this.#textColumn(name, ({ levels }) => levels[i]))
    const varied = levels.filter(({ cells }) => new Set(cells).size > 1)
    return [...varied, this.#textColumn('policy', ({ policy }) => policy)]
  }

  #textColumn(heading: string, textOf: (point: PlannedPoint) => string): TextColumn {
    return { heading, cells: this.#lines.map(({ point }) => textOf(point)), align: 'left' }
  }

  #caveats(): Caveat[] {
    return caveatsOf(this.#lines.map(({ estimates }) => estimates))
  }

  /** A letter for each reason why a line says less than it seems to. */
  #markColumn(): TextColumn[] {
    const reasons = this.#caveats().map(({ reason }) => reason)
    if (reasons.length === 0) return []
    const cells = this.#lines.map(({ estimates }) => {
      const own = new Set(estimates.flatMap(({ note }) => reasonsIn(note)))
      return reasons.map((reason, i) => (own.has(reason) ? markOf(i) : '')).join('')
    })
    return [{ heading: '!', cells, align: 'left' }]
  }

  /** `a: the queue still grew (2 of 8 lines).` */
  #caveatText({ reason, metrics, lines }: Caveat, i: number): string {
    const whose = metrics.length === 0 ? '' : `${metrics.join(', ')} `
    return wrapped(`! ${markOf(i)}: ${whose}${reason} (${lines} of ${this.#lines.length} lines).`)
  }

  /** Where there is no room the last go first. */
  #metricColumns(): TextColumn[] {
    const [{ estimates }] = this.#lines
    return estimates.map(({ metric }, i) => ({
      heading: metric,
      cells: this.#lines.map(line => estimateText(line.estimates[i])),
      ...(i > 0 && { spare: -i }),
    }))
  }

  /** Of draws of unknowns there are none. */
  #hasIntervals(): boolean {
    return this.#lines.some(({ estimates }) =>
      estimates.some(({ interval }) => !Number.isNaN(interval.confidence)),
    )
  }

  #note(confidence: number, isCut: boolean): string {
    const [{ estimates }] = this.#lines
    const { group } = estimates[0]
    const of = group === 'all' ? 'all requests' : `the first ${group}`
    const more = this.#points - this.#lines.length
    return [
      this.#hasIntervals()
        ? `Of ${of}: means of the replications ± half of their ${100 * confidence} % intervals, or both ends.`
        : `Of ${of}: means over draws of what is known in ranges; regatta compare tells the bands in which they lie.`,
      ...(this.#caveats().length > 0 ? [NOTED] : this.#noted > 0 ? [NOTED_ELSEWHERE] : []),
      ...(more > 0 ? [`${more} more points are in estimates.csv.`] : []),
      ...(isCut ? ['So are the metrics for which the terminal is too narrow.'] : []),
    ].join(' ')
  }
}

function estimateText({ interval }: Estimate): string {
  const { estimate, halfWidth } = interval
  switch (shapeOf(interval)) {
    case 'unknown':
      return short(estimate)
    case 'point':
      return `${short(estimate)} ± 0`
    case 'even':
      return `${short(estimate)} ± ${short(halfWidth)}`
    case 'lopsided':
      return endsText(interval)
  }
}

/** To two digits of half the width. */
function endsText({ estimate, low, high, halfWidth }: Interval): string {
  const decimals = Math.min(4, Math.max(0, 1 - Math.floor(Math.log10(halfWidth))))
  const [at, from, to] = [estimate, low, high].map(value => value.toFixed(decimals))
  return `${at} (${from} to ${to})`
}

function markOf(i: number): string {
  return String.fromCharCode('a'.charCodeAt(0) + i)
}
