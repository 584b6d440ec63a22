import type { ArrivalSource, Lengths } from '../arrivals/contract.ts'
import type { DurationSpec } from '../arrivals/durations.ts'
import type { CarbonIntensity } from '../energy/contract.ts'
import type { GatewaySpec, Tier } from '../gateway/contract.ts'
import type { NetworkSpec, Site } from '../links/contract.ts'
import type { ReplicaKind } from '../replicas/contract.ts'
import type { Slo } from '../routing/contract.ts'
import type { PolicyEntry } from '../routing/registry.ts'
import type { LengthPredictor } from './length-predictor.ts'
import type { SignalsSpec } from './signal-timing.ts'

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

/** What is promised to a class of requests, and how much it matters. */
export interface ClassSlo {
  readonly slo: Slo
  readonly tier: Tier
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
  /** By class of requests, as the workload numbers them; all are promised `slo` where absent. */
  readonly classSlos?: readonly ClassSlo[]
  /** What the router is told late of its replicas; nothing where absent. */
  readonly signals?: SignalsSpec
  /** How it predicts output lengths; by the mean of the class where absent. */
  readonly predictor?: LengthPredictor
  /** Meters, throughput and latencies leave out what came before. */
  readonly warmupS: number
  /** Facility energy per unit of IT energy. */
  readonly pue: number
  readonly carbon: CarbonIntensity
  /** Seconds between rows of the time series. */
  readonly sampleS: number

  // What few fleets have.

  /** Names of the models that requests ask for, indexed by the kinds' `modelId`; all ask for one where absent. */
  readonly models?: readonly string[]
  /** Share of the workload's requests that ask for each; known once the workload has been read. */
  readonly modelShares?: readonly number[]
  /** Node and island of every replica, by replica id. */
  readonly places?: readonly Site[]
  /** What carries KV from replica to replica. */
  readonly network?: NetworkSpec
  /** Mean of the workload's prompts, where it has been read: what a transfer of KV is like. */
  readonly meanInputTokens?: number
  /** How requests get from the replicas that compute prompts to those that decode. */
  readonly handoff?: Handoff
  /** Prompt tokens of an entry of the prefix caches: whole prefix blocks and whole KV blocks. */
  readonly prefixEntryTokens?: number
  /** Tokens of prefix blocks that all replicas with a remote tier share. */
  readonly remoteStoreTokens?: number
  /** What stands between the arrivals and the router; nothing where absent. */
  readonly gateway?: GatewaySpec
  /** Replicas on the same devices, of which one runs at a time. */
  readonly sharedDevices?: readonly SharedDevices[]
}

/** Who routes. */
export interface RoutingChoice {
  readonly name: string
  readonly options?: Readonly<Record<string, number>>
  /** A policy from outside the registry; `name` is then only its name. */
  readonly entry?: PolicyEntry
}

export interface Handoff {
  /** When the decode replica is chosen. */
  readonly decodeAt: 'arrival' | 'prefill-end'
  /** Of the decode replicas; the policy that is raced where absent. */
  readonly policy?: RoutingChoice
  /** Layers whose KV is sent while the next is computed; 1 where all is sent at the end. */
  readonly layers: number
  /** Bytes a second at which KV of one kind is made readable for another, by kinds; Infinity as it is. */
  conversionBytesPerS(from: number, to: number): number
}

export interface SharedDevices {
  readonly replicas: readonly number[]
  /** Seconds that it takes to load each one's weights. */
  readonly loadS: readonly number[]
  /** How long requests of another model wait at most before the running one takes no more in. */
  readonly patienceS: number
}

/** By replica id, how many replicas have its devices by turns: 1 where it has them to itself. */
export function turnsOf({
  replicas,
  sharedDevices = [],
}: Pick<Course, 'replicas' | 'sharedDevices'>): number[] {
  const turns = replicas.map(() => 1)
  for (const { replicas: sharing } of sharedDevices) for (const id of sharing) turns[id] = sharing.length
  return turns
}
