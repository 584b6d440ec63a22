import type { ReplicaResult } from '../run-result.ts'
import type { Column } from './column.ts'

/** One replica under one policy. */
export interface ReplicaRow {
  readonly policy: string
  readonly windowS: number
  readonly replica: ReplicaResult
}

function usd(usdPerHour: number, seconds: number): number {
  return (usdPerHour / 3600) * seconds
}

/** The columns of replicas.csv. */
export const replicaColumns: readonly Column<ReplicaRow>[] = [
  { name: 'policy', about: 'Routing policy', value: ({ policy }) => policy },
  { name: 'replica', about: 'Number of the replica', value: ({ replica }) => replica.replica },
  { name: 'kind', about: 'Kind of the replica', value: ({ replica }) => replica.kind },
  { name: 'device_kind', about: 'gpu, asic, cpu or edge', value: ({ replica }) => replica.deviceKind },
  {
    name: 'role',
    about: 'both, or prefill or decode where prompts are computed apart',
    value: ({ replica }) => replica.role,
  },
  {
    name: 'model',
    about: 'Model that it serves; blank where the fleet serves one',
    value: ({ replica }) => replica.model,
  },
  {
    name: 'requests',
    about: 'Requests sent to it in the whole run, to compute their prompts or to decode',
    value: ({ replica }) => replica.requests,
  },
  {
    name: 'output_tokens_per_s',
    about: 'Output tokens a second in the window',
    value: ({ replica, windowS }) => replica.outputTokens / windowS,
  },
  {
    name: 'prompt_tokens_per_s',
    about: 'Prompt tokens a second computed in the window',
    value: ({ replica, windowS }) => replica.promptTokens / windowS,
  },
  {
    name: 'load',
    about: 'Output tokens a second over what it serves of this workload when saturated',
    value: ({ replica, windowS }) => replica.outputTokens / windowS / replica.saturationTokensPerS,
  },
  {
    name: 'busy_s',
    about: 'Seconds of the window in which it ran steps',
    value: ({ replica }) => replica.busyS,
  },
  {
    name: 'idle_s',
    about: 'Seconds of the window in which it ran none and had its devices',
    value: ({ replica }) => replica.idleS,
  },
  {
    name: 'away_s',
    about: 'Seconds of the window in which another model had its devices',
    value: ({ replica }) => replica.awayS,
  },
  {
    name: 'busy_fraction',
    about: 'Share of the window in which it ran steps',
    value: ({ replica, windowS }) => replica.busyS / windowS,
  },
  {
    name: 'energy_busy_j',
    about: 'Energy at the facility of those steps',
    value: ({ replica }) => replica.busyJ,
  },
  {
    name: 'energy_idle_j',
    about: 'Energy at the facility of the idle seconds',
    value: ({ replica }) => replica.idleJ,
  },
  {
    name: 'cost_busy_usd',
    about: 'Cost of the busy seconds; blank where its node has no price',
    value: ({ replica }) => usd(replica.usdPerHour, replica.busyS),
  },
  {
    name: 'cost_idle_usd',
    about: 'Cost of the idle seconds',
    value: ({ replica }) => usd(replica.usdPerHour, replica.idleS),
  },
  { name: 'co2_busy_g', about: 'CO2 of the busy energy, in grams', value: ({ replica }) => replica.busyG },
  { name: 'co2_idle_g', about: 'CO2 of the idle energy, in grams', value: ({ replica }) => replica.idleG },
  {
    name: 'preemptions',
    about: 'Requests that lost their KV cache there, whole run',
    value: ({ replica }) => replica.preemptions,
  },
  {
    name: 'swaps',
    about: "Of them, those whose KV cache was kept in the host's memory",
    value: ({ replica }) => replica.swaps,
  },
  {
    name: 'loads',
    about: 'Times that its weights were loaded in place of those of another model, whole run',
    value: ({ replica }) => replica.loads,
  },
  {
    name: 'prefix_hit_share',
    about:
      'Share of the prompt tokens that prefix caches held, of the requests that arrived in the window and had their prompts computed there',
    value: ({ replica: { prompts } }) => prompts.hit / prompts.asked,
  },
  {
    name: 'padding_share',
    about:
      'Share of the places of its steps, sequences and prompt tokens, that only filled them up to what is compiled, whole run; blank where nothing is padded',
    value: ({ replica }) => replica.paddingShare,
  },
  { name: 'steps', about: 'Engine steps, whole run', value: ({ replica }) => replica.steps },
]
