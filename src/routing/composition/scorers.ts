import { refuseUnpriced } from '../cost-greedy.ts'
import type { PartEntry, Scorer } from './contract.ts'
import { latencyScorer } from './latency-scorer.ts'
import { activeRequests, loadAware } from './load-scorers.ts'
import { noHitLru } from './no-hit-lru.ts'
import {
  backlogS,
  expectedE2eS,
  expectedJoules,
  expectedTtftS,
  expectedUsd,
  kvUsage,
  outstanding,
  prefixMatch,
  running,
  uncachedTokens,
  waiting,
} from './readings.ts'
import { asItIs, downTo0At, fromMostToLeast, leastOverOwn, rest } from './scores.ts'
import { sessionAffinity } from './session-affinity.ts'

// Names that end in -scorer are those of the llm-d router, which has them from the Gateway API inference extension.

/** Every scorer by the name that scenarios use; help texts and validation are derived from this table. */
export const scorers = {
  'queue-scorer': {
    about: 'requests waiting: 1 where fewest, 0 where most',
    options: {},
    make: () => fromMostToLeast(waiting),
  },
  'running-requests-size-scorer': {
    about: 'requests running: 1 where fewest, 0 where most',
    options: {},
    make: () => fromMostToLeast(running),
  },
  'kv-cache-utilization-scorer': {
    about: 'share of the KV memory that is free',
    options: {},
    make: () => rest(kvUsage),
  },
  'prefix-cache-scorer': {
    about: 'share of the prompt that the prefix cache holds',
    actsOn: ['cached prefixes'],
    options: {},
    readsPrefixes: true,
    make: () => asItIs(prefixMatch),
  },
  'precise-prefix-cache-scorer': {
    about: 'the same: what a replica is known to hold is exact',
    actsOn: ['cached prefixes'],
    options: {},
    readsPrefixes: true,
    make: () => asItIs(prefixMatch),
  },
  'load-aware-scorer': {
    about: '0.5 where no request waits, down to 0 where as many as the threshold do',
    options: {
      threshold: { about: 'requests waiting', default: 128, min: 1, whole: true, unit: 'requests' },
    },
    make: loadAware,
  },
  'active-request-scorer': {
    about: 'requests outstanding: 1 where idle, 0 where most',
    options: {
      idle_threshold: {
        about: 'requests outstanding up to which a replica is idle',
        default: 0,
        min: 0,
        whole: true,
        unit: 'requests',
      },
      max_busy_score: { about: 'score at most of one that is not idle', default: 1, min: 0, max: 1 },
    },
    make: activeRequests,
  },
  'token-load-scorer': {
    about: 'tokens outstanding with the request: 1 where none, 0 where as many as the threshold',
    options: {
      queue_threshold_tokens: {
        about: 'tokens outstanding',
        default: 4194304,
        min: 1,
        whole: true,
        unit: 'tokens',
      },
    },
    make: ({ options }) =>
      downTo0At(
        options.queue_threshold_tokens,
        (cluster, replica, request) =>
          cluster.outstandingTokens(replica) + request.inputTokens + request.predictedTokens,
      ),
  },
  'lmetric-scorer': {
    about: 'prompt tokens to compute, times requests there with this one: 1 where least, 0 where most',
    options: {},
    readsPrefixes: true,
    make: () =>
      fromMostToLeast(
        (cluster, replica, request) =>
          uncachedTokens(cluster, replica, request) * (outstanding(cluster, replica, request) + 1),
      ),
  },
  'session-affinity-scorer': {
    about: '1 where the session was last sent, else 0',
    actsOn: ['sessions'],
    options: {
      eviction_ttl_s: {
        about: 'seconds without a request after which a session may be forgotten',
        default: 600,
        min: 1,
        unit: 's',
      },
    },
    readsNotes: true,
    make: sessionAffinity,
  },
  'no-hit-lru-scorer': {
    about: 'of a prompt that nobody holds: 1 where such a one was sent longest ago, down to 0; else 0.5',
    actsOn: ['cached prefixes'],
    options: {},
    readsPrefixes: true,
    make: noHitLru,
  },
  'latency-scorer': {
    about: 'headroom to the SLO, least where some candidate has any; else the least that is missed',
    options: {
      ttft_weight: { about: 'weight of the TTFT in the headroom', default: 0.8, min: 0 },
      tpot_weight: { about: 'weight of the TPOT', default: 0.2, min: 0 },
      least_headroom: {
        about: '1: the least scores highest; 0: the most',
        default: 1,
        min: 0,
        max: 1,
        whole: true,
      },
      neg_headroom_ttft_weight: {
        about: 'weight of the TTFT in what is missed',
        default: 0.8,
        min: 0,
      },
      neg_headroom_tpot_weight: { about: 'weight of the TPOT', default: 0.2, min: 0 },
    },
    predicts: ['ttft', 'tpot'],
    make: latencyScorer,
  },
  'expected-ttft': {
    about: 'shortest expected TTFT over its own',
    options: {},
    predicts: ['ttft'],
    make: () => leastOverOwn(expectedTtftS),
  },
  'expected-e2e': {
    about: 'shortest time in which the request is expected to end over its own',
    options: {},
    predicts: ['ttft', 'tpot', 'e2e'],
    make: () => leastOverOwn(expectedE2eS),
  },
  'expected-cost': {
    about: 'fewest expected dollars over its own',
    options: {},
    predicts: ['usd'],
    make: ({ cluster }) => {
      refuseUnpriced('expected-cost', cluster)
      return leastOverOwn(expectedUsd)
    },
  },
  'expected-energy': {
    about: 'fewest expected joules over its own',
    options: {},
    predicts: ['joules'],
    make: () => leastOverOwn(expectedJoules),
  },
  'backlog-over-saturation': {
    about:
      'shortest time to serve what is outstanding, at the rate at which the kind saturates, over its own',
    options: {},
    make: () => leastOverOwn(backlogS),
  },
} as const satisfies Record<string, PartEntry<Scorer>>

export type ScorerName = keyof typeof scorers
