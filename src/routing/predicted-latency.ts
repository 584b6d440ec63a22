import type { OptionSpecs } from '../core/options.ts'
import { composed } from './composition/composed.ts'
import type { Composition, PartChoice } from './composition/contract.ts'
import type { PolicyFactory } from './contract.ts'
import { LatencyLearner } from './learning/latency-learner.ts'
import { LearnedView } from './learning/learned-view.ts'

// The llm-d router's predicted-latency scheduling (its latency-scorer, affinity gates and SLO tiers); gateway-api-inference-extension#1923.

const share = { min: 0, max: 1 }
const flag = { min: 0, max: 1, whole: true }
const LEAST = 0
const COMPOSITE = 2

/** Named as there, and with its defaults where it has them. */
export const PREDICTED_LATENCY_OPTIONS = {
  affinity_gate_tau_global: { about: 'share of the prompt cached that binds it', default: 0.99, ...share },
  affinity_gate_tau: { about: 'the same among those that are as good by the SLO', default: 0.8, ...share },
  affinity_max_ttft_penalty_ms: {
    about: 'how much longer the TTFT may be where the prompt is cached; 0: any',
    default: 5000,
    min: 0,
    unit: 'ms',
  },
  epsilon_explore_sticky: { about: 'how often caches do not bind', default: 0.01, ...share },
  epsilon_explore_neg: { about: 'how often one that would miss the SLO is taken', default: 0.01, ...share },
  headroom: {
    about: '0: the least headroom to the SLO; 1: the most; 2: by KV memory, queue and cache',
    default: LEAST,
    min: 0,
    max: 2,
    whole: true,
  },
  ttft_weight: { about: 'weight of the TTFT in the headroom', default: 0.8, min: 0 },
  tpot_weight: { about: 'weight of the TPOT', default: 0.2, min: 0 },
  draw: { about: '1: drawn in proportion to the scores; 0: the highest', default: 1, ...flag },
  quantile: {
    about: 'share of requests that stays below what is planned for; 0: their mean',
    default: 0.9,
    min: 0,
    max: 0.99,
  },
  memory_requests: { about: 'requests after which one counts for 1/e', default: 200, min: 10 },
  warm_up_requests: {
    about: 'requests seen to end before predictions are believed',
    default: 100,
    min: 20,
    whole: true,
  },
  shared_model: { about: '1: one model for all kinds of replica; 0: one for each', default: 0, ...flag },
} as const satisfies OptionSpecs

/**
 * Learns TTFT and TPOT of each kind of replica from the requests that end. To replicas that hold the prompt, if their
 * TTFT is not too much longer; among them to those predicted to meet the SLO; among them by headroom. Until all models
 * have seen enough: by KV memory, queue and cache. Asks every replica.
 */
export const predictedLatency: PolicyFactory = setup => {
  const { cluster, options } = setup
  const learner = new LatencyLearner(cluster, {
    memory: options.memory_requests,
    warmUp: options.warm_up_requests,
    quantile: options.quantile,
    isShared: options.shared_model === 1,
  })
  const view = new LearnedView(cluster, learner)
  const parts = { ...setup, cluster: view }
  const informed = composed(compositionOf(options))(parts)
  const blind = composed({ filters: [], scorers: BY_METRICS, picker: pickerOf(options) })(parts)
  setup.indexPrefixes()
  setup.onEnd(ended => learner.ended(ended))
  return request => {
    const isKnown = learner.look(request, cluster)
    const replica = isKnown ? informed(request, view) : blind(request, view)
    if (replica < 0) return replica
    learner.sent(request, replica)
    setup.predicted('ttft', isKnown ? learner.ttftS[replica] : Number.NaN)
    setup.predicted('tpot', isKnown ? learner.tpotS[replica] : Number.NaN)
    return replica
  }
}

/** What the source falls back on, each with the same weight. */
const BY_METRICS = ['kv-cache-utilization-scorer', 'queue-scorer', 'prefix-cache-scorer'].map(name => ({
  name,
  weight: 1,
  options: {},
}))

type Options = Readonly<Record<string, number>>

function compositionOf(options: Options): Composition {
  const epsilon_explore_neg = options.epsilon_explore_neg
  return {
    filters: [
      affinityGate(options.affinity_gate_tau_global, options),
      { name: 'slo-headroom-tier-filter', options: { epsilon_explore_neg } },
      affinityGate(options.affinity_gate_tau, options),
    ],
    scorers: options.headroom === COMPOSITE ? BY_METRICS : [{ ...byHeadroom(options), weight: 1 }],
    picker: pickerOf(options),
    whenNone: 'ignore-filters',
  }
}

function affinityGate(threshold: number, options: Options): PartChoice {
  return {
    name: 'prefix-cache-affinity-filter',
    options: {
      affinity_threshold: threshold,
      exploration_probability: options.epsilon_explore_sticky,
      max_ttft_penalty_ms: options.affinity_max_ttft_penalty_ms,
    },
  }
}

function byHeadroom({ ttft_weight, tpot_weight, headroom }: Options): PartChoice {
  return {
    name: 'latency-scorer',
    options: { ttft_weight, tpot_weight, least_headroom: headroom === LEAST ? 1 : 0 },
  }
}

function pickerOf({ draw }: Options): PartChoice {
  return { name: draw === 1 ? 'weighted-random-picker' : 'max-score-picker', options: {} }
}
