import type { ClusterView, RequestView } from '../routing/contract.ts'

/** In falling priority. */
export const TIERS = ['critical', 'standard', 'batch', 'sheddable', 'background'] as const
export type Tier = (typeof TIERS)[number]

/** What a gateway sees of a request beyond what a policy does. */
export interface GatewayView {
  readonly nowS: number
  /** Of the request's class. */
  readonly tier: Tier
  /** Requests in hand for each replica of the fleet: held here, not decided yet or without room, or sent there. */
  readonly load: number
  /** Requests that the gateway holds. */
  readonly held: number
}

/** Whether a request that has come now is let in. Its memory is its closure; it sees no output length. */
export type Admission = (request: RequestView, cluster: ClusterView, gateway: GatewayView) => boolean

export type AdmissionFactory = (setup: { readonly options: Readonly<Record<string, number>> }) => Admission

/** Whether requests of a tier may be refused to make room for others: those of the three lowest. */
export function mayBeShed(tier: Tier): boolean {
  return TIERS.indexOf(tier) >= TIERS.indexOf('batch')
}

/** What happens to requests between their arrival and a replica. */
export interface GatewaySpec {
  /** Makes those that are asked, one after the other, whether a request is let in; the first to say no refuses it. */
  readonly admission: readonly (() => Admission)[]
  /** Whether any of them reads what few workloads say of a request. */
  readonly readsNotes?: true
  /** Seconds that a request of a tier is held at most; without bound where absent. */
  readonly timeToLiveS?: Readonly<Partial<Record<Tier, number>>>
  /** By replica: at so many outstanding requests it has no room; absent where nobody waits for room. */
  readonly room?: readonly number[]
  readonly retries?: Retries
  /** Seconds from the beginning of a try within which a client wants its first token. */
  readonly timeoutS?: number
  /** Seconds without a first token after which a second replica is tried as well; the first to answer is kept. */
  readonly hedgeAfterS?: number
  readonly router?: RouterCapacity
  /** Seconds between the moments at which the gateway looks at what has come since the last; at once where absent. */
  readonly tickS?: number
}

/** What a client does whose request is refused, expires or times out. */
export interface Retries {
  /** How often it tries again at most. */
  readonly most: number
  /** Seconds to the first new try, and how many times longer each further one waits. */
  readonly backoffS: number
  readonly growth: number
}

/** Deciding takes time: of a router that scores candidates, in proportion to them. */
export interface RouterCapacity {
  readonly decisionS: number
  readonly perReplicaS: number
  /** Decisions made side by side. */
  readonly servers: number
}

/** A gateway that lets everybody in and holds whom the policy tells to wait. */
export const OPEN_GATEWAY: GatewaySpec = { admission: [] }
