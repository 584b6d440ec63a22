import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CsvFileWriter } from '../src/files.ts'
import { meets } from '../src/fleet/slo.ts'
import { type Course, type CsvFile, csvFiles, type RunOptions, type Standing } from '../src/index.ts'
import type { RequestRow } from '../src/results/columns/requests.ts'

type CsvName = keyof typeof csvFiles

/** The files that `regatta race --out` writes, in a temporary folder. */
export class ResultsFolder {
  readonly #path = mkdtempSync(join(tmpdir(), 'regatta-bench-'))
  readonly #policy: string
  readonly #course: Course
  readonly #classes: readonly string[]
  #requests: CsvFileWriter<RequestRow> | undefined

  constructor(policy: string, course: Course, classes: readonly string[]) {
    this.#policy = policy
    this.#course = course
    this.#classes = classes
  }

  /** Writes requests.csv as requests end. */
  requests(): NonNullable<RunOptions['onEnd']> {
    const { kinds, replicas, slo, pue } = this.#course
    const context: RequestRow['context'] = {
      policy: this.#policy,
      classes: this.#classes,
      tenants: [],
      models: [],
      kindOf: replica => kinds[replicas[replica]],
      meetsSlo: (requests, request) => meets(slo, requests, request),
      pue,
    }
    const file = this.#open<RequestRow>('requests.csv')
    this.#requests = file
    return (request, requests) => file.add({ context, requests, request })
  }

  /** Writes all the other files. */
  write({ result, figures }: Standing): void {
    const policy = this.#policy
    const { windowS, replicas, samples } = result
    this.#requests?.close()
    this.#write('summary.csv', [{ policy, result, figures }])
    this.#write(
      'replicas.csv',
      replicas.map(replica => ({ policy, windowS, replica })),
    )
    this.#write(
      'timeseries.csv',
      samples.map(sample => ({ policy, sample })),
    )
  }

  remove(): void {
    rmSync(this.#path, { recursive: true, force: true })
  }

  #write(name: CsvName, rows: readonly unknown[]): void {
    const file = this.#open<unknown>(name)
    for (const row of rows) file.add(row)
    file.close()
  }

  #open<Row>(name: CsvName): CsvFileWriter<Row> {
    const { columns }: CsvFile = csvFiles[name]
    return new CsvFileWriter<Row>(join(this.#path, name), columns)
  }
}
