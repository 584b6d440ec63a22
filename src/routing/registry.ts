import { UserError } from '../core/errors.ts'
import { suggestion } from '../core/nearest.ts'
import { alwaysBusiest } from './always-busiest.ts'
import { asicFirst } from './asic-first.ts'
import { cacheAware } from './cache-aware.ts'
import { capacityNormalised } from './capacity-normalised.ts'
import { CARBON_AWARE_OPTIONS, carbonAware } from './carbon-aware.ts'
import { chwbl } from './chwbl.ts'
import { classPartition } from './class-partition.ts'
import { consistentHash } from './consistent-hash.ts'
import { costGreedy } from './cost-greedy.ts'
import { energyGreedy } from './energy-greedy.ts'
import type { PolicyEntry } from './entry.ts'
import { flood } from './flood.ts'
import { gpuFirst } from './gpu-first.ts'
import { virtualNodes } from './hash-ring.ts'
import { kvCost } from './kv-cost.ts'
import { leastExpectedLatency, oracleLeastExpectedLatency } from './least-expected-latency.ts'
import { leastKv } from './least-kv.ts'
import { leastRequests } from './least-requests.ts'
import { leastTokens } from './least-tokens.ts'
import { lengthSplit } from './length-split.ts'
import { maxFlow } from './max-flow.ts'
import { assignReady, melangeAssign } from './melange-assign.ts'
import { minTtft } from './min-ttft.ts'
import { mixedPool } from './mixed-pool.ts'
import { pdSplit } from './pd-split.ts'
import { powerOfTwo } from './power-of-two.ts'
import { preble } from './preble.ts'
import { PREDICTED_LATENCY_OPTIONS, predictedLatency } from './predicted-latency.ts'
import { prefixCache } from './prefix-cache.ts'
import { random } from './random.ts'
import { roundRobin } from './round-robin.ts'
import { sessionAffinity } from './session-affinity.ts'
import { sloBins } from './slo-bins.ts'
import { spillover } from './spillover.ts'
import { vllmDp } from './vllm-dp.ts'
import { weightedRoundRobin } from './weighted-round-robin.ts'
import { WITHIN_SLO_OPTIONS } from './within-slo.ts'

export type { PolicyEntry }

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
  'least-expected-latency': {
    make: leastExpectedLatency,
    about: 'expected to end first',
    predicts: ['ttft', 'tpot', 'e2e'],
    options: {},
  },
  'cost-greedy': {
    make: costGreedy,
    about: 'fewest expected dollars within the SLO, else fastest',
    predicts: ['ttft', 'tpot', 'e2e', 'usd'],
    options: WITHIN_SLO_OPTIONS,
  },
  'energy-greedy': {
    make: energyGreedy,
    about: 'fewest expected joules within the SLO, else fastest',
    predicts: ['ttft', 'tpot', 'e2e', 'joules'],
    options: WITHIN_SLO_OPTIONS,
  },
  'asic-first': {
    make: asicFirst,
    about: 'ASICs until they would miss the TTFT SLO, then the others',
    predicts: ['ttft'],
    options: {},
  },
  'gpu-first': {
    make: gpuFirst,
    about: 'GPUs until they would miss the TTFT SLO, then the others',
    predicts: ['ttft'],
    options: {},
  },
  spillover: {
    make: spillover,
    about: 'cheapest kind a request until its replicas are full on average, then the next',
    options: {
      threshold: {
        about:
          'requests outstanding that fill a replica; set it near what one runs at once, or the last is flooded',
        default: 2,
        min: 0,
        unit: 'requests',
      },
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
    predicts: ['ttft', 'tpot', 'e2e'],
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
    actsOn: ['sessions'],
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
    actsOn: ['sessions', 'tenants', 'prefix blocks'],
    readsNotes: true,
    options: { virtual_nodes: virtualNodes(160) },
  },
  chwbl: {
    make: chwbl,
    about: 'by a ring of hashes of prefixes, passing over replicas above a bound on their load',
    actsOn: ['prefix blocks'],
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
    actsOn: ['cached prefixes'],
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
    actsOn: ['cached prefixes'],
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
    actsOn: ['cached prefixes'],
    predicts: ['ttft'],
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
    refuses: ({ reject }) => reject === 1,
    predicts: ['ttft'],
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
  'predicted-latency': {
    make: predictedLatency,
    about: 'least headroom to the SLO by latencies learned for each kind, near cached prefixes',
    predicts: ['ttft', 'tpot'],
    options: PREDICTED_LATENCY_OPTIONS,
  },
  'carbon-aware': {
    make: carbonAware,
    about: 'waits for a cleaner hour if the deadline leaves time, then fewest joules within the SLO',
    actsOn: ['deadlines'],
    readsNotes: true,
    waits: true,
    predicts: ['ttft', 'tpot', 'e2e', 'joules'],
    options: CARBON_AWARE_OPTIONS,
  },
  'pd-split': {
    make: pdSplit,
    about:
      'long prompts to prefill replicas, short ones whole to those that do both, fewest requests in each',
    options: {
      threshold_tokens: {
        about: 'prompt tokens not cached from which a request is handed over; 0: always',
        default: 512,
        min: 0,
        whole: true,
        unit: 'tokens',
      },
    },
  },
  'mixed-pool': {
    make: mixedPool,
    about: 'fewest tokens of prefill or decode replicas, of those that do both where these are full',
    options: {
      prompt_max_pending_tokens: {
        about: 'prompt tokens waiting above which a prefill replica is full',
        default: 8192,
        min: 0,
        unit: 'tokens',
      },
    },
  },
  'max-flow': {
    make: maxFlow,
    about: 'in turn, by a maximum flow of requests through replicas and links',
    options: {},
    optionPerKind: {
      about: 'rate of the kind; by default that at which it saturates',
      min: 0,
      unit: 'requests/s',
    },
  },
  'melange-assign': {
    make: melangeAssign,
    ready: assignReady,
    about: 'sizes of requests to kinds at the least price a linear program finds, drawn by its shares',
    options: {
      by_price: {
        about: '1: least $ with no kind busier than most_busy; 0: the busiest kind least busy',
        default: 1,
        min: 0,
        max: 1,
        whole: true,
      },
      most_busy: {
        about: 'share of what a kind serves at saturation that is planned for at most',
        default: 0.7,
        min: 0.05,
        max: 1,
      },
      learn_requests: {
        about: 'requests before shares are first worked out',
        default: 256,
        min: 1,
        whole: true,
        unit: 'requests',
      },
      assign_requests: {
        about: 'requests after which they are again, at the latest',
        default: 8192,
        min: 1,
        whole: true,
        unit: 'requests',
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
    predicts: ['ttft', 'tpot'],
    options: {},
  },
} as const satisfies Record<string, PolicyEntry>

export type PolicyName = keyof typeof policies

/** The registry's entry of that name. Throws a UserError where there is none. */
export function policyNamed(name: string): PolicyEntry {
  if (Object.hasOwn(policies, name)) return policies[name as PolicyName]
  throw new UserError(`there is no policy '${name}'; ${suggestion(name, Object.keys(policies))}`)
}
