import { dirname, relative, resolve } from 'node:path'
import { UserError } from '../core/errors.ts'
import { type Prepared, prepare, type ReadAhead } from '../experiments/prepare.ts'
import { isLong, readAhead } from '../scenario/ahead.ts'
import { loadCatalogue, loadScenario, traceOpener } from '../scenario/files.ts'
import { packagesOf } from '../scenario/own-policies.ts'
import type { ParsedScenario, Scenario } from '../scenario/schema.ts'
import { SHIPPED_CATALOGUE } from '../scenario/shipped.ts'
import type { ScenarioFlags } from './flags.ts'

/** A scenario file with the command line's changes, ready to run. */
export interface LoadedScenario extends Prepared {
  readonly file: string
}

export async function loadPrepared(file: string, flags: ScenarioFlags): Promise<LoadedScenario> {
  const catalogue = loadCatalogue([SHIPPED_CATALOGUE, ...(flags.catalogue ?? [])])
  const given = loadScenario(file)
  const changes = { ...flags, ...(flags.trace && { trace: besideFile(file, flags.trace) }) }
  const parsed = { ...changed(given, changes), packages: packagesOf(given.scenario.policies, file) }
  const ahead: ReadAhead = (workload, seed) =>
    isLong({ workload, file }) ? readAhead({ workload, seed, file }) : undefined
  return { file, ...(await prepare(parsed, catalogue, traceOpener(file), ahead)) }
}

/** A path from the working directory as a path from the folder of a file. */
function besideFile(file: string, path: string): string {
  return relative(dirname(resolve(file)), resolve(path))
}

function changed(parsed: ParsedScenario, flags: ScenarioFlags): ParsedScenario {
  const { scenario } = parsed
  const seed = flags.seed ?? scenario.seed
  return { ...parsed, scenario: { ...scenario, seed, workload: workloadOf(scenario, flags) } }
}

/** Flags that say how to read `--trace`. */
const OF_TRACE = {
  class: '--class',
  format: '--format',
  onBadRow: '--on-bad-row',
  zeroOutput: '--zero-output',
} as const

function workloadOf({ workload }: Scenario, flags: ScenarioFlags): Scenario['workload'] {
  const lone = Object.entries(OF_TRACE).find(([flag]) => flags[flag as keyof typeof OF_TRACE] !== undefined)
  if (lone !== undefined && flags.trace === undefined) {
    throw new UserError(`${lone[1]} is given without --trace; it says how to read the requests of --trace`)
  }
  return withLoad(withTrace(workload, flags), flags)
}

/** A trace of the user's comes at the pace that the scenario gives its own workload. */
function withTrace(
  workload: Scenario['workload'],
  { trace, class: name, format = 'auto', onBadRow = 'fail', zeroOutput }: ScenarioFlags,
): Scenario['workload'] {
  if (trace === undefined) return workload
  const { load, rate_scale, rate_per_s } = 'closed_loop' in workload ? {} : workload
  const pace = Object.entries({ load, rate_scale, rate_per_s }).filter(([, value]) => value !== undefined)
  const before = 'class' in workload ? workload.class : 'all'
  return {
    trace,
    format,
    class: name ?? before,
    on_bad_row: onBadRow,
    zero_output: zeroOutput,
    ...Object.fromEntries(pace),
  }
}

function withLoad(workload: Scenario['workload'], { load }: ScenarioFlags): Scenario['workload'] {
  if (load === undefined) return workload
  if ('closed_loop' in workload) {
    throw new UserError(`--load is ${load}; a closed loop sets its own pace and must not be given one`)
  }
  const { rate_scale: _, rate_per_s: __, ...rest } = workload
  return { ...rest, load }
}
