import { catalogueFingerprint, sha256Of } from '../scenario/fingerprint.ts'
import { policyChoices } from '../scenario/schema.ts'
import { canonical } from './canonical.ts'
import type { Cell } from './contract.ts'
import type { Experiment } from './experiment.ts'
import { fileSha256, filesOfPolicy, filesOfWorkload } from './files-read.ts'
import { type Point, pointsOf } from './points.ts'
import { codeVersion } from './program.ts'
import { Recent } from './recent.ts'
import { usualResampling } from './resampling.ts'
import { scenarioAt } from './settings.ts'

/** Tells cells apart by all that their results follow from, and by nothing else. */
export interface CellHasher {
  /** Of all but the replication. */
  ofPoint(point: number): string
  of(cell: Cell): string
}

/**
 * Reads the files that the results rest on as they are now, each once: a hasher says what they were when it first
 * needed them. Throws a UserError where one cannot be read.
 */
export function hasherOf(
  experiment: Experiment,
  points: readonly Point[] = pointsOf(experiment),
): CellHasher {
  const known: string[] = []
  const common = { ...commonOf(experiment), code: codeVersion() }
  const sha256 = remembered(fileSha256)
  // The points of a setting lie together.
  const settings = new Recent<SettingInputs>(1)
  const inputsOf = ({ setting, policyIndex }: Point) => {
    const { policies, ...rest } = settings.get(String(setting), () =>
      settingInputs(experiment, setting, sha256),
    )
    // The run of a pilot says how long the warm-up is.
    return { ...rest, policy: policies[policyIndex], pilot: experiment.spec.warmup && policies[0] }
  }
  const ofPoint = (point: number) => {
    known[point] ??= sha256Of(canonical({ ...common, ...inputsOf(points[point]) }))
    return known[point]
  }
  return { ofPoint, of: ({ point, replication }) => cellHash(ofPoint(point), replication) }
}

/** Of all that a cell's results follow from. */
export function cellHash(pointHash: string, replication: number): string {
  return sha256Of(`${pointHash}/${replication}`)
}

function commonOf({ spec, metrics, catalogue }: Experiment) {
  return {
    catalogue: catalogueFingerprint(catalogue),
    metrics: metrics.map(({ name }) => name),
    groups: spec.groups.toSorted(),
    warmup: spec.warmup,
    draws: spec.uncertainty?.draws,
  }
}

type SettingInputs = ReturnType<typeof settingInputs>

function settingInputs(experiment: Experiment, setting: number, sha256: (file: string) => string) {
  const { scenario } = scenarioAt(experiment, setting)
  const { name: _, policies, ...rest } = scenario
  return {
    scenario: rest,
    files: filesOfWorkload(scenario, experiment.scenarioFile).map(sha256),
    resampling: experiment.resampling ?? usualResampling(scenario),
    policies: policyChoices(policies).map(choice => {
      const { label: _, ...given } = choice
      return { ...given, code: filesOfPolicy(choice, experiment.scenarioFile).map(sha256) }
    }),
  }
}

function remembered(of: (file: string) => string): (file: string) => string {
  const known = new Map<string, string>()
  return file => {
    const before = known.get(file) ?? of(file)
    known.set(file, before)
    return before
  }
}
