import type { GroupResult, GroupSpreads, Promised } from '../group-result.ts'
import type { Column } from './column.ts'

/** One class or tenant under one policy. */
export interface GroupRow {
  readonly policy: string
  readonly windowS: number
  readonly group: GroupResult
}

type GroupColumn = Column<GroupRow>

const who: GroupColumn[] = [
  { name: 'policy', about: 'Routing policy', value: ({ policy }) => policy },
  { name: 'by', about: 'Whose requests: class or tenant', value: ({ group }) => group.by },
  { name: 'name', about: 'Name of the class or tenant', value: ({ group }) => group.name },
  {
    name: 'tier',
    about: 'Of a class: critical, standard, batch, sheddable or background',
    value: ({ group }) => group.promised?.tier ?? '',
  },
  objective('slo_ttft_s', 'time to first token', ({ ttftS }) => ttftS),
  objective('slo_tpot_s', 'time per output token', ({ tpotS }) => tpotS),
  objective('slo_e2e_s', 'time to the last token', ({ e2eS }) => e2eS),
  objective('slo_worst_itl_s', 'longest gap between two tokens', ({ worstItlS }) => worstItlS),
]

const counts: GroupColumn[] = [
  count('arrived_in_window', 'Its requests that arrived in the window', ({ arrived }) => arrived),
  count('finished', 'Of them, finished', ({ finished }) => finished),
  count('rejected', 'Of them, rejected: prompts too long for their replica', ({ rejected }) => rejected),
  count('refused', 'Of them, refused by the policy or the gateway', ({ refused }) => refused),
  count('expired', 'Of them, expired in the queue of the gateway', ({ expired }) => expired),
  count('timed_out', 'Of them, given up by their clients', ({ timedOut }) => timedOut),
]

const service: GroupColumn[] = [
  {
    name: 'slo_attainment',
    about: 'Share of them that met every part of their SLO; of a tenant, that of the class of each',
    value: ({ group }) => group.attained / group.arrived,
  },
  {
    name: 'goodput_rps',
    about: 'Those that met it, over the seconds of the window',
    value: ({ group, windowS }) => group.attained / windowS,
  },
  {
    name: 'goodput_tokens_per_s',
    about: 'Output tokens of those that met it, over the same',
    value: ({ group, windowS }) => group.attainedTokens / windowS,
  },
  count('asked_tokens', 'Prompt and output tokens that they ask for', ({ askedTokens }) => askedTokens),
  count(
    'served_tokens',
    'Prompt and output tokens of those that finished before the window ended',
    ({ servedTokens }) => servedTokens,
  ),
]

const latencies: GroupColumn[] = [
  count('ttft_mean_s', 'Time to first token of those that finished; mean', ({ ttftMeanS }) => ttftMeanS),
  quantile('ttft_p50_s', 'The same; median, of a class', ({ ttft }) => ttft.p50),
  quantile('ttft_p99_s', 'The same; 99th percentile, of a class', ({ ttft }) => ttft.p99),
  count('tpot_mean_s', 'Time per output token after the first; mean', ({ tpotMeanS }) => tpotMeanS),
  quantile('tpot_p99_s', 'The same; 99th percentile, of a class', ({ tpot }) => tpot.p99),
  count('e2e_mean_s', 'From arrival to the last output token; mean', ({ e2eMeanS }) => e2eMeanS),
  quantile('e2e_p99_s', 'The same; 99th percentile, of a class', ({ e2e }) => e2e.p99),
]

/** The columns of classes.csv. */
export const classColumns: readonly GroupColumn[] = [...who, ...counts, ...service, ...latencies]

function count(name: string, about: string, of: (group: GroupResult) => number): GroupColumn {
  return { name, about, value: ({ group }) => of(group) }
}

function objective(name: string, what: string, of: (promised: Promised) => number | undefined): GroupColumn {
  const about = `Objective of a class: the most that its ${what} may be; blank where there is no such bound`
  return { name, about, value: ({ group: { promised } }) => (promised && of(promised)) ?? Number.NaN }
}

function quantile(name: string, about: string, of: (spreads: GroupSpreads) => number): GroupColumn {
  return { name, about, value: ({ group: { spreads } }) => (spreads ? of(spreads) : Number.NaN) }
}
