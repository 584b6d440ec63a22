import type { Prepared } from './prepare.ts'
import type { Entrant } from './race.ts'

/** What a set of results was made from: nothing here depends on the machine or the hour. */
export interface Manifest {
  readonly regatta: string
  readonly scenario: { readonly file: string; readonly sha256: string; readonly resolved: unknown }
  readonly workload: {
    /** Fingerprint of the requests before their rate is scaled. */
    readonly hash: string
    readonly requests: number
    readonly rate_factor: number
    readonly rate_rps: number | null
  }
  readonly seed: string | number
  readonly policies: readonly {
    readonly label: string
    readonly name: string
    readonly options: object
    /** Of the text of a policy that comes from a file. */
    readonly sha256?: string
  }[]
  /** Of every entry of the catalogue. */
  readonly catalogue_sha256: string
  readonly stances: readonly string[]
  /** Of the weakest number of the catalogue that the results rest on. */
  readonly grade: string
  readonly estimates: readonly {
    readonly name: string
    readonly value: number
    readonly low: number | null
    readonly high: number | null
  }[]
}

export interface ManifestFacts {
  readonly version: string
  /** Name of the scenario's file, without its folder. */
  readonly file: string
  /** Of the file's text. */
  readonly sha256: string
  readonly catalogueSha256: string
  readonly stances: readonly string[]
}

export function manifestOf(
  { parsed, fleet, workload }: Prepared,
  entrants: readonly Entrant[],
  { version, file, sha256, catalogueSha256, stances }: ManifestFacts,
): Manifest {
  return {
    regatta: version,
    scenario: { file, sha256, resolved: parsed.scenario },
    workload: {
      hash: workload.measured.hash,
      requests: workload.requests,
      rate_factor: workload.factor,
      rate_rps: numberOrNull(workload.ratePerS),
    },
    seed: fleet.seed,
    policies: entrants.map(({ label, name, options = {}, sha256 }) => ({
      label,
      name,
      options,
      ...(sha256 === undefined ? {} : { sha256 }),
    })),
    catalogue_sha256: catalogueSha256,
    stances,
    grade: fleet.evidence.grade,
    estimates: fleet.evidence.estimates.map(({ name, value, fact }) => ({
      name,
      value,
      low: fact.low ?? null,
      high: fact.high ?? null,
    })),
  }
}

function numberOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null
}
