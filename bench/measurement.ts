/** What a case found in one run, in a process of its own. */
export interface Measurement {
  /** What is counted. */
  readonly unit: 'requests' | 'events' | 'rows'
  readonly count: number
  /** Seconds that the clock ran for. */
  readonly seconds: number
  /** Processor seconds meanwhile, those of V8's own threads included. */
  readonly cpuS: number
  /** Seconds before it: reading the scenario, measuring the workload, estimating saturation. */
  readonly preparationS: number
  /** Events of the simulation. */
  readonly events: number
  readonly preemptions: number
}

/** The same as the process that started it sees it. */
export interface Run extends Measurement {
  readonly peakRssMb: number
  /** Of the whole process. */
  readonly wallS: number
}

/** Every run of every case, and where it ran: what one benchmark hands to the next. */
export interface BenchRecord {
  readonly node: string
  readonly cpu: string
  readonly cores: number
  readonly at: string
  /** Processes that wanted a core in the minute before. */
  readonly loadBefore: number
  readonly cases: { readonly [name: string]: readonly Run[] }
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/** What it counts, per second, run by run. */
export function rates(runs: readonly Run[]): number[] {
  return runs.map(({ count, seconds }) => count / seconds)
}
