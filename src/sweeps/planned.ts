import { sha256Of } from '../scenario/fingerprint.ts'
import { canonical } from './canonical.ts'
import { hasherOf } from './cell-hash.ts'
import type { Experiment } from './experiment.ts'
import type { SweepPlan } from './plan.ts'
import { pointsOf } from './points.ts'
import { codeVersion, version } from './program.ts'
import { samplingOf, scenarioAt, settingCount } from './settings.ts'
import type { Shard } from './shard.ts'
import { unknownsOf } from './unknowns-drawn.ts'

/** The plan of an experiment, or of a shard of it. Throws a UserError where a file that it rests on cannot be read. */
export function planOf(experiment: Experiment, shard?: Shard): SweepPlan {
  const { spec, base, factors, metrics, support, replications } = experiment
  const points = pointsOf(experiment)
  const unknowns = unknownsOf(experiment)
  const hasher = hasherOf(experiment, points)
  const redrawn = redrawnSettings(experiment)
  return {
    regatta: version(),
    code: codeVersion(),
    experiment: spec,
    scenario: { resolved: base.input, sha256: sha256Of(canonical(base.input)) },
    seed: scenarioAt(experiment, 0).scenario.seed,
    confidence: spec.confidence,
    replications,
    factors: factors.map(({ key }) => key),
    metrics: metrics.map(({ name }) => name),
    support: support.map(({ name }) => name),
    points: points.map(({ setting, levels, policy }, point) => ({
      ...{ levels, policy, hash: hasher.ofPoint(point) },
      ...(redrawn.has(setting) && { sampling: 'redrawn' as const }),
    })),
    ...(unknowns && { unknowns }),
    ...(shard && { shard }),
  }
}

/** Combinations of levels whose replications are draws from a trace. */
function redrawnSettings(experiment: Experiment): Set<number> {
  const settings = Array.from({ length: settingCount(experiment) }, (_, setting) => setting)
  const isRedrawn = (setting: number) =>
    samplingOf(experiment, scenarioAt(experiment, setting).scenario) === 'redrawn'
  return new Set(settings.filter(isRedrawn))
}
