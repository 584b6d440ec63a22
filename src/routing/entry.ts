import type { OptionSpec, OptionSpecs } from '../core/options.ts'
import type { OraclePolicyFactory, PolicyFactory, Prediction } from './contract.ts'

/** What few workloads say of requests, or caches hold of them. */
export type Trait = 'sessions' | 'tenants' | 'prefix blocks' | 'cached prefixes' | 'deadlines'

/** What a registry or a user's file says of a policy. */
export type PolicyEntry = {
  readonly about: string
  /** Absent: takes any option unchecked. */
  readonly options?: OptionSpecs
  /** Reads of requests what few workloads say: session, tenant, deadline or prefix blocks. */
  readonly readsNotes?: true
  /** What it acts on of requests: any of it will do, and a workload that has none leaves it only its other rules. */
  readonly actsOn?: readonly Trait[]
  /** Answers `WAIT` at times. */
  readonly waits?: true
  /** Whether it answers `REJECT` at times, with these options. */
  readonly refuses?: (options: Readonly<Record<string, number>>) => boolean
  /** What it goes by of a request before it is sent: how far off that was is told in the results. */
  readonly predicts?: readonly Prediction[]
  /** Awaited before the policy is made. */
  readonly ready?: () => Promise<void>
  /** An option for every kind of replica in the fleet, by the kind's name. */
  readonly optionPerKind?: OptionSpec
} & ({ readonly make: PolicyFactory } | { readonly oracle: OraclePolicyFactory })
