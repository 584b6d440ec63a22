import { expect, test } from 'vitest'
import { FINISHED, REFUSED } from '../../src/requests/table.ts'
import { cellText } from '../../src/results/columns/column.ts'
import { decisionColumns, decisionRows } from '../../src/results/columns/decisions.ts'
import type { Candidate, Decision, Fate } from '../../src/results/decision.ts'

const served: Fate = { outcome: FINISHED, ttftS: 1, e2eS: 4, outputTokens: 5, metSlo: true }
const refused: Fate = {
  outcome: REFUSED,
  ttftS: Number.NaN,
  e2eS: Number.NaN,
  outputTokens: 0,
  metSlo: false,
}

function candidate(replica: number, isChosen: boolean, fate: Fate): Candidate {
  const told = { outstandingRequests: 3, waitingRequests: 1, runningRequests: 2, kvFreeTokens: 160 }
  const expected = { expectedTtftS: 0.5, expectedTpotS: 0.1, expectedE2eS: 2, expectedUsd: Number.NaN }
  const rest = { prefixHitTokens: 16, expectedJoules: 7, score: Number.NaN }
  return { replica, kind: 'big', isChosen, fate, ...told, ...expected, ...rest }
}

function decisionOf(fate: Fate, candidates: readonly Candidate[]): Decision {
  const question = { number: 9, timeS: 2.5, requestClass: 'chat', inputTokens: 100, predictedTokens: 20 }
  return { ...question, choices: 40, candidates, fate }
}

/** The named cells of every row. */
function cells(decision: Decision, ...names: readonly string[]): string[][] {
  const columns = names.map(name => decisionColumns.find(column => column.name === name)!)
  return decisionRows('mine', decision).map(row => columns.map(({ value }) => cellText(value(row))))
}

test('every candidate has a row with its fate and what it would have been to regret', () => {
  const slower = { ...served, ttftS: 1.5, e2eS: 6, metSlo: false }
  const decision = decisionOf(slower, [candidate(2, true, slower), candidate(5, false, served)])
  expect(cells(decision, 'replica', 'chosen', 'e2e_s', 'met_slo', 'ttft_regret_s', 'regret_s')).toEqual([
    ['2', 'yes', '6', 'no', '0.5', '2'],
    ['5', 'no', '4', 'yes', '0', '0'],
  ])
  expect(cells(decision, 'policy', 'ordinal', 'choices', 'score', 'expected_usd', 'expected_j')[0]).toEqual([
    'mine',
    '9',
    '40',
    '',
    '',
    '7',
  ])
})

test('a refusal has a row of its own, without a replica and without regret', () => {
  const decision = decisionOf(refused, [candidate(2, false, served)])
  expect(cells(decision, 'replica', 'kind', 'chosen', 'outcome', 'e2e_s', 'regret_s')).toEqual([
    ['', '', 'yes', 'refused', '', ''],
    ['2', 'big', 'no', 'finished', '4', '0'],
  ])
})
