import type { RegretFigures } from '../regret.ts'
import type { Column } from './column.ts'

/** The decisions of one policy that were explained. */
export interface RegretRow {
  readonly policy: string
  readonly figures: RegretFigures
}

/** The columns of regret.csv. */
export const regretColumns: readonly Column<RegretRow>[] = [
  { name: 'policy', about: 'Routing policy', value: ({ policy }) => policy },
  {
    name: 'decisions',
    about: 'Decisions explained, spread evenly over the requests of the window',
    value: ({ figures }) => figures.decisions,
  },
  {
    name: 'mean_candidates',
    about: 'Replicas tried for each, the one chosen among them',
    value: ({ figures }) => figures.meanCandidates,
  },
  {
    name: 'refused',
    about: 'Decisions that refused the request; they have no regret',
    value: ({ figures }) => figures.refused,
  },
  {
    name: 'mean_e2e_s',
    about: 'Mean E2E of the requests served',
    value: ({ figures }) => figures.meanE2eS,
  },
  {
    name: 'mean_regret_s',
    about: 'Mean of that E2E less the shortest among the replicas tried, one decision changed at a time',
    value: ({ figures }) => figures.e2e.meanS,
  },
  { name: 'p50_regret_s', about: 'Its median', value: ({ figures }) => figures.e2e.p50S },
  { name: 'p95_regret_s', about: 'Its 95 % quantile', value: ({ figures }) => figures.e2e.p95S },
  {
    name: 'mean_ttft_s',
    about: 'Mean TTFT of the requests served',
    value: ({ figures }) => figures.meanTtftS,
  },
  {
    name: 'mean_ttft_regret_s',
    about: 'Mean of that TTFT less the shortest among the replicas tried',
    value: ({ figures }) => figures.ttft.meanS,
  },
  { name: 'p50_ttft_regret_s', about: 'Its median', value: ({ figures }) => figures.ttft.p50S },
  { name: 'p95_ttft_regret_s', about: 'Its 95 % quantile', value: ({ figures }) => figures.ttft.p95S },
  {
    name: 'best_fraction',
    about: 'Share of the requests served that would have ended no sooner at any other replica tried',
    value: ({ figures }) => figures.bestShare,
  },
  {
    name: 'missed_fraction',
    about: 'Share of the decisions whose request missed the SLO',
    value: ({ figures }) => figures.missedShare,
  },
  {
    name: 'avoidable_fraction',
    about: 'Share of the decisions whose request missed it though it would have met it at another replica',
    value: ({ figures }) => figures.avoidableShare,
  },
]
