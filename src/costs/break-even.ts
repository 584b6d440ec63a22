import {
  type Choice,
  type Counting,
  checkChoice,
  fullUsdPerMtok,
  nodesFor,
  standingUsd,
  usdPerHourOf,
  workUsdPerMtok,
} from './choice.ts'

export type Cheaper = 'a' | 'b' | 'neither'

/** From a load on, until the next, one choice is cheaper. */
export interface Crossing {
  readonly mtokPerHour: number
  readonly cheaper: Cheaper
}

/** Which of two choices is cheaper at which load. */
export interface BreakEven {
  /** The first from load 0 on; each names another than the one before. */
  readonly crossings: readonly Crossing[]
  /** Up to which a is cheaper or as cheap at every load: 0 where b is from the start, infinite where it never is. */
  readonly aUntilMtokPerHour: number
  /** Above which b is cheaper at every load: 0 always, infinite never. */
  readonly bFromMtokPerHour: number
  /** Whether nothing can cross beyond; false where full nodes of both cost so nearly the same that it goes on. */
  readonly isComplete: boolean
}

/** Most nodes of a kind up to which whole ones are counted through. */
const MOST_NODES = 20_000

/** Differences of that share, of what either costs or of loads, are rounding. */
const ROUNDING = 1e-12

/**
 * Which of two choices serves a load at fewer $ an hour, for every load. Costs are straight between loads at which a
 * node is added, so each piece is solved in closed form: three pieces where nodes are divisible. Whole nodes cost at
 * most one standing node more than full ones, so nothing crosses above (the standing $ of the one that is cheaper when
 * full) / (difference in $ per million tokens when full), and counting stops there.
 * Throws a UserError where a number of a choice is not known.
 */
export function breakEvenLoad(a: Choice, b: Choice, counting: Counting): BreakEven {
  checkChoice(a)
  checkChoice(b)
  const { ends, isComplete } = counting === 'whole' ? wholeEnds(a, b) : divisibleEnds(a, b)
  const crossings: Crossing[] = []
  let start = 0
  for (const end of ends) {
    for (const crossing of crossingsWithin(a, b, counting, start, end)) {
      if (crossings.at(-1)?.cheaper !== crossing.cheaper) crossings.push(crossing)
    }
    start = end
  }
  return { crossings, ...extent(crossings), isComplete }
}

/**
 * $ an hour of a node of b at which it costs as much as a at a load; below 0 where b would be dearer even for nothing.
 * Throws a UserError where another number of a choice is not known.
 */
export function breakEvenPrice(a: Choice, b: Choice, mtokPerHour: number, counting: Counting): number {
  const free = { ...b, usdPerHour: 0 }
  checkChoice(a)
  checkChoice(free)
  const left = usdPerHourOf(mtokPerHour, a, counting) - usdPerHourOf(mtokPerHour, free, counting)
  return left / nodesFor(mtokPerHour, b, counting)
}

/** In which loads b is cheaper: in all, in none, in all above one, or only between some. */
export function verdictOf({
  crossings,
  bFromMtokPerHour,
}: BreakEven): 'always' | 'never' | 'above' | 'between' {
  if (bFromMtokPerHour === 0) return 'always'
  if (Number.isFinite(bFromMtokPerHour)) return 'above'
  return crossings.some(({ cheaper }) => cheaper === 'b') ? 'between' : 'never'
}

function extent(crossings: readonly Crossing[]) {
  const firstB = crossings.find(({ cheaper }) => cheaper === 'b')
  const last = crossings.at(-1)
  return {
    aUntilMtokPerHour: firstB?.mtokPerHour ?? Number.POSITIVE_INFINITY,
    bFromMtokPerHour: last?.cheaper === 'b' ? last.mtokPerHour : Number.POSITIVE_INFINITY,
  }
}

interface Ends {
  /** Where pieces end, rising; the last is infinite or where counting stops. */
  readonly ends: readonly number[]
  readonly isComplete: boolean
}

function divisibleEnds(a: Choice, b: Choice): Ends {
  const [lower, higher] = [a.mtokPerHour, b.mtokPerHour].sort((x, y) => x - y)
  return { ends: [lower, higher, Number.POSITIVE_INFINITY], isComplete: true }
}

function wholeEnds(a: Choice, b: Choice): Ends {
  const difference = fullUsdPerMtok(a) - fullUsdPerMtok(b)
  const cheaper = difference > 0 ? b : a
  const last = standingUsd(cheaper) / Math.abs(difference)
  const most = MOST_NODES * Math.min(a.mtokPerHour, b.mtokPerHour)
  const bound = Math.min(Number.isNaN(last) ? 0 : last, most)
  const [endsA, endsB] = [multiples(a.mtokPerHour, bound), multiples(b.mtokPerHour, bound)]
  const end = Math.min(endsA.at(-1)!, endsB.at(-1)!)
  const ends = [...endsA, ...endsB].filter(each => each <= end).sort((x, y) => x - y)
  return { ends: ends.filter((end, i) => i === 0 || !isAlike(ends[i - 1], end)), isComplete: last <= most }
}

/** Multiples of both steps that are one load may come out an ulp apart. */
function isAlike(lower: number, higher: number): boolean {
  return higher - lower <= ROUNDING * higher
}

/** Up to the first above the bound. */
function multiples(step: number, bound: number): number[] {
  const found = [step]
  while (found.at(-1)! <= bound) found.push(step * (found.length + 1))
  return found
}

/** In a piece of the loads, from `start` (not in it) to `end`, the costs of both are straight lines. */
function crossingsWithin(
  a: Choice,
  b: Choice,
  counting: Counting,
  start: number,
  end: number,
): readonly Crossing[] {
  const inside = Number.isFinite(end) ? (start + end) / 2 : 2 * start + 1
  const [lineA, lineB] = [lineAt(inside, a, counting), lineAt(inside, b, counting)]
  const fixed = lineA.fixed - lineB.fixed
  const slope = lineA.slope - lineB.slope
  const scale = lineA.fixed + lineB.fixed + (lineA.slope + lineB.slope) * inside
  const cheaperAt = (load: number): Cheaper => {
    const difference = fixed + slope * load
    if (Math.abs(difference) <= ROUNDING * scale) return 'neither'
    return difference > 0 ? 'b' : 'a'
  }
  const zero = -fixed / slope
  const parts = zero > start && zero < end ? [start, zero, end] : [start, end]
  return parts.slice(0, -1).map((from, i) => {
    const to = parts[i + 1]
    return { mtokPerHour: from, cheaper: cheaperAt(Number.isFinite(to) ? (from + to) / 2 : 2 * from + 1) }
  })
}

/** What a choice costs around a load at which no node is added: fixed + slope x load. */
function lineAt(load: number, choice: Choice, counting: Counting): { fixed: number; slope: number } {
  const nodes = nodesFor(load, choice, counting)
  const work = workUsdPerMtok(choice)
  const standing = standingUsd(choice)
  return counting === 'divisible' && nodes > 1
    ? { fixed: 0, slope: standing / choice.mtokPerHour + work }
    : { fixed: nodes * standing, slope: work }
}
