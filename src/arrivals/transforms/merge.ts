import { UserError } from '../../core/errors.ts'
import type { ArrivalBlock, ArrivalSource, ReadingReport } from '../contract.ts'
import { moveBlocks, moveSessions } from './ids.ts'
import { MOST_CLASSES, Names, Renaming } from './names.ts'
import { RowReader } from './reader.ts'

/**
 * Several workloads at once, each from its own first arrival at 0 s: in order of time, requests of one instant in
 * order of source. Classes, tenants and models of one name become one; sessions and prefix blocks of different sources
 * stay apart, by the id times the number of sources plus the source's own. Throws a UserError at no workload and at more
 * than 256 classes.
 */
export function merged(sources: readonly ArrivalSource[]): ArrivalSource {
  return new Merged(sources)
}

class Merged implements ArrivalSource {
  readonly classes: readonly string[]
  readonly tenants?: readonly string[]
  readonly models?: readonly string[]
  readonly report?: () => ReadingReport | undefined
  readonly #inlets: readonly Inlet[]

  constructor(sources: readonly ArrivalSource[]) {
    if (sources.length === 0) throw new UserError('there are no workloads to merge; must have at least 1')
    const names: AllNames = {
      classes: new Names('classes together', MOST_CLASSES),
      tenants: new Names('tenants'),
      models: new Names('models'),
    }
    this.#inlets = sources.map((source, i) => new Inlet(source, names, { times: sources.length, plus: i }))
    this.classes = names.classes.list
    if (sources.some(source => source.tenants)) this.tenants = names.tenants.list
    if (sources.some(source => source.models)) this.models = names.models.list
    if (sources.some(source => source.report)) this.report = () => joined(sources)
  }

  fill(block: ArrivalBlock): void | Promise<void> {
    block.length = 0
    return this.#goOn(block)
  }

  close(): void {
    for (const { reader } of this.#inlets) reader.source.close()
  }

  #goOn(block: ArrivalBlock): void | Promise<void> {
    for (;;) {
      const reading = this.#prepare()
      if (reading) return reading.then(() => this.#goOn(block))
      let first = this.#earliest()
      while (first.reader.hasRow && block.length < block.capacity) {
        first.moveInto(block)
        if (first.reader.hasRow) first = this.#earliest()
      }
      if (block.length === block.capacity || this.#inlets.every(({ reader }) => reader.nextS === OVER)) return
    }
  }

  /** Sees to it that every workload has a row at hand or is over. */
  #prepare(): void | Promise<void> {
    for (const { reader } of this.#inlets) {
      const reading = reader.prepare()
      if (reading) return reading.then(() => this.#prepare())
    }
  }

  /** A scan: workloads are few. */
  #earliest(): Inlet {
    let first = this.#inlets[0]
    for (const inlet of this.#inlets) if (inlet.reader.nextS < first.reader.nextS) first = inlet
    return first
  }
}

const OVER = Number.POSITIVE_INFINITY

interface AllNames {
  readonly classes: Names
  readonly tenants: Names
  readonly models: Names
}

/** One of the workloads that flow together. */
class Inlet {
  readonly reader: RowReader
  readonly #classes: Renaming
  readonly #tenants: Renaming
  readonly #models: Renaming
  readonly #apart: { times: number; plus: number }

  constructor(source: ArrivalSource, names: AllNames, apart: { times: number; plus: number }) {
    this.reader = new RowReader(source)
    this.#classes = new Renaming(source.classes, names.classes)
    this.#tenants = new Renaming(source.tenants ?? [], names.tenants)
    this.#models = new Renaming(source.models ?? [], names.models)
    this.#apart = apart
  }

  moveInto(block: ArrivalBlock): void {
    this.reader.moveInto(block, this.#classes.at(this.reader.classId))
    if (block.details !== undefined) this.#rename(block, block.length - 1)
  }

  #rename(block: ArrivalBlock, row: number): void {
    const { tenantId, modelId } = block.details!
    if (tenantId[row] >= 0) tenantId[row] = this.#tenants.at(tenantId[row])
    if (modelId[row] >= 0) modelId[row] = this.#models.at(modelId[row])
    moveSessions(block, row, this.#apart)
    moveBlocks(block, row, this.#apart)
  }
}

/** What the readers say, as one report; rows of a trace that is read twice count twice. */
function joined(sources: readonly ArrivalSource[]): ReadingReport | undefined {
  const reports = sources.flatMap(source => source.report?.() ?? [])
  if (reports.length === 0) return undefined
  const several = (pick: (report: ReadingReport) => string) => [...new Set(reports.map(pick))].join(' + ')
  return {
    name: several(report => report.name),
    format: several(report => report.format),
    rows: reports.reduce((sum, { rows }) => sum + rows, 0),
    late: reports.reduce((sum, { late }) => sum + late, 0),
    remarks: reports.flatMap(({ remarks }) => remarks),
  }
}
