/** One run of an experiment: a policy on one combination of levels, with the chance of one replication. */
export interface Cell {
  /** Place of the combination in the experiment's order, from 0. */
  readonly point: number
  readonly replication: number
}

/** What is counted together in a row of results: all requests of a run, or those of a class or a tenant. */
export type GroupKind = 'all' | 'class' | 'tenant'

/** One row of a cell's results. */
export interface CellRow {
  readonly group: GroupKind
  /** Of the class or tenant; `all` of all. */
  readonly name: string
  /** A value for each metric column of the experiment; null where it is not defined. */
  readonly values: readonly (number | null)[]
}

/** What a cell came to. Nothing in it depends on the machine, the hour or what ran before. */
export interface CellResult {
  /** Of all that the results follow from: scenario, policy, seed, replication, files read, and the code. */
  readonly hash: string
  readonly rows: readonly CellRow[]
}

/** Runs cells: here, on threads, or wherever a queue is read. */
export interface CellRunner {
  /** Cells that are worth handing out at a time. */
  readonly width: number
  /** Throws a UserError for a mistake of the user's, which names the cell. */
  run(cell: Cell): Promise<CellResult>
  /** Lets go of threads and connections. Cells under way are lost. */
  close(): Promise<void>
}

/** The finished cells of a sweep, safe from the moment they are added. */
export interface Journal {
  has(hash: string): boolean
  /** Once it returns, no end of the program loses the cell. */
  add(result: CellResult): void
  /** Throws where there is none. */
  get(hash: string): CellResult
  close(): void
}
