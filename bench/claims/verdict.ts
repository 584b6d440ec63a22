import type { CaseVerdict } from './bands.ts'

/** A case that has been judged, or could not be run. */
export interface Judged {
  readonly name: string
  /** Undefined where it could not be run. */
  readonly verdict: CaseVerdict | undefined
}

export type Ruling =
  | 'holds'
  | 'holds only in part'
  | 'does not'
  | 'cannot be told from public facts'
  | 'cannot be run'

/** What the cases of a claim come to. */
export interface ClaimVerdict {
  readonly ruling: Ruling
  /** Names of its cases by what became of them. */
  readonly holds: readonly string[]
  readonly fails: readonly string[]
  readonly open: readonly string[]
  readonly notRun: readonly string[]
}

/** All cases that run must agree; a claim that holds in some of them holds only there, and what none settles is open. */
export function claimVerdict(cases: readonly Judged[]): ClaimVerdict {
  const named = (wanted: CaseVerdict | undefined) =>
    cases.filter(({ verdict }) => verdict === wanted).map(({ name }) => name)
  const lists = {
    holds: named('holds'),
    fails: named('does not'),
    open: named('cannot be told'),
    notRun: named(undefined),
  }
  return { ruling: rulingOf(lists), ...lists }
}

function rulingOf({ holds, fails, open }: Omit<ClaimVerdict, 'ruling'>): Ruling {
  const ran = holds.length + fails.length + open.length
  if (ran === 0) return 'cannot be run'
  if (holds.length === ran) return 'holds'
  if (holds.length > 0) return 'holds only in part'
  return fails.length === ran ? 'does not' : 'cannot be told from public facts'
}
