import type { Cell, Journal } from './contract.ts'
import { type ReplicationRule, replicationsWanted } from './rounds.ts'

/** What a sweep has to know of an experiment. */
export interface SweepTask {
  /** Combinations of levels that it is about, in order. */
  readonly points: readonly number[]
  readonly replications: ReplicationRule
  /** Names of the values in the rows of a cell. */
  readonly metrics: readonly string[]
  hashOf(cell: Cell): string
}

/** A point some of whose cells are dealt. */
interface Open {
  readonly point: number
  wanted: number
  dealt: number
  finished: number
}

/**
 * Deals the cells of a sweep: point after point, and of a point round after round, those in the journal left out.
 * It holds no more points open than cells are under way.
 */
export class Deal {
  readonly #task: SweepTask
  readonly #journal: Journal
  readonly #open = new Set<Open>()
  readonly #waiting: (() => void)[] = []
  #opened = 0
  #isStopped = false
  /** Cells that are finished. */
  finished = 0
  /** Cells in all, as far as finished rounds tell. */
  planned: number

  constructor(task: SweepTask, journal: Journal) {
    this.#task = task
    this.#journal = journal
    this.planned = task.points.length * task.replications.least
  }

  /** The next cell to be run, once there is one; undefined where there is none to come. */
  async next(): Promise<Cell | undefined> {
    while (!this.#isStopped) {
      const cell = this.#take()
      if (cell !== undefined) return cell
      if (this.#open.size === 0) break
      await new Promise<void>(resolve => this.#waiting.push(resolve))
    }
    return undefined
  }

  /** The cell is in the journal. */
  finish({ point }: Cell): void {
    for (const open of this.#open) if (open.point === point) this.#count(open)
    this.#wake()
  }

  /** Deals no more. */
  stop(): void {
    this.#isStopped = true
    this.#wake()
  }

  get isStopped(): boolean {
    return this.#isStopped
  }

  #take(): Cell | undefined {
    for (let open = this.#ready(); open !== undefined; open = this.#ready()) {
      const cell = { point: open.point, replication: open.dealt++ }
      if (!this.#journal.has(this.#task.hashOf(cell))) return cell
      this.#count(open)
    }
    return undefined
  }

  /** A point with cells to deal: one that is open, or else the next. */
  #ready(): Open | undefined {
    for (const open of this.#open) if (open.dealt < open.wanted) return open
    const { points, replications } = this.#task
    if (this.#opened === points.length) return undefined
    const open = { point: points[this.#opened++], wanted: replications.least, dealt: 0, finished: 0 }
    this.#open.add(open)
    return open
  }

  #count(open: Open): void {
    this.finished++
    open.finished++
    if (open.finished < open.wanted) return
    const wanted = wantedOf(this.#task, this.#journal, open.point)
    this.planned += wanted - open.wanted
    open.wanted = wanted
    if (open.finished === wanted) this.#open.delete(open)
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve()
  }
}

/** Replications that a point is to have, as far as the journal tells. */
export function wantedOf(task: SweepTask, journal: Journal, point: number): number {
  const { until } = task.replications
  const metric = task.metrics.indexOf(until?.metric ?? '')
  return replicationsWanted(task.replications, replications => {
    const values = new Float64Array(replications)
    for (let replication = 0; replication < replications; replication++) {
      const hash = task.hashOf({ point, replication })
      if (!journal.has(hash)) return undefined
      const ofAll = journal.get(hash).rows.find(({ group }) => group === 'all')
      values[replication] = ofAll?.values[metric] ?? Number.NaN
    }
    return values
  })
}
