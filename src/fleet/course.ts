import type { ArrivalSource, Lengths } from '../arrivals/contract.ts'
import type { DurationSpec } from '../arrivals/durations.ts'
import type { CarbonIntensity } from '../energy/contract.ts'
import type { ReplicaKind } from '../replicas/contract.ts'
import type { Slo } from '../routing/contract.ts'

/** N clients, each sending its next request a think time after its last one ended. */
export interface ClosedLoop {
  readonly clients: number
  /** Requests in all; the loop ends there. */
  readonly requests: number
  /** Law of the think time, or the mean in seconds of an exponential one; 0 sends the next request at once. */
  readonly thinkS: number | DurationSpec
  /** The body of a client's n-th request: the same whatever policy serves it. */
  readonly lengths: (client: number, turn: number) => Lengths
}

/** What runs on one fleet against one workload: everything of a simulation but the policy. */
export interface Course {
  readonly seed: string | number
  readonly kinds: readonly ReplicaKind[]
  /** Index into `kinds` of every replica, in order of replica id. */
  readonly replicas: readonly number[]
  /** Watts of devices and hosts that carry no replica, and their $/h (NaN where unknown). */
  readonly spareWatts: number
  readonly spareUsdPerHour: number
  /** A fresh reader of the same open-loop workload at each call. */
  readonly arrivals: () => ArrivalSource
  /** Clients beside the open-loop arrivals. */
  readonly closedLoop?: ClosedLoop
  readonly slo: Slo
  /** Meters, throughput and latencies leave out what came before. */
  readonly warmupS: number
  /** Facility energy per unit of IT energy. */
  readonly pue: number
  readonly carbon: CarbonIntensity
  /** Seconds between rows of the time series. */
  readonly sampleS: number
}
