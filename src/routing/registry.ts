import { UserError } from '../core/errors.ts'
import { suggestion } from '../core/nearest.ts'
import { type OptionSpec, type OptionSpecs, resolveOptions } from '../core/options.ts'
import { asicFirst } from './asic-first.ts'
import type {
  ClusterView,
  OraclePolicy,
  OraclePolicyFactory,
  Policy,
  PolicyFactory,
  PolicySetup,
} from './contract.ts'
import { costGreedy } from './cost-greedy.ts'
import { energyGreedy } from './energy-greedy.ts'
import { describe, guarded } from './guard.ts'
import { leastExpectedLatency, oracleLeastExpectedLatency } from './least-expected-latency.ts'
import { leastRequests } from './least-requests.ts'
import { leastTokens } from './least-tokens.ts'
import { lengthSplit } from './length-split.ts'
import { powerOfTwo } from './power-of-two.ts'
import { random } from './random.ts'
import { roundRobin } from './round-robin.ts'
import { weightedRoundRobin } from './weighted-round-robin.ts'
import { WITHIN_SLO_OPTIONS } from './within-slo.ts'

/** What a registry or a user's file says of a policy. */
export type PolicyEntry = {
  readonly about: string
  /** Absent: takes any option unchecked. */
  readonly options?: OptionSpecs
  /** Reads of requests what few workloads say: session, tenant, deadline or prefix blocks. */
  readonly readsNotes?: true
  /** An option for every kind of replica in the fleet, by the kind's name. */
  readonly optionPerKind?: OptionSpec
} & ({ readonly make: PolicyFactory } | { readonly oracle: OraclePolicyFactory })

/** Every policy by the name that scenarios use; help texts and validation are derived from this table. */
export const policies = {
  random: { make: random, about: 'any replica', options: {} },
  'round-robin': { make: roundRobin, about: 'every replica in turn', options: {} },
  'weighted-round-robin': {
    make: weightedRoundRobin,
    about: 'in turn, by the rate at which each kind saturates',
    options: {},
    optionPerKind: { about: 'weight of the kind; by default the rate at which it saturates', min: 0 },
  },
  'least-requests': { make: leastRequests, about: 'fewest requests waiting and running', options: {} },
  'least-tokens': { make: leastTokens, about: 'fewest prompt and predicted output tokens', options: {} },
  'power-of-two': {
    make: powerOfTwo,
    about: 'fewest requests of two replicas drawn at random',
    options: { choices: { about: 'replicas drawn', default: 2, min: 1, whole: true, unit: 'replicas' } },
  },
  'least-expected-latency': { make: leastExpectedLatency, about: 'expected to end first', options: {} },
  'cost-greedy': {
    make: costGreedy,
    about: 'fewest expected dollars within the SLO, else fastest',
    options: WITHIN_SLO_OPTIONS,
  },
  'energy-greedy': {
    make: energyGreedy,
    about: 'fewest expected joules within the SLO, else fastest',
    options: WITHIN_SLO_OPTIONS,
  },
  'asic-first': {
    make: asicFirst,
    about: 'ASICs until they would miss the TTFT SLO, then the others',
    options: {},
  },
  'length-split': {
    make: lengthSplit,
    about: 'long prompts to GPUs and short ones to the others, fewest requests in each',
    options: {
      threshold_tokens: { about: 'shortest long prompt', default: 2048, min: 1, whole: true, unit: 'tokens' },
      gpu_takes_long: {
        about: '1: GPUs take the long prompts; 0: the short',
        default: 1,
        min: 0,
        max: 1,
        whole: true,
      },
    },
  },
  'oracle-least-expected-latency': {
    oracle: oracleLeastExpectedLatency,
    about: 'least-expected-latency told the true output length: a bound',
    options: {},
  },
} as const satisfies Record<string, PolicyEntry>

export type PolicyName = keyof typeof policies

/** A policy at work, its answers checked. Only an `oracle` may be given requests that tell their output length. */
export type RoutingPolicy = { readonly policy: Policy } | { readonly oracle: OraclePolicy }

/** The registry's entry of that name. Throws a UserError where there is none. */
export function policyNamed(name: string): PolicyEntry {
  if (Object.hasOwn(policies, name)) return policies[name as PolicyName]
  throw new UserError(`there is no policy '${name}'; ${suggestion(name, Object.keys(policies))}`)
}

/** The policy's options, checked and with defaults filled in, for a fleet of these kinds. Throws a UserError. */
export function policyOptions(
  name: string,
  entry: PolicyEntry,
  given: Readonly<Record<string, number>>,
  kinds: readonly string[],
): Record<string, number> {
  if (entry.options === undefined) return { ...given }
  const perKind = entry.optionPerKind
  const specs: Record<string, OptionSpec> = { ...entry.options }
  if (perKind !== undefined) for (const kind of kinds) specs[kind] = perKind
  return resolveOptions(name, specs, given)
}

/**
 * Makes a policy from its set-up, whose options are those the user gave. Mistakes there, and wrong answers
 * later, are UserErrors that name the policy.
 *
 * @param kinds of replicas in the fleet, of which the policy may see some only
 */
export function makePolicy(
  name: string,
  setup: PolicySetup,
  entry = policyNamed(name),
  kinds = kindsOf(setup.cluster),
): RoutingPolicy {
  const { cluster } = setup
  const resolved: PolicySetup = {
    cluster,
    random: setup.random,
    slo: setup.slo,
    options: policyOptions(name, entry, setup.options, kinds),
    leastLoaded: (measure, replicas) => setup.leastLoaded(measure, replicas),
  }
  if ('oracle' in entry)
    return { oracle: guarded(name, made(name, entry.oracle, resolved), cluster.replicas) }
  return { policy: guarded(name, made(name, entry.make, resolved), cluster.replicas) }
}

function kindsOf(cluster: ClusterView): readonly string[] {
  return Array.from({ length: cluster.replicas }, (_, replica) => cluster.kind(replica))
}

function made<P>(name: string, factory: (setup: PolicySetup) => P, setup: PolicySetup): P {
  const policy = built(name, factory, setup)
  if (typeof policy === 'function') return policy
  throw new UserError(
    `policy ${name}: set-up answered ${describe(policy)}; it must answer a policy, (request, cluster) => replica`,
  )
}

function built<P>(name: string, factory: (setup: PolicySetup) => P, setup: PolicySetup): P {
  try {
    return factory(setup)
  } catch (error) {
    if (error instanceof UserError) throw error
    throw new UserError(`policy ${name}: set-up threw ${describe(error)}`, { cause: error })
  }
}
