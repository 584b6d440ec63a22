import { UserError } from '../../core/errors.ts'
import { suggestion } from '../../core/nearest.ts'
import { type Random, stream } from '../../core/random.ts'
import { positive } from '../bounds.ts'
import type { ArrivalBlock, ArrivalSource } from '../contract.ts'
import { type LengthAt, lengthAt } from '../lengths.ts'
import type { QuantilePoint } from '../table.ts'
import { Circle } from './circle.ts'
import { weibullDraws } from './weibull.ts'

/** Requests of one service over a week. */
export interface WeekService {
  readonly className: string
  /** How many in the week. */
  readonly requests: number
  /** Rates of the week's steps in any unit, from Sunday 00:00 UTC on. */
  readonly rates: readonly number[]
  /** Shape of the Weibull law of gaps: below 1 is burstier than Poisson. */
  readonly gapShape: number
  readonly input: readonly QuantilePoint[]
  readonly output: readonly QuantilePoint[]
}

/** Services whose weeks run beside each other. Every service has as many rates as the others. */
export interface WeekSpec {
  readonly services: readonly WeekService[]
}

export const WEEKDAYS = [
  'sunday',
  'monday',
  'tuesday',
  'wednesday',
  'thursday',
  'friday',
  'saturday',
] as const
export type Weekday = (typeof WEEKDAYS)[number]

/** Which part of the week to generate. */
export interface WeekOptions {
  readonly seed: string | number
  /** Prefix of the names of the streams of chance. */
  readonly name?: string
  /** Class names of the services wanted; all by default. */
  readonly services?: readonly string[]
  /** `sunday` by default. */
  readonly firstDay?: Weekday
  /** 1 to 7, which is the default; Saturday is the last day of the week. */
  readonly days?: number
  /** Times as many requests in every step; 1 by default. Gaps grow where it is below 1, days stay days. */
  readonly scale?: number
}

const TICKS_PER_S = 1e7
const DAY_TICKS = 86_400 * TICKS_PER_S

/**
 * The week, a class for each service, in whole ticks of 100 ns from the first arrival, so that a copy written with
 * seven decimals of a second reads back as the same workload.
 *
 * A step has the requests that its rate asks for, rounded so that no more than half a request is missing at any step's
 * end. Their gaps are Weibull draws laid around a circle as long as the step, which is cut at random; the first day
 * begins with an arrival of every service. Lengths are drawn from the quantiles, prompts and outputs independent of each
 * other. Memory is that of one step.
 */
export function weekOf(spec: WeekSpec, options: WeekOptions): ArrivalSource {
  return new Week(wanted(spec, options.services), part(options), options)
}

function wanted({ services }: WeekSpec, names: readonly string[] | undefined): readonly WeekService[] {
  if (names === undefined) return services
  const known = services.map(({ className }) => className)
  return names.map(name => {
    const service = services[known.indexOf(name)]
    if (service !== undefined) return service
    throw new UserError(`service is "${name}"; ${suggestion(name, known)}`)
  })
}

/** First day and the day after the last, counted from Sunday. */
function part({ firstDay = 'sunday', days = 7 }: WeekOptions): [first: number, end: number] {
  const first = WEEKDAYS.indexOf(firstDay)
  if (first < 0) throw new UserError(`first day is "${firstDay}"; ${suggestion(firstDay, WEEKDAYS)}`)
  const most = firstDay === 'sunday' ? 7 : 7 - first
  if (Number.isInteger(days) && days >= 1 && days <= most) return [first, first + days]
  throw new UserError(`days is ${days}; must be a whole number from 1 to ${most} from ${firstDay} on`)
}

class Week implements ArrivalSource {
  readonly classes: readonly string[]
  readonly #lanes: readonly Lane[]
  readonly #originTicks: number

  constructor(services: readonly WeekService[], days: [number, number], options: WeekOptions) {
    const { seed, name = 'arrivals', scale = 1 } = options
    this.classes = services.map(({ className }) => className)
    this.#lanes = services.map(service => {
      const counts = countsOf(service, days, positive('scale', scale))
      return new Lane(service, counts, use => stream(seed, `${name}/${service.className}/${use}`))
    })
    this.#originTicks = Math.min(...this.#lanes.map(lane => lane.nextTicks))
  }

  fill(block: ArrivalBlock): void {
    const rows = this.#times(block)
    const { classId, inputTokens, outputTokens } = block
    for (let row = 0; row < rows; row++) inputTokens[row] = this.#lanes[classId[row]].input()
    for (let row = 0; row < rows; row++) outputTokens[row] = this.#lanes[classId[row]].output()
    block.hitTokens.fill(0, 0, rows)
    block.length = rows
  }

  close(): void {}

  /** Writes arrival times and classes, and says how many. */
  #times({ arrivalS, classId, capacity }: ArrivalBlock): number {
    const lanes = this.#lanes
    for (let row = 0; row < capacity; row++) {
      let first = 0
      for (let i = 1; i < lanes.length; i++) if (lanes[i].nextTicks < lanes[first].nextTicks) first = i
      const ticks = lanes[first].nextTicks
      if (ticks === Number.POSITIVE_INFINITY) return row
      arrivalS[row] = (ticks - this.#originTicks) / TICKS_PER_S
      classId[row] = first
      lanes[first].advance()
    }
    return capacity
  }
}

/** One service, a step of the week at a time. */
class Lane {
  /** Ticks from the first day's beginning to the next arrival; Infinity when the last is over. */
  nextTicks = Number.POSITIVE_INFINITY
  readonly #inputAt: LengthAt
  readonly #outputAt: LengthAt
  readonly #inputShare: Random
  readonly #outputShare: Random
  readonly #circle: Circle
  readonly #counts: readonly number[]
  readonly #stepTicks: number
  #step = 0
  #beginTicks = 0
  #isOver = false
  #places: Float64Array = new Float64Array(0)
  #at = 0
  #count = 0

  constructor(service: WeekService, counts: readonly number[], chance: (use: string) => Random) {
    this.#inputAt = lengthAt({ kind: 'quantiles', points: service.input })
    this.#outputAt = lengthAt({ kind: 'quantiles', points: service.output })
    this.#inputShare = chance('input')
    this.#outputShare = chance('output')
    this.#circle = new Circle(weibullDraws(chance('gaps'), 1, service.gapShape), chance('cuts'))
    this.#counts = counts
    this.#stepTicks = (7 * DAY_TICKS) / service.rates.length
    this.advance()
  }

  input(): number {
    return this.#inputAt(this.#inputShare())
  }

  output(): number {
    return this.#outputAt(this.#outputShare())
  }

  advance(): void {
    if (this.#at === this.#count) this.#begin()
    this.nextTicks = this.#isOver ? Number.POSITIVE_INFINITY : this.#beginTicks + this.#places[this.#at++]
  }

  /** Places the arrivals of the next step that has any. */
  #begin(): void {
    while (this.#counts[this.#step] === 0) this.#step++
    this.#isOver = this.#step === this.#counts.length
    if (this.#isOver) return
    this.#at = 0
    this.#count = this.#counts[this.#step]
    this.#places = this.#circle.place(this.#count, this.#stepTicks, this.#step === 0)
    this.#beginTicks = this.#step++ * this.#stepTicks
  }
}

/** Arrivals in each step of the days: no more than half a request is missing at any step's end. */
function countsOf({ requests, rates }: WeekService, [first, end]: [number, number], scale: number): number[] {
  if (rates.length === 0 || rates.length % 7 !== 0) {
    throw new UserError(`rates has ${rates.length} steps; must have as many for each of seven days`)
  }
  const perRate = (requests * scale) / rates.reduce((sum, rate) => sum + rate, 0)
  const [from, to] = [first, end].map(day => (day * rates.length) / 7)
  let due = 0
  return rates.slice(from, to).map(rate => {
    const before = Math.round(due)
    due += rate * perRate
    return Math.round(due) - before
  })
}
