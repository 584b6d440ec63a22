import { keep } from './candidates.ts'
import type { Filter, PartEntry, PartSetup, Reading } from './contract.ts'
import { labelSelector } from './label-selector.ts'
import { prefixCacheAffinity } from './prefix-cache-affinity.ts'
import { greatestOf, kvUsage, leastOf, outstanding, read, waiting } from './readings.ts'
import { expectedWithinSlo, sloHeadroomTier } from './slo-filters.ts'

// Names that end in -filter are those of the llm-d router and, before it, the Gateway API inference extension.

const share = { min: 0, max: 1 }

/** Every filter by the name that scenarios use; help texts and validation are derived from this table. */
export const filters = {
  'low-queue-filter': {
    about: 'no more requests waiting than a threshold',
    options: {
      threshold: { about: 'requests waiting', default: 128, min: 0, whole: true, unit: 'requests' },
    },
    make: ({ options }) => atMost(options.threshold, waiting),
  },
  'least-queue-filter': {
    about: 'requests waiting in the lowest of as many ranges as there are candidates',
    options: {},
    make: setup => lowestRange(setup, waiting, Math.floor),
  },
  'least-kv-cache-filter': {
    about: 'KV memory taken in the lowest of as many ranges as there are candidates',
    options: {},
    make: setup => lowestRange(setup, kvUsage, width => width),
  },
  'active-request-filter': {
    about: 'no more requests outstanding than a threshold',
    options: { max_requests: { about: 'requests outstanding', min: 1, whole: true, unit: 'requests' } },
    make: ({ options }) => atMost(options.max_requests, outstanding),
  },
  'label-selector-filter': {
    about: 'of the kind and device kind that match_labels tells',
    options: {},
    takesLabels: true,
    make: labelSelector,
  },
  'prefix-cache-affinity-filter': {
    about: 'where the prompt is cached, if there is such a replica and its TTFT is not too much longer',
    actsOn: ['cached prefixes'],
    options: {
      affinity_threshold: { about: 'share of the prompt that counts as cached', default: 0.8, ...share },
      exploration_probability: { about: 'how often nobody is taken out', default: 0, ...share },
      max_ttft_penalty_ms: {
        about: 'how much longer the TTFT may be expected to be; 0: any',
        default: 18000,
        min: 0,
        unit: 'ms',
      },
    },
    readsPrefixes: true,
    predicts: ['ttft'],
    make: prefixCacheAffinity,
  },
  'slo-headroom-tier-filter': {
    about: 'expected to meet the SLO, if there is such a replica',
    options: {
      epsilon_explore_neg: { about: 'how often the others are kept instead', default: 0.01, ...share },
    },
    predicts: ['ttft', 'tpot'],
    make: sloHeadroomTier,
  },
  'expected-within-slo': {
    about: 'expected to meet the SLO, even if no replica is',
    options: {},
    predicts: ['ttft', 'tpot'],
    make: expectedWithinSlo,
  },
} as const satisfies Record<string, PartEntry<Filter>>

export type FilterName = keyof typeof filters

function atMost(limit: number, reading: Reading): Filter {
  const test: Parameters<typeof keep>[3] = (cluster, replica, request) =>
    reading(cluster, replica, request) <= limit
  return (request, cluster, candidates) => keep(candidates, cluster, request, test)
}

/** @param rounded the width of a range, as the source counts it */
function lowestRange(
  { cluster: { replicas } }: PartSetup,
  reading: Reading,
  rounded: (width: number) => number,
): Filter {
  const values = new Float64Array(replicas)
  return (request, cluster, candidates) => {
    const { ids, count } = candidates
    read(candidates, cluster, request, reading, values)
    const least = leastOf(values, count)
    const limit = least + rounded((greatestOf(values, count) - least) / count)
    let kept = 0
    for (let place = 0; place < count; place++) if (values[place] <= limit) ids[kept++] = ids[place]
    candidates.count = kept
  }
}
