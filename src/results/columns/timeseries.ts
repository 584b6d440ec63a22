import type { SampleRow } from '../run-result.ts'
import type { Column } from './column.ts'

/** One kind of replica at one instant under one policy. */
export interface TimeseriesRow {
  readonly policy: string
  readonly sample: SampleRow
}

/** The columns of timeseries.csv. */
export const timeseriesColumns: readonly Column<TimeseriesRow>[] = [
  { name: 'policy', about: 'Routing policy', value: ({ policy }) => policy },
  {
    name: 'time_s',
    about: 'From the first arrival; rates are means since the row before',
    value: ({ sample }) => sample.timeS,
  },
  { name: 'kind', about: 'Kind of replica', value: ({ sample }) => sample.kind },
  { name: 'replicas', about: 'How many there are', value: ({ sample }) => sample.replicas },
  {
    name: 'requests_per_s',
    about: 'Requests a second sent to all of them',
    value: ({ sample }) => sample.requestsPerS,
  },
  {
    name: 'waiting_requests',
    about: 'Sent there and not yet admitted',
    value: ({ sample }) => sample.waitingRequests,
  },
  {
    name: 'running_requests',
    about: 'Admitted and not ended',
    value: ({ sample }) => sample.runningRequests,
  },
  {
    name: 'kv_used_fraction',
    about: 'Share of KV blocks in use',
    value: ({ sample }) => sample.kvUsedFraction,
  },
  {
    name: 'busy_fraction',
    about: 'Share of the time in which they ran steps',
    value: ({ sample }) => sample.busyFraction,
  },
  {
    name: 'output_tokens_per_s',
    about: 'Output tokens a second of all of them',
    value: ({ sample }) => sample.outputTokensPerS,
  },
  {
    name: 'power_w',
    about: "Watts of all of them at the node's wall, without the facility's overhead",
    value: ({ sample }) => sample.watts,
  },
]
