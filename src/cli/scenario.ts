import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { azure2023 } from '../arrivals/azure2023.ts'
import { fileBytes } from '../arrivals/file.ts'
import { UserError } from '../core/errors.ts'
import { type Prepared, prepare } from '../experiments/prepare.ts'
import { SHIPPED_CATALOGUE } from '../experiments/shipped.ts'
import type { Catalogue } from '../scenario/facts.ts'
import { loadCatalogue, loadScenario, traceOpener } from '../scenario/files.ts'
import type { ParsedScenario, Scenario } from '../scenario/schema.ts'
import type { OpenTrace } from '../scenario/workload.ts'
import type { ScenarioFlags } from './flags.ts'

/** A scenario file with the command line's changes, ready to run. */
export interface LoadedScenario extends Prepared {
  readonly file: string
}

export async function loadPrepared(file: string, flags: ScenarioFlags): Promise<LoadedScenario> {
  const catalogue = loadCatalogue([SHIPPED_CATALOGUE, ...(flags.catalogue ?? [])])
  const parsed = changed(loadScenario(file), flags)
  return { file, ...(await prepare(parsed, catalogue, openerOf(file, flags))) }
}

/** Name and fingerprint of the scenario's file. */
export function fingerprint(file: string): { file: string; sha256: string } {
  return { file: basename(file), sha256: sha256Of(readFileSync(file)) }
}

/** Fingerprint of every entry of a catalogue. */
export function catalogueFingerprint(catalogue: Catalogue): string {
  return sha256Of(JSON.stringify(Object.values(catalogue).map(entries => [...entries.values()])))
}

export function sha256Of(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex')
}

function changed(parsed: ParsedScenario, flags: ScenarioFlags): ParsedScenario {
  const { scenario } = parsed
  const seed = flags.seed ?? scenario.seed
  return { ...parsed, scenario: { ...scenario, seed, workload: workloadOf(scenario, flags) } }
}

function workloadOf({ workload }: Scenario, flags: ScenarioFlags): Scenario['workload'] {
  if (flags.class !== undefined && flags.trace === undefined) {
    throw new UserError('--class is given without --trace; it names the class of the requests of --trace')
  }
  return withLoad(withTrace(workload, flags), flags)
}

/** A trace of the user's comes at the pace that the scenario gives its own workload. */
function withTrace(
  workload: Scenario['workload'],
  { trace, class: name }: ScenarioFlags,
): Scenario['workload'] {
  if (trace === undefined) return workload
  const { load, rate_scale, rate_per_s } = 'closed_loop' in workload ? {} : workload
  const pace = Object.entries({ load, rate_scale, rate_per_s }).filter(([, value]) => value !== undefined)
  const before = 'class' in workload ? workload.class : 'all'
  return { trace, format: 'auto', class: name ?? before, ...Object.fromEntries(pace) }
}

function withLoad(workload: Scenario['workload'], { load }: ScenarioFlags): Scenario['workload'] {
  if (load === undefined) return workload
  if ('closed_loop' in workload) {
    throw new UserError(`--load is ${load}; a closed loop sets its own pace and must not be given one`)
  }
  const { rate_scale: _, rate_per_s: __, ...rest } = workload
  return { ...rest, load }
}

/** `--trace` counts from the working directory, a trace in the scenario from the scenario's folder. */
function openerOf(file: string, flags: ScenarioFlags): OpenTrace {
  if (flags.trace === undefined) return traceOpener(file)
  return ({ trace, class: className }) => azure2023(fileBytes(trace), className)
}
