import { sha256Of } from '../scenario/fingerprint.ts'
import { canonical } from './canonical.ts'
import { hasherOf } from './cell-hash.ts'
import type { Experiment } from './experiment.ts'
import type { SweepPlan } from './plan.ts'
import { pointsOf } from './points.ts'
import { codeVersion, version } from './program.ts'
import { scenarioAt } from './settings.ts'
import type { Shard } from './shard.ts'
import { unknownsOf } from './unknowns-drawn.ts'

/** The plan of an experiment, or of a shard of it. Throws a UserError where a file that it rests on cannot be read. */
export function planOf(experiment: Experiment, shard?: Shard): SweepPlan {
  const { spec, base, factors, metrics, support, replications } = experiment
  const points = pointsOf(experiment)
  const unknowns = unknownsOf(experiment)
  const hasher = hasherOf(experiment, points)
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
    points: points.map(({ levels, policy }, point) => ({ levels, policy, hash: hasher.ofPoint(point) })),
    ...(unknowns && { unknowns }),
    ...(shard && { shard }),
  }
}
