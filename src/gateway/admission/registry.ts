import { UserError } from '../../core/errors.ts'
import { suggestion } from '../../core/nearest.ts'
import { type OptionSpecs, resolveOptions } from '../../core/options.ts'
import type { Admission, AdmissionFactory } from '../contract.ts'
import { always } from './always.ts'
import { rejectAll } from './reject-all.ts'
import { saturation } from './saturation.ts'
import { sloBreach } from './slo-breach.ts'
import { tenantBudget } from './tenant-budget.ts'
import { tierShed } from './tier-shed.ts'
import { tokenBucket } from './token-bucket.ts'

export interface AdmissionEntry {
  readonly make: AdmissionFactory
  readonly about: string
  /** One without a default must be given. */
  readonly options: OptionSpecs
  /** Reads what few workloads say of a request: its tenant. */
  readonly readsNotes?: true
}

/** Who may be asked whether a request is let in, by the name that scenarios use. */
export const admissions = {
  always: { make: always, about: 'lets everybody in', options: {} },
  'token-bucket': {
    make: tokenBucket,
    about: 'so many requests a second, and bursts',
    options: {
      rate_per_s: { about: 'at which the bucket fills', min: 0, unit: 'requests' },
      burst: { about: 'that the bucket holds', min: 1, unit: 'requests' },
    },
  },
  'tier-shed': {
    make: tierShed,
    about: 'the lower the tier, the earlier it is refused as load rises; critical never',
    options: {
      from_requests: {
        about: 'requests in hand for each replica above which the lowest tier is refused',
        default: 16,
        min: 0,
        unit: 'requests',
      },
      step_requests: {
        about: 'by how many more each tier above is refused',
        default: 16,
        min: 0,
        unit: 'requests',
      },
    },
  },
  saturation: {
    make: saturation,
    about: 'batch, sheddable and background requests not while every replica is saturated',
    options: {
      queue_depth: {
        about: 'waiting requests above which a replica is',
        default: 5,
        min: 0,
        unit: 'requests',
      },
      kv_use: { about: 'share of KV memory in use above which it is', default: 0.8, min: 0, max: 1 },
    },
  },
  'tenant-budget': {
    make: tenantBudget,
    about: 'so many tokens a second for every tenant, prompts and predicted outputs',
    readsNotes: true,
    options: {
      tokens_per_s: { about: 'at which a budget fills', min: 0, unit: 'tokens' },
      burst_tokens: { about: 'that a budget holds', min: 1, unit: 'tokens' },
    },
  },
  'slo-breach': {
    make: sloBreach,
    about: 'only what is expected to meet its TTFT objective somewhere',
    options: {
      slo_factor: { about: 'times the objective that may be expected', default: 1, min: 0 },
    },
  },
  'reject-all': { make: rejectAll, about: 'lets nobody in: a control', options: {} },
} as const satisfies Record<string, AdmissionEntry>

export type AdmissionName = keyof typeof admissions

/** An admission as scenarios name it. */
export interface AdmissionChoice {
  readonly name: string
  readonly options: Readonly<Record<string, number>>
}

/** The registry's entry of that name. Throws a UserError where there is none. */
export function admissionNamed(name: string): AdmissionEntry {
  if (Object.hasOwn(admissions, name)) return admissions[name as AdmissionName]
  throw new UserError(`there is no admission '${name}'; ${suggestion(name, Object.keys(admissions))}`)
}

/**
 * What makes the admission of a choice, anew for each run. Throws a UserError at an option that it does not have, that is
 * out of bounds or that is missing.
 */
export function admissionOf({ name, options }: AdmissionChoice): () => Admission {
  const entry = admissionNamed(name)
  const resolved = resolveOptions(name, entry.options, options)
  const missing = Object.keys(entry.options).find(option => !Object.hasOwn(resolved, option))
  if (missing !== undefined) throw new UserError(`${name}: option '${missing}' is missing; it must be given`)
  return () => entry.make({ options: resolved })
}
