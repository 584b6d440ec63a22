import type { CaseGroup, Claim, Claimed, Measured } from './claim-schema.ts'
import type { MeasureName } from './measures.ts'

/** What cases are judged by that do not compare two replicas. */
export type OtherMeasure = 'price_margin' | 'overtaking_running' | 'overtaking_cumulative'

/** One comparison of a claim. */
export interface Case {
  readonly work: string
  readonly subject: string
  readonly against: string
  readonly measure: MeasureName | OtherMeasure
  /** Share of the highest rate at which each holds the SLO. */
  readonly utilisation: number
  /** Names of the terms that each side pays by; where absent, nobody pays. */
  readonly terms?: { readonly subject: string; readonly against: string }
  readonly claimed: Claimed
  /** By what factor the simulator itself may be off. */
  readonly modelError: number
  readonly measured?: Measured
  /** Whether it is of what there is not, and no part of the verdict. */
  readonly isWhatIf?: true
}

/** One whose sides are measured by what they do. */
export type MeasuredCase = Case & { readonly measure: MeasureName }

/** All comparisons of a claim, in the order of its file. */
export function casesOf(claim: Claim): MeasuredCase[] {
  return claim.cases.flatMap(group => casesIn(group, claim))
}

function casesIn(group: CaseGroup, claim: Claim): MeasuredCase[] {
  const { works, subjects, against, terms = [undefined], utilisation, measure, measured } = group
  return works.flatMap(work =>
    subjects.flatMap(subject =>
      against.flatMap(other =>
        terms.flatMap(paid =>
          utilisation.map(share => ({
            ...{ work, subject, against: other, measure, utilisation: share },
            ...(paid !== undefined && { terms: paid }),
            claimed: group.claimed ?? claim.claimed,
            modelError: (group.model_error ?? claim.model_error).factor,
            ...(measured !== undefined && { measured }),
            ...(group.is_what_if && { isWhatIf: true as const }),
          })),
        ),
      ),
    ),
  )
}

/** A case but for its utilisation: `70b: tpu-v7 for h200`. */
export function pairName({ work, subject, against, terms }: Case): string {
  const by = (pool: string, paid: string | undefined) => (paid === undefined ? pool : `${pool} (${paid})`)
  return `${work}: ${by(subject, terms?.subject)} against ${by(against, terms?.against)}`
}
