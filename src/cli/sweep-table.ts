import type { Estimate } from '../sweeps/estimates.ts'
import type { PlannedPoint } from '../sweeps/plan.ts'
import { fittedTable, short, type TextColumn, wrapped } from './print.ts'

const MOST_POINTS = 40

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
    const { text, isCut } = fittedTable([...this.#pointColumns(), ...this.#metricColumns()], 2)
    return `${text}\n\n${wrapped(this.#note(confidence, isCut))}`
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

  /** Where there is no room the last go first. */
  #metricColumns(): TextColumn[] {
    const [{ estimates }] = this.#lines
    return estimates.map(({ metric }, i) => ({
      heading: metric,
      cells: this.#lines.map(line => estimateText(line.estimates[i])),
      ...(i > 0 && { spare: -i }),
    }))
  }

  #note(confidence: number, isCut: boolean): string {
    const [{ estimates }] = this.#lines
    const { group } = estimates[0]
    const of = group === 'all' ? 'all requests' : `the first ${group}`
    const more = this.#points - this.#lines.length
    return [
      `Of ${of}: means of the replications ± half of their ${100 * confidence} % intervals.`,
      ...(this.#noted > 0
        ? [`${this.#noted} estimates say less than they seem to: column note of estimates.csv says why.`]
        : []),
      ...(more > 0 ? [`${more} more points are in estimates.csv.`] : []),
      ...(isCut ? ['So are the metrics for which the terminal is too narrow.'] : []),
    ].join(' ')
  }
}

function estimateText({ interval: { estimate, halfWidth } }: Estimate): string {
  return Number.isFinite(halfWidth) ? `${short(estimate)} ± ${short(halfWidth)}` : short(estimate)
}
