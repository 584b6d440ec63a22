import { writeFileSync } from 'node:fs'
import type { AtSlo } from '../experiments/at-slo.ts'
import type { Ranked } from '../experiments/capacity-ranking.ts'
import type { LoadCurve } from '../experiments/load-curve.ts'
import type { Question } from '../experiments/load-probe.ts'
import { type Manifest, manifestOf } from '../experiments/manifest.ts'
import type { Entrant, Standing } from '../experiments/race.ts'
import type { EndRace } from '../experiments/ranges.ts'
import { meets, sloOf } from '../fleet/slo.ts'
import type { BoundRow } from '../results/columns/bound.ts'
import { decisionRows } from '../results/columns/decisions.ts'
import { type CsvFile, csvFiles } from '../results/columns/files.ts'
import type { IntervalRow } from '../results/columns/intervals.ts'
import type { RequestContext, RequestRow } from '../results/columns/requests.ts'
import type { Decision } from '../results/decision.ts'
import type { OutputFolder } from '../results/output-folder.ts'
import type { RegretFigures } from '../results/regret.ts'
import {
  parquetName,
  type RowWriter,
  type TableOptions,
  tableWriter,
  writeTable,
} from '../results/table-file.ts'
import { catalogueFingerprint, fingerprint } from '../scenario/fingerprint.ts'
import type { RunOptions } from '../simulate.ts'
import { version } from '../sweeps/program.ts'
import type { ParquetFlag } from './flags.ts'
import type { LoadedScenario } from './scenario.ts'

type CsvName = keyof typeof csvFiles

/** Decisions of one policy, explained. */
export interface Explained {
  readonly entrant: Entrant
  readonly decisions: readonly Decision[]
  readonly figures: RegretFigures
}

/** The files of one race in an output folder; they appear there together, by `finish`. */
export class ResultFiles {
  readonly #folder: OutputFolder
  readonly #loaded: LoadedScenario
  readonly #stances: string[] = ['given']
  readonly #table: TableOptions
  #requests: RowWriter<RequestRow> | undefined

  constructor(folder: OutputFolder, loaded: LoadedScenario, { parquet = false }: ParquetFlag = {}) {
    this.#folder = folder
    this.#table = { file: name => folder.file(name), parquet }
    this.#loaded = loaded
  }

  /** Writes requests.csv as requests end under the entrant. */
  requestsOf({ label }: Entrant): NonNullable<RunOptions['onEnd']> {
    const context = this.#contextOf(label)
    this.#requests ??= tableWriter('requests.csv', csvFiles['requests.csv'].columns, this.#table)
    const file = this.#requests
    return (request, requests) => file.add({ context, requests, request })
  }

  standings(standings: readonly Standing[]): void {
    this.#write('summary.csv', standings.map(summaryRow))
    this.#write(
      'replicas.csv',
      standings.flatMap(({ entrant, result }) =>
        result.replicas.map(replica => ({ policy: entrant.label, windowS: result.windowS, replica })),
      ),
    )
    const groups = standings.flatMap(({ entrant, result: { windowS, groups } }) =>
      groups.map(group => ({ policy: entrant.label, windowS, group })),
    )
    if (groups.length > 0) this.#write('classes.csv', groups)
    const links = standings.flatMap(({ entrant, result: { windowS, links = [] } }) =>
      links.map(link => ({ policy: entrant.label, windowS, link })),
    )
    if (links.length > 0) this.#write('links.csv', links)
    const predictions = standings.flatMap(({ entrant, result: { predictions = [] } }) =>
      predictions.map(prediction => ({ policy: entrant.label, prediction })),
    )
    if (predictions.length > 0) this.#write('predictions.csv', predictions)
    this.#write(
      'timeseries.csv',
      standings.flatMap(({ entrant, result }) =>
        result.samples.map(sample => ({ policy: entrant.label, sample })),
      ),
    )
  }

  intervals(rows: readonly IntervalRow[]): void {
    this.#write('intervals.csv', rows)
  }

  ranges(races: readonly EndRace[]): void {
    this.#stances.push(...races.map(({ stance }) => stance))
    const rows = races.flatMap(({ stance, standings }) =>
      standings.map(standing => ({ stance, ...summaryRow(standing) })),
    )
    this.#write('ranges.csv', rows)
  }

  atSlo(found: readonly AtSlo[]): void {
    const rows = found.map(({ standing, ratePerS, load, bound }) => ({
      ...summaryRow(standing),
      rateRps: ratePerS,
      loadAtSlo: load,
      bound,
    }))
    this.#write('at-slo.csv', rows)
  }

  explained(explained: readonly Explained[]): void {
    this.#write(
      'regret.csv',
      explained.map(({ entrant, figures }) => ({ policy: entrant.label, figures })),
    )
    this.#write(
      'decisions.csv',
      explained.flatMap(({ entrant, decisions }) =>
        decisions.flatMap(decision => decisionRows(entrant.label, decision)),
      ),
    )
  }

  capacities(ranked: readonly Ranked[], { objective, confidence }: Question): void {
    const rows = ranked.map(({ capacity: { entrant, ...found }, behind }) => ({
      policy: entrant.label,
      ...found,
      objective,
      confidence,
      ...(behind && { behind }),
    }))
    this.#write('capacity.csv', rows)
  }

  curves(curves: readonly LoadCurve[]): void {
    const rows = curves.flatMap(({ entrant, points }) =>
      points.map(point => ({ policy: entrant.label, point })),
    )
    this.#write('curve.csv', rows)
  }

  bound(rows: readonly BoundRow[]): void {
    this.#write('bound.csv', rows)
  }

  /** Writes the manifest and lets everything appear. */
  finish(entrants: readonly Entrant[]): void {
    this.#requests?.close()
    const { file, sha256 } = fingerprint(this.#loaded.file)
    const manifest: Manifest = manifestOf(this.#loaded, entrants, {
      version: version(),
      file,
      sha256,
      catalogueSha256: catalogueFingerprint(this.#loaded.catalogue),
      stances: this.#stances,
    })
    writeFileSync(this.#folder.file('manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`)
    const tables = Object.keys(csvFiles)
    this.#folder.commit([...tables, ...tables.map(parquetName), 'manifest.json'])
  }

  #write<Row>(name: CsvName, rows: readonly Row[]): void {
    const { columns }: CsvFile = csvFiles[name]
    writeTable(name, columns, rows, this.#table)
  }

  #contextOf(policy: string): RequestContext {
    const { course, workload } = this.#loaded
    return {
      policy,
      classes: workload.classes,
      tenants: workload.measured.tenants,
      models: course.models ?? [],
      kindOf: replica => course.kinds[course.replicas[replica]],
      meetsSlo: (requests, request) => meets(sloOf(course, requests.classId[request]), requests, request),
      pue: course.pue,
    }
  }
}

function summaryRow({ entrant, result, figures }: Standing) {
  return { policy: entrant.label, result, figures }
}
