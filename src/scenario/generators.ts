import type { GeneratorSpec } from '../arrivals/generate.ts'
import { type LabelSpec, zipfTenants } from '../arrivals/generators/labels.ts'
import type { PrefixSpec } from '../arrivals/sessions/prefixes.ts'
import type { SessionSpec } from '../arrivals/sessions/session.ts'
import type { TurnsSpec } from '../arrivals/sessions/turns.ts'
import { UserError } from '../core/errors.ts'
import type { ArrivalLaw } from './arrivals-schema.ts'
import type { GenerateSpec, SessionLaws } from './generate-schema.ts'
import { durationSpec, gapSpec, lengthSpec, lengthsSpec } from './laws.ts'

/** Whether the law says how many requests come a second, so that the workload need not. */
export function hasRate(law: ArrivalLaw): boolean {
  return ('rate_per_s' in law && law.rate_per_s !== undefined) || RATED.has(law.process)
}

/** Processes whose schema asks for several rates. */
const RATED = new Set<ArrivalLaw['process']>(['on-off', 'markov', 'profile'])

/** Throws a UserError where keys contradict each other. */
export function generatorSpec(spec: GenerateSpec): GeneratorSpec {
  const { requests, duration_s: durationS } = spec
  const sessions = sessionSpec(spec)
  return {
    ...lengthsSpec(spec.lengths),
    className: spec.class,
    gaps: gapSpec(spec.arrivals),
    labels: labelSpec(spec),
    ...(requests !== undefined && { requests }),
    ...(durationS !== undefined && { durationS }),
    ...(sessions && { sessions }),
  }
}

function labelSpec(spec: GenerateSpec): LabelSpec {
  const { tenants, modality, items } = spec
  return {
    classes: classShares(spec),
    ...(tenants && { tenants: Array.isArray(tenants) ? tenants : zipfTenants(tenants.count, tenants.zipf) }),
    ...(modality && { modality }),
    ...(items && { items: lengthSpec(items) }),
  }
}

function classShares({ class: className, deadline_s, classes }: GenerateSpec): LabelSpec['classes'] {
  if (classes !== undefined && deadline_s !== undefined) {
    throw new UserError(`deadline_s is ${deadline_s} beside classes; each class must be given its own`)
  }
  return (classes ?? [{ class: className, share: 1, deadline_s }]).map(one => ({
    className: one.class,
    share: one.share,
    ...(one.deadline_s !== undefined && { deadlineS: one.deadline_s }),
  }))
}

/** Requests that share prefixes and are in no sessions are sessions of one turn. */
const ONE_TURN: SessionLaws = {
  turns: { fixed: 1 },
  think_s: { constant_s: 0 },
  max_context_tokens: 2 ** 31 - 1,
  at_cap: 'end',
}

function sessionSpec(spec: GenerateSpec): SessionSpec | undefined {
  const { sessions, prefixes, block_tokens: blockTokens, tenants } = spec
  if (sessions === undefined && prefixes === undefined) {
    if (blockTokens === undefined) return undefined
    throw new UserError(`block_tokens is ${blockTokens} without sessions or prefixes; must have one of them`)
  }
  if (prefixes?.by_tenant && tenants === undefined) {
    throw new UserError('prefixes by_tenant is true without tenants; must have tenants')
  }
  return {
    ...sessionLaws(sessions ?? ONE_TURN),
    ...(prefixes && { prefixes: prefixSpec(prefixes) }),
    ...(blockTokens !== undefined && { blockTokens }),
  }
}

/** Sessions by themselves, as clients of a closed loop have them. */
export function sessionLaws(laws: SessionLaws): SessionSpec {
  const { first_input, kept_share: keptShare } = laws
  return {
    turns: turnsSpec(laws.turns),
    thinkS: durationSpec(laws.think_s),
    ...(first_input && { firstInput: lengthSpec(first_input) }),
    maxContextTokens: laws.max_context_tokens,
    atCap: laws.at_cap,
    ...(keptShare !== undefined && { keptShare }),
  }
}

function prefixSpec({ levels, by_tenant }: NonNullable<GenerateSpec['prefixes']>): PrefixSpec {
  return {
    levels: levels.map(({ nodes, zipf, tokens }) => ({ nodes, zipf, tokens: lengthSpec(tokens) })),
    byTenant: by_tenant,
  }
}

function turnsSpec(law: SessionLaws['turns']): TurnsSpec {
  if ('fixed' in law) return { kind: 'fixed', turns: law.fixed }
  if ('table' in law) return { kind: 'table', rows: law.table }
  if ('geometric' in law) {
    const { mean_turns, max_turns } = law.geometric
    return { kind: 'geometric', meanTurns: mean_turns, maxTurns: max_turns }
  }
  const { shares, max_turns } = law.continues
  return { kind: 'continues', shares, maxTurns: max_turns }
}
