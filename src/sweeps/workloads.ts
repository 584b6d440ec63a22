import { Cuttable } from '../arrivals/pieces.ts'
import { readWhole, shareable, type WholeWorkload } from '../arrivals/whole.ts'
import { traceOpener } from '../scenario/files.ts'
import type { ParsedScenario, Scenario } from '../scenario/schema.ts'
import { buildWorkload } from '../scenario/workload.ts'
import { canonical } from './canonical.ts'
import type { Experiment } from './experiment.ts'
import { Recent } from './recent.ts'
import { usualResampling } from './resampling.ts'
import { scenarioAt, settingCount } from './settings.ts'

/** Workloads in memory that replications are taken from, by what tells them apart: threads may share them. */
export type SharedWorkloads = ReadonlyMap<string, WholeWorkload>

const KEPT = 2

/** The workloads that replications are taken from, read once into memory. */
export class Workloads {
  readonly #scenarioFile: string
  readonly #shared: SharedWorkloads
  readonly #read = new Recent<Promise<Cuttable>>(KEPT)

  constructor({ scenarioFile }: Experiment, shared: SharedWorkloads = new Map()) {
    this.#scenarioFile = scenarioFile
    this.#shared = shared
  }

  /** That of a scenario at its own rate. */
  of(parsed: ParsedScenario): Promise<Cuttable> {
    const key = keyOf(parsed.scenario)
    return this.#read.get(key, async () => {
      return new Cuttable(this.#shared.get(key) ?? (await readWorkload(parsed, this.#scenarioFile)))
    })
  }
}

/** All workloads that replications of the experiment are taken from, where threads can share them. */
export async function sharedWorkloads(experiment: Experiment): Promise<SharedWorkloads> {
  const shared = new Map<string, WholeWorkload>()
  for (let setting = 0; setting < settingCount(experiment); setting++) {
    const parsed = scenarioAt(experiment, setting)
    const key = keyOf(parsed.scenario)
    const { by } = experiment.resampling ?? usualResampling(parsed.scenario)
    if (by === 'seeds' || shared.has(key)) continue
    shared.set(key, shareable(await readWorkload(parsed, experiment.scenarioFile)))
  }
  return shared
}

function readWorkload(parsed: ParsedScenario, scenarioFile: string): Promise<WholeWorkload> {
  return readWhole(buildWorkload(parsed, traceOpener(scenarioFile)).arrivals())
}

/** All that the requests depend on at the workload's own rate. */
function keyOf({ workload, seed }: Scenario): string {
  return canonical({ workload: unpaced(workload), seed })
}

/** A workload without what sets its rate; a closed loop has none of its own. */
export function unpaced(workload: Scenario['workload']): object {
  if ('closed_loop' in workload) return workload
  const { load, rate_scale, rate_per_s, ...rest } = workload
  return rest
}
