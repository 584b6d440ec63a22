import type { Prepared } from '../../src/experiments/prepare.ts'
import type { Trait } from '../../src/routing/entry.ts'
import { type PolicyName, policyNamed } from '../../src/routing/registry.ts'

type Ground = 'GPUs beside ASICs' | 'kinds to choose from' | 'classes' | 'prefill replicas' | Trait

/** What policies act on of a fleet and its requests, beside what the registry says of them. */
const GROUNDS: Partial<Record<PolicyName, Ground>> = {
  'weighted-round-robin': 'kinds to choose from',
  'capacity-normalised': 'kinds to choose from',
  spillover: 'kinds to choose from',
  'melange-assign': 'kinds to choose from',
  'asic-first': 'GPUs beside ASICs',
  'gpu-first': 'GPUs beside ASICs',
  'length-split': 'GPUs beside ASICs',
  'class-partition': 'classes',
  'pd-split': 'prefill replicas',
  'mixed-pool': 'prefill replicas',
}

/** `no sessions`: what a course lacks of all that the policy acts on; empty where it has some of it. */
export function lacking(policy: PolicyName, prepared: Prepared): string {
  const own = GROUNDS[policy]
  const needs = [...(own === undefined ? [] : [own]), ...(policyNamed(policy).actsOn ?? [])]
  const has = groundsOf(prepared)
  return needs.length === 0 || needs.some(need => has[need]) ? '' : `no ${needs.join(', ')}`
}

function groundsOf({ fleet: { kinds }, workload: { measured } }: Prepared): Record<Ground, boolean> {
  const deviceKinds = kinds.map(({ deviceKind }) => deviceKind)
  const blocks = measured.blockLists > 0
  return {
    'kinds to choose from': kinds.length > 1,
    'GPUs beside ASICs': deviceKinds.includes('gpu') && deviceKinds.includes('asic'),
    classes: measured.byClass.length > 1,
    'prefill replicas': kinds.some(({ role }) => role === 'prefill'),
    sessions: measured.turns > 0,
    tenants: measured.tenants.length > 0,
    'prefix blocks': blocks,
    'cached prefixes': blocks && kinds.some(({ prefixCache }) => prefixCache !== undefined),
    deadlines: measured.deadlines > 0,
  }
}
