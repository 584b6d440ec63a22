import type { Demand } from './demand.ts'
import type { Jobs } from './jobs.ts'

/** By request and kind, what the bound is of: dollars or joules. NaN where the kind is out of the question. */
export type Costs = readonly Float64Array[]

/** Requests of one class that arrive between two moments and compare the kinds alike. */
export interface Group {
  readonly classId: number
  /** Index of the window that they arrive in, and the latest moment at which one of them must have ended. */
  readonly window: number
  readonly dueS: number
  /** Sum of their sizes: what each costs where it costs least. */
  readonly size: number
  /** By kind, the least of cost and of busy seconds for a unit of size; Infinity where the kind is out of the question. */
  readonly cost: readonly number[]
  readonly seconds: readonly number[]
  /** How many there are of like size, the dearest last. */
  readonly bins: readonly SizeBin[]
}

export interface SizeBin {
  readonly count: number
  readonly mostSize: number
}

/** Requests that no kind serves in time, by their place among the jobs. */
export type Hopeless = readonly number[]

/** Shares of the requests in order of size at which bins end: close where requests are left out first. */
const BIN_ENDS = [
  0.2, 0.4, 0.6, 0.7, 0.8, 0.85, 0.9, 0.92, 0.94, 0.95, 0.96, 0.97, 0.98, 0.99, 0.995, 0.999, 1,
]
/** How many groups of a class and window are told apart by how much dearer the dearest kind is. */
const RATIOS = 6

/** @param windowOf index of the window that a moment lies in */
export function groupsOf(
  jobs: Jobs,
  demand: Demand,
  costs: Costs,
  windowOf: (timeS: number) => number,
): { readonly groups: readonly Group[]; readonly hopeless: Hopeless } {
  const hopeless: number[] = []
  const size = Float64Array.from(demand.jobs, (_, i) => sizeOf(costs, i))
  const ratios = Float64Array.from(size, (of, i) => ratioOf(costs, i, of))
  const ends = quantiles(size, BIN_ENDS)
  const cuts = quantiles(
    ratios,
    Array.from({ length: RATIOS }, (_, i) => (i + 1) / RATIOS),
  )
  const drafts = new Map<string, Draft>()
  for (let i = 0; i < size.length; i++) {
    const classId = jobs.classId[demand.jobs[i]]
    if (Number.isNaN(size[i])) hopeless.push(demand.jobs[i])
    else if (size[i] > 0) {
      const window = windowOf(demand.releaseS[i])
      const key = [classId, window, able(costs, i), cuts.findIndex(cut => ratios[i] <= cut)].join()
      const draft = drafts.get(key) ?? new Draft(classId, window, costs.length)
      drafts.set(key, draft)
      draft.add(
        i,
        size[i],
        ends.findIndex(end => size[i] <= end),
        demand,
        costs,
      )
    }
  }
  return { groups: [...drafts.values()].map(draft => draft.group()), hopeless }
}

class Draft {
  readonly #classId: number
  readonly #window: number
  #dueS = 0
  #size = 0
  readonly #cost: number[]
  readonly #seconds: number[]
  readonly #bins: { count: number; mostSize: number }[]

  constructor(classId: number, window: number, kinds: number) {
    this.#classId = classId
    this.#window = window
    this.#cost = Array<number>(kinds).fill(Number.POSITIVE_INFINITY)
    this.#seconds = Array<number>(kinds).fill(Number.POSITIVE_INFINITY)
    this.#bins = BIN_ENDS.map(() => ({ count: 0, mostSize: 0 }))
  }

  add(i: number, size: number, bin: number, { dueS, seconds }: Demand, costs: Costs): void {
    this.#dueS = Math.max(this.#dueS, dueS[i])
    this.#size += size
    this.#bins[bin].count++
    this.#bins[bin].mostSize = Math.max(this.#bins[bin].mostSize, size)
    for (let kind = 0; kind < costs.length; kind++) {
      if (Number.isNaN(costs[kind][i])) continue
      this.#cost[kind] = Math.min(this.#cost[kind], costs[kind][i] / size)
      this.#seconds[kind] = Math.min(this.#seconds[kind], seconds[kind][i] / size)
    }
  }

  group(): Group {
    return {
      classId: this.#classId,
      window: this.#window,
      dueS: this.#dueS,
      size: this.#size,
      cost: this.#cost,
      seconds: this.#seconds,
      bins: this.#bins.filter(({ count }) => count > 0),
    }
  }
}

/** NaN where no kind is in question. */
function sizeOf(costs: Costs, i: number): number {
  let least = Number.NaN
  for (const cost of costs) if (!(cost[i] >= least)) least = Number.isNaN(cost[i]) ? least : cost[i]
  return least
}

function ratioOf(costs: Costs, i: number, size: number): number {
  let most = 1
  for (const cost of costs) if (cost[i] / size > most) most = cost[i] / size
  return most
}

function able(costs: Costs, i: number): string {
  return costs.map(cost => (Number.isNaN(cost[i]) ? '0' : '1')).join('')
}

function quantiles(values: Float64Array, shares: readonly number[]): number[] {
  const sorted = values.filter(value => !Number.isNaN(value)).sort()
  if (sorted.length === 0) return shares.map(() => 0)
  return shares.map(share => sorted[Math.ceil(share * sorted.length) - 1] ?? sorted[0])
}
