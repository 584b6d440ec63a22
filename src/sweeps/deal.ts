import type { Cell, Journal } from './contract.ts'
import { type ReplicationRule, replicationsWanted } from './rounds.ts'

/** What a sweep has to know of an experiment. */
export interface SweepTask {
  /** Points that it is about, in order; those of one setting go on together until each has replications enough. */
  readonly settings: readonly (readonly number[])[]
  readonly replications: ReplicationRule
  /** Names of the values in the rows of a cell. */
  readonly metrics: readonly string[]
  hashOf(cell: Cell): string
}

/** A setting some of whose cells are dealt. */
interface Open {
  readonly points: readonly number[]
  /** Replications of each point. */
  wanted: number
  /** Cells of all its points, as is the next. */
  dealt: number
  finished: number
}

/**
 * Deals the cells of a sweep: setting after setting, and of a setting replication after replication, each of all
 * policies, as they share its requests. Those in the journal are left out. It holds no more settings open than cells
 * are under way.
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
    this.planned = leastCells(task)
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
    for (const open of this.#open) if (open.points.includes(point)) this.#count(open)
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
      const { points, dealt } = open
      open.dealt++
      const cell = {
        point: points[dealt % points.length],
        replication: Math.floor(dealt / points.length),
      }
      if (!this.#journal.has(this.#task.hashOf(cell))) return cell
      this.#count(open)
    }
    return undefined
  }

  /** A setting with cells to deal: one that is open, or else the next. */
  #ready(): Open | undefined {
    for (const open of this.#open) if (open.dealt < cellsOf(open)) return open
    const { settings, replications } = this.#task
    if (this.#opened === settings.length) return undefined
    const open = { points: settings[this.#opened++], wanted: replications.least, dealt: 0, finished: 0 }
    this.#open.add(open)
    return open
  }

  #count(open: Open): void {
    this.finished++
    open.finished++
    if (open.finished < cellsOf(open)) return
    const before = cellsOf(open)
    open.wanted = wantedOf(this.#task, this.#journal, open.points)
    this.planned += cellsOf(open) - before
    if (open.finished === cellsOf(open)) this.#open.delete(open)
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve()
  }
}

function cellsOf({ points, wanted }: Open): number {
  return points.length * wanted
}

/** Cells of a sweep before any tells that there are to be more. */
export function leastCells({ settings, replications }: SweepTask): number {
  return settings.flat().length * replications.least
}

/** Whether a cell is finished that every plan of the task has. */
export function isBegun({ settings, replications, hashOf }: SweepTask, journal: Journal): boolean {
  const numbers = Array.from({ length: replications.least }, (_, replication) => replication)
  return settings
    .flat()
    .some(point => numbers.some(replication => journal.has(hashOf({ point, replication }))))
}

/** Replications that each point of a setting is to have, as far as the journal tells. */
export function wantedOf(task: SweepTask, journal: Journal, points: readonly number[]): number {
  return replicationsWanted(task.replications, replications => {
    const values = points.map(point => valuesOf(task, journal, point, replications))
    return values.every(known => known !== undefined) ? values : undefined
  })
}

/** Of the rule's metric over all requests; undefined where not all are finished. */
function valuesOf(task: SweepTask, journal: Journal, point: number, replications: number) {
  const metric = task.metrics.indexOf(task.replications.until?.metric ?? '')
  const values = new Float64Array(replications)
  for (let replication = 0; replication < replications; replication++) {
    const hash = task.hashOf({ point, replication })
    if (!journal.has(hash)) return undefined
    const ofAll = journal.get(hash).rows.find(({ group }) => group === 'all')
    values[replication] = ofAll?.values[metric] ?? Number.NaN
  }
  return values
}
