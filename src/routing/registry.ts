import { UserError } from '../core/errors.ts'
import { suggestion } from '../core/nearest.ts'
import { type OptionSpec, type OptionSpecs, resolveOptions } from '../core/options.ts'
import { alwaysBusiest } from './always-busiest.ts'
import { asicFirst } from './asic-first.ts'
import { cacheAware } from './cache-aware.ts'
import { capacityNormalised } from './capacity-normalised.ts'
import { chwbl } from './chwbl.ts'
import { classPartition } from './class-partition.ts'
import { consistentHash } from './consistent-hash.ts'
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
import { flood } from './flood.ts'
import { gpuFirst } from './gpu-first.ts'
import { describe, guarded } from './guard.ts'
import { virtualNodes } from './hash-ring.ts'
import { kvCost } from './kv-cost.ts'
import { leastExpectedLatency, oracleLeastExpectedLatency } from './least-expected-latency.ts'
import { leastKv } from './least-kv.ts'
import { leastRequests } from './least-requests.ts'
import { leastTokens } from './least-tokens.ts'
import { lengthSplit } from './length-split.ts'
import { minTtft } from './min-ttft.ts'
import { powerOfTwo } from './power-of-two.ts'
import { preble } from './preble.ts'
import { prefixCache } from './prefix-cache.ts'
import { random } from './random.ts'
import { roundRobin } from './round-robin.ts'
import { sessionAffinity } from './session-affinity.ts'
import { sloBins } from './slo-bins.ts'
import { spillover } from './spillover.ts'
import { vllmDp } from './vllm-dp.ts'
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
  'vllm-dp': { make: vllmDp, about: 'least of 4 * waiting + running', options: {} },
  'least-kv': {
    make: leastKv,
    about: 'least share of KV memory in use or wanted by the prompts that wait',
    options: {},
  },
  'capacity-normalised': {
    make: capacityNormalised,
    about: 'fewest requests for the rate at which the kind saturates',
    options: {},
    optionPerKind: { about: 'weight of the kind; by default the rate at which it saturates', min: 0 },
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
  'gpu-first': {
    make: gpuFirst,
    about: 'GPUs until they would miss the TTFT SLO, then the others',
    options: {},
  },
  spillover: {
    make: spillover,
    about: 'cheapest kind a request until its replicas are full on average, then the next',
    options: {
      threshold: { about: 'requests outstanding that fill a replica', default: 2, min: 0, unit: 'requests' },
      cheapest_first: {
        about: '1: kinds by price of a request; 0: in the order of the fleet',
        default: 1,
        min: 0,
        max: 1,
        whole: true,
      },
    },
    optionPerKind: {
      about: 'requests outstanding that fill a replica of the kind; by default the threshold',
      min: 0,
      unit: 'requests',
    },
  },
  'class-partition': {
    make: classPartition,
    about: 'every class of requests to an equal part of the fleet, fewest requests in each',
    options: {},
  },
  'slo-bins': {
    make: sloBins,
    about: 'most requests within the SLO, else fastest',
    options: WITHIN_SLO_OPTIONS,
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
  'session-affinity': {
    make: sessionAffinity,
    about: 'where the session was sent first, new ones to the fewest requests',
    readsNotes: true,
    options: {
      remembered: {
        about: 'sessions remembered; beyond them the least recently used is forgotten',
        default: 2 ** 20,
        min: 1,
        max: 2 ** 24,
        whole: true,
        unit: 'sessions',
      },
    },
  },
  'consistent-hash': {
    make: consistentHash,
    about: 'by a ring of hashes of sessions, else tenants, else first prefix blocks',
    readsNotes: true,
    options: { virtual_nodes: virtualNodes(160) },
  },
  chwbl: {
    make: chwbl,
    about: 'by a ring of hashes of prefixes, passing over replicas above a bound on their load',
    readsNotes: true,
    options: {
      load_factor: { about: 'bound on requests outstanding, by their mean', default: 1.25, min: 1 },
      prefix_tokens: {
        about: 'leading prompt tokens that tell a prefix',
        default: 256,
        min: 1,
        whole: true,
        unit: 'tokens',
      },
      virtual_nodes: virtualNodes(256),
    },
  },
  'cache-aware': {
    make: cacheAware,
    about: 'fewest requests while out of balance, else most of the prompt cached or most free KV memory',
    options: {
      cache_threshold: {
        about: 'share of the prompt above which a cached prefix counts',
        default: 0.3,
        min: 0,
        max: 1,
      },
      balance_abs_threshold: {
        about: 'difference of requests above which the fleet may be out of balance',
        default: 64,
        min: 0,
        unit: 'requests',
      },
      balance_rel_threshold: {
        about: 'ratio of requests above which it is, if the difference is',
        default: 1.5,
        min: 1,
      },
    },
  },
  'prefix-cache': {
    make: prefixCache,
    about: 'most of the prompt cached among replicas with few requests, else fewest requests',
    options: {
      imbalance_requests: {
        about: 'difference of requests above which the fewest decide',
        default: 8,
        min: 0,
        unit: 'requests',
      },
      deviations: {
        about: 'standard deviations above the mean that few requests reach to',
        default: 1,
        min: 0,
      },
    },
  },
  'kv-cost': {
    make: kvCost,
    about: 'fewest prompt tokens to compute, cached ones taken off, and KV tokens in use',
    options: {
      overlap_weight: { about: 'weight of prompt tokens to compute', default: 1, min: 0 },
      temperature: {
        about: '0: the least cost; above: drawn, the lower the likelier',
        default: 0,
        min: 0,
      },
    },
  },
  preble: {
    make: preble,
    about: 'most of the prompt cached where that is more than half of it, else the least expected TTFT',
    options: {
      balance_ratio: {
        about: 'tokens outstanding, by the least loaded replica, above which a cached prefix is passed over',
        default: 15,
        min: 1,
      },
    },
  },
  'min-ttft': {
    make: minTtft,
    about: 'least expected time to the first token, cached prefixes counted',
    options: {
      reject: {
        about: '1: refuses a request that is expected to break the SLO even there; 0: never',
        default: 0,
        min: 0,
        max: 1,
        whole: true,
      },
    },
  },
  'always-busiest': {
    make: alwaysBusiest,
    about: 'most requests waiting and running: a control',
    options: {},
  },
  flood: {
    make: flood,
    about: 'all to one replica: a control',
    options: {
      until_full: {
        about: '1: to the first whose KV has room; 0: to replica 0',
        default: 0,
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
    indexPrefixes: () => setup.indexPrefixes(),
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
