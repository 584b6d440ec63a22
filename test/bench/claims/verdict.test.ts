import { expect, test } from 'vitest'
import type { CaseVerdict } from '../../../bench/claims/bands.ts'
import { claimVerdict } from '../../../bench/claims/verdict.ts'

const ruling = (...verdicts: (CaseVerdict | undefined)[]) =>
  claimVerdict(verdicts.map((verdict, i) => ({ name: `case ${i}`, verdict }))).ruling

test('a claim holds where every case that runs does', () => {
  expect(ruling('holds')).toBe('holds')
  expect(ruling('holds', undefined, 'holds')).toBe('holds')
})

test('one case that does not hold, or cannot be told, leaves it holding only in part', () => {
  expect(ruling('holds', 'does not')).toBe('holds only in part')
  expect(ruling('holds', 'cannot be told')).toBe('holds only in part')
})

test('it does not where every case that runs does not', () => {
  expect(ruling('does not', undefined)).toBe('does not')
})

test('where none holds and some cannot be told, public facts do not settle it', () => {
  expect(ruling('cannot be told', 'does not')).toBe('cannot be told from public facts')
  expect(ruling('cannot be told')).toBe('cannot be told from public facts')
})

test('without a case that runs nothing is said', () => {
  expect(ruling(undefined, undefined)).toBe('cannot be run')
  expect(ruling()).toBe('cannot be run')
})

test('names the cases by what became of them', () => {
  const cases = [
    { name: 'a', verdict: 'holds' },
    { name: 'b', verdict: undefined },
    { name: 'c', verdict: 'does not' },
    { name: 'd', verdict: 'cannot be told' },
  ] as const
  expect(claimVerdict(cases)).toMatchObject({ holds: ['a'], notRun: ['b'], fails: ['c'], open: ['d'] })
})
