import { UserError } from '../core/errors.ts'
import type { Source } from '../scenario/document.ts'
import type { ExperimentSpec } from './experiment-schema.ts'
import type { ReplicationRule } from './rounds.ts'

type Spec = Omit<ExperimentSpec, 'metrics'> & { readonly metrics: readonly string[] }
type Sequential = Exclude<ExperimentSpec['replications'], number | undefined>

/** How many replications points get. Throws a UserError where the experiment's rules contradict each other. */
export function replicationRule(source: Source, spec: Spec): ReplicationRule {
  const { replications, uncertainty, confidence } = spec
  if (uncertainty !== undefined) checkDraws(source, replications, uncertainty.draws)
  const fixed = uncertainty?.draws ?? replications
  if (fixed === undefined) throw new UserError(`${source.place([])}: replications is missing; must be given`)
  if (typeof fixed === 'number') return { least: fixed, most: fixed, confidence }
  return { ...sequentialRule(source, fixed, spec), confidence }
}

function checkDraws(source: Source, replications: ExperimentSpec['replications'], draws: number): void {
  if (replications === undefined || replications === draws) return
  const where = source.place(['replications'])
  throw new UserError(
    typeof replications === 'number'
      ? `${where}: replications is ${replications} beside ${draws} draws; must be left out, as every draw is one`
      : `${where}: replications stop by a rule beside uncertainty; must be left out, as all its draws are run`,
  )
}

function sequentialRule(
  source: Source,
  { least, most, until }: Sequential,
  { metrics, groups }: Spec,
): Omit<ReplicationRule, 'confidence'> {
  const fail = (key: string, mistake: string): never => {
    throw new UserError(
      `${source.place(['replications', ...key.split('.')])}: replications.${key} ${mistake}`,
    )
  }
  if (until === undefined)
    return fail('until', 'is missing; must say when a point has enough, or give one number')
  if (most === undefined)
    return fail('most', 'is missing; must be given beside until, which may never come true')
  if (most < least) return fail('most', `is ${most}; must be >= ${least}, the least`)
  const { metric, half_width } = until
  if (!metrics.includes(metric)) {
    fail('until.metric', `is "${metric}"; must be one of the metrics: ${metrics.join(', ')}`)
  }
  if (!groups.includes('all')) fail('until', `is of all requests; groups must have all`)
  return { least, most, until: { metric, half_width } }
}
