import type { Calendar } from '../core/calendar.ts'
import type { Grid } from '../energy/grid.ts'
import type { Pace } from '../latency/contract.ts'
import type { Order } from '../ordering/contract.ts'
import type { RequestTable } from '../requests/table.ts'
import type { LogBins } from '../results/log-bins.ts'
import type { ReplicaListener } from './batch.ts'
import type { DeviceShare } from './device-share.ts'
import type { PrefixHoldings } from './prefix-holdings.ts'

/** The parts of a simulation that its replicas share. */
export interface ReplicaSetup {
  readonly calendar: Calendar
  readonly requests: RequestTable
  readonly grid: Grid
  /** Gaps between output tokens. */
  readonly itl: LogBins
  readonly listener: ReplicaListener
  /** One event per step instead of one per stretch; the results are the same bits. */
  readonly stepByStep: boolean
}

/** What few replicas have of their own. */
export interface ReplicaParts {
  /** Who goes first of those that wait; in order of arrival where absent. */
  readonly order?: Order | undefined
  readonly prefixes?: PrefixHoldings | undefined
  /** The kind's, with draws of its own. */
  readonly pace?: Pace | undefined
  /** Where other replicas run on the same devices. */
  readonly devices?: DeviceShare | undefined
}
