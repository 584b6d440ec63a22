import type { Highs } from 'highs'
import { type LinearProgram, type Row, type Solution, solve, solved } from '../core/linear-program.ts'
import type { Group } from './groups.ts'

/** When work may be done, and how much of it: windows that follow one another. */
export interface Supply {
  /** Where each window ends, in seconds; the last may be at Infinity. */
  readonly endS: readonly number[]
  /** Replica-seconds of each kind and window, above 0 for every kind that some group may use. */
  readonly seconds: readonly (readonly number[])[]
}

/** Why there is no flow. */
export interface Shortage {
  /** How many times as many replicas there would have to be at least; Infinity where no number of them helps. */
  readonly times: number
  /** Where the work lies that finds none, if as little as may be does. */
  readonly groups: readonly ShortGroup[]
}

export interface ShortGroup {
  readonly group: Group
  /** Share of the group's work. */
  readonly share: number
}

/** Sizes and counts are put into the program by these shares of their sums. */
const UNIT = 1e-3
/** Taken off the optimum: what the solver's tolerance may have added. */
const MARGIN = 1e-6
/** On the verge, where the solver finds neither a flow nor what is short of one: so many more seconds than there are. */
const LOOSENED = 1.001

/**
 * The least cost of the groups' work as a fluid: any part of it on any kind in question, in any window from arrival to
 * when it is due, with as many requests left out as there may be. Every schedule that serves the others in time is one
 * such flow, so none costs less. @returns the shortage where there is none
 *
 * @param leftOut requests that need not be served
 */
export function leastCost(
  highs: Pick<Highs, 'solve'>,
  groups: readonly Group[],
  supply: Supply,
  leftOut: number,
): number | Shortage {
  const total = groups.reduce((sum, { size }) => sum + size, 0)
  if (total === 0) return 0
  const flow = new Flow(groups, supply, leftOut, total * UNIT)
  const solution = solve(highs, flow.program(1))
  const costOf = ({ objective }: Solution) => Math.max(0, objective) * total * UNIT * (1 - MARGIN)
  if (typeof solution !== 'string') return costOf(solution)
  const short = flow.shortage(highs)
  return short.groups.length > 0 ? short : costOf(solved(highs, flow.program(LOOSENED)))
}

/** A way for a group's work: a kind in a window. */
interface Way {
  readonly group: number
  readonly kind: number
  readonly window: number
}

class Flow {
  readonly #groups: readonly Group[]
  readonly #supply: Supply
  readonly #unit: number
  readonly #leftOut: number
  readonly #countUnit: number
  readonly #ways: readonly Way[]
  /** First variable of each group's bins, and of what is short. */
  readonly #binsFrom: readonly number[]
  readonly #shortFrom: number

  constructor(groups: readonly Group[], supply: Supply, leftOut: number, unit: number) {
    this.#groups = groups
    this.#supply = supply
    this.#unit = unit
    this.#leftOut = leftOut
    this.#countUnit =
      UNIT * groups.reduce((sum, { bins }) => sum + bins.reduce((all, { count }) => all + count, 0), 0)
    this.#ways = groups.flatMap((group, g) => this.#waysOf(group, g))
    let next = this.#ways.length
    this.#binsFrom = groups.map(({ bins }) => {
      next += bins.length
      return next - bins.length
    })
    this.#shortFrom = next
  }

  /** @param times how many times as many replicas there are */
  program(times: number): LinearProgram {
    const objective = this.#ways.map(({ group, kind }, way) => [way, this.#groups[group].cost[kind]] as const)
    return {
      goal: 'Minimize',
      objective,
      rows: [...this.#served([]), ...this.#counts(), ...this.#capacities(times)],
    }
  }

  /** Where the program has no solution. */
  shortage(highs: Pick<Highs, 'solve'>): Shortage {
    return { times: this.#times(highs), groups: this.#shortGroups(highs) }
  }

  /** The least number of times as many replicas under which it has one. */
  #times(highs: Pick<Highs, 'solve'>): number {
    const times = this.#shortFrom
    const rows = [...this.#served([]), ...this.#counts(), ...this.#capacities(0, times)]
    const solution = solve(highs, { goal: 'Minimize', objective: [[times, 1]], rows })
    return typeof solution === 'string' ? Number.POSITIVE_INFINITY : solution.objective
  }

  /** The groups whose work falls short, where as few busy seconds as may be do. */
  #shortGroups(highs: Pick<Highs, 'solve'>): ShortGroup[] {
    const short = this.#groups.map((_, g) => this.#shortFrom + g)
    const rows = [...this.#served(short), ...this.#counts(), ...this.#capacities(1)]
    const busyS = this.#groups.map(({ seconds }) => Math.min(...seconds))
    const most = Math.max(...busyS)
    const objective = short.map((variable, g) => [variable, busyS[g] / most] as const)
    const solution = solved(highs, { goal: 'Minimize', objective, rows })
    return this.#groups
      .map((group, g) => ({ group, share: (solution.valueOf(short[g]) * this.#unit) / group.size }))
      .filter(({ share }) => share > 1e-6)
  }

  #waysOf(group: Group, g: number): Way[] {
    const { endS } = this.#supply
    const last = endS.findIndex(end => group.dueS <= end)
    const windows = Array.from({ length: last - group.window + 1 }, (_, i) => group.window + i)
    const kinds = group.cost.flatMap((cost, kind) => (cost < Number.POSITIVE_INFINITY ? [kind] : []))
    return windows.flatMap(window => kinds.map(kind => ({ group: g, kind, window })))
  }

  /** All of a group's work is done, left out, or short. */
  #served(short: readonly number[]): Row[] {
    const terms = this.#groups.map(({ bins }, g) => [
      ...bins.map(
        ({ mostSize }, b) => [this.#binsFrom[g] + b, (mostSize * this.#countUnit) / this.#unit] as const,
      ),
      ...(short.length === 0 ? [] : [[short[g], 1] as const]),
    ])
    this.#ways.forEach(({ group }, way) => {
      terms[group].push([way, 1])
    })
    return this.#groups.map(({ size }, g) => ({ terms: terms[g], relation: '>=', bound: size / this.#unit }))
  }

  /**
   * Replicas are busy no longer than there are seconds.
   *
   * @param times how many times as many seconds there are, or more by the variable `more`
   */
  #capacities(times: number, more?: number): Row[] {
    const places = new Map<string, [number, number][]>()
    this.#ways.forEach(({ group, kind, window }, way) => {
      const seconds = this.#supply.seconds[kind][window]
      if (seconds === Number.POSITIVE_INFINITY) return
      const terms = places.get(`${kind} ${window}`) ?? []
      places.set(`${kind} ${window}`, terms)
      terms.push([way, (this.#groups[group].seconds[kind] * this.#unit) / seconds])
    })
    const added: [number, number][] = more === undefined ? [] : [[more, -1]]
    return [...places.values()].map(terms => ({
      terms: [...terms, ...added],
      relation: '<=',
      bound: times,
    }))
  }

  /** No more are left out of a bin than it has, and of all than there may be. */
  #counts(): Row[] {
    const all: [number, number][] = []
    const rows = this.#groups.flatMap(({ bins }, g) =>
      bins.map(({ count }, b): Row => {
        const variable = this.#binsFrom[g] + b
        all.push([variable, 1])
        return { terms: [[variable, 1]], relation: '<=', bound: count / this.#countUnit }
      }),
    )
    return [...rows, { terms: all, relation: '<=', bound: this.#leftOut / this.#countUnit }]
  }
}
