import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { UserError } from '../core/errors.ts'
import type { PlanResult } from '../planning/fleets/contract.ts'
import type { Plan } from '../planning/fleets/load.ts'
import type { OutputFolder } from '../results/output-folder.ts'
import { parquetName, type TableOptions, writeTable } from '../results/table-file.ts'
import { catalogueFingerprint, fingerprint } from '../scenario/fingerprint.ts'
import { version } from '../sweeps/program.ts'
import { type FleetRow, type PlanRow, planFiles, type RatingRow } from './plan-columns.ts'
import { fleetName, isSameFleet, type PlanReport } from './plan-report.ts'
import { scenarioText } from './plan-scenario.ts'

const SCENARIO = 'scenario.yaml'
const MANIFEST = 'manifest.json'
const TABLES = Object.keys(planFiles) as (keyof typeof planFiles)[]

/** Throws a UserError where the folder holds results, or files by the names of ours, that no plan wrote. */
export function checkPlanFolder(path: string): void {
  if (isOfPlan(join(path, MANIFEST))) return
  const strange = [MANIFEST, SCENARIO, ...TABLES].find(name => existsSync(join(path, name)))
  if (strange !== undefined) {
    throw new UserError(`--out ${path}: has a ${strange} that no plan wrote; must be another folder`)
  }
}

function isOfPlan(manifest: string): boolean {
  try {
    return 'plan' in JSON.parse(readFileSync(manifest, 'utf8'))
  } catch {
    return false
  }
}

/** Writes tables, scenario and manifest, and lets them appear. */
export function writePlan(
  folder: OutputFolder,
  report: PlanReport,
  { plan, file, parquet }: { readonly plan: Plan; readonly file: string; readonly parquet: boolean },
): void {
  const options: TableOptions = { file: name => folder.file(name), parquet }
  const write = <Row>(name: keyof typeof planFiles, rows: readonly Row[]) =>
    writeTable<Row>(name, planFiles[name].columns as never, rows, options)
  write('plan.csv', planRows(report))
  write('ratings.csv', ratingRows(report.result))
  write('fleets.csv', fleetRows(report.result))
  writeFileSync(folder.file(SCENARIO), scenarioText(report, { file, out: folder.path }))
  writeFileSync(folder.file(MANIFEST), `${JSON.stringify(manifestOf(report, plan, file), null, 2)}\n`)
  folder.commit([...TABLES, ...TABLES.map(parquetName), SCENARIO, MANIFEST])
}

/** The options in order, then what was left out. */
export function planRows({ result, terms }: PlanReport): PlanRow[] {
  const { options, chosen, promise, leftOut } = result
  const rows = options.map((option, i) => ({
    name: option.name,
    leftOut: '',
    chosen: { option, terms: terms[i], nodes: chosen.nodes[i], promisedNodes: promise.nodes[i] },
  }))
  return [...rows, ...leftOut.map(({ name, why }) => ({ name, leftOut: why }))]
}

export function ratingRows({ options, classes, ratings, promise }: PlanResult): RatingRow[] {
  return options.flatMap(({ name }, i) =>
    classes.map(({ requestClass, ratePerS }, c) => ({
      option: name,
      requestClass: requestClass.name,
      model: requestClass.model ?? '',
      classRatePerS: ratePerS,
      ratingPerS: ratings[i][c],
      promisedPerS: promise.flow[i][c],
    })),
  )
}

export function fleetRows({ tried, options, chosen, promise }: PlanResult): FleetRow[] {
  return tried.map(({ measured, verdict, isFront }) => ({
    fleet: fleetName(options, measured.nodes),
    measured,
    verdict,
    isFront,
    isChosen: isSameFleet(measured.nodes, chosen.nodes),
    isPromised: isSameFleet(measured.nodes, promise.nodes),
  }))
}

/** What the plan was made from: nothing here depends on the machine or the hour. */
function manifestOf({ spec, result }: PlanReport, { catalogue }: Plan, file: string) {
  const { options, chosen, verdict, looks, objective, simulations, runs, shape, evidence } = result
  return {
    regatta: version(),
    plan: { ...fingerprint(file), resolved: spec },
    seed: spec.seed,
    verdict,
    looks,
    objective,
    nodes: Object.fromEntries(options.map(({ name }, i) => [name, chosen.nodes[i]])),
    simulations,
    runs,
    requests_per_run: shape.requests,
    catalogue_sha256: catalogueFingerprint(catalogue),
    grade: evidence.grade,
    estimates: evidence.estimates.map(({ name, value, fact }) => ({
      name,
      value,
      low: fact.low ?? null,
      high: fact.high ?? null,
    })),
  }
}
