import { expect, test } from 'vitest'
import { EXPIRED, FINISHED, LENGTH, REJECTED } from '../../src/requests/table.ts'
import type { Fate } from '../../src/results/decision.ts'
import { regretFigures, regretOf } from '../../src/results/regret.ts'

function fate(e2eS: number, changes: Partial<Fate> = {}): Fate {
  return { outcome: FINISHED, ttftS: e2eS / 2, e2eS, outputTokens: 10, metSlo: true, ...changes }
}

test('regret is what the fastest would have saved, of each measure by itself', () => {
  expect(regretOf(fate(6), [fate(6), fate(4, { ttftS: 2.5 }), fate(5, { ttftS: 1 })])).toEqual({
    ttftS: 2,
    e2eS: 2,
  })
  expect(regretOf(fate(4), [fate(4), fate(5)])).toEqual({ ttftS: 0, e2eS: 0 })
})

test('an answer that was cut short is no better for it', () => {
  const cut = fate(1, { outcome: LENGTH, outputTokens: 3 })
  expect(regretOf(fate(6), [fate(6), cut]).e2eS).toBe(0)
  expect(regretOf(fate(2, { outcome: LENGTH, outputTokens: 3 }), [fate(6), cut]).e2eS).toBe(1)
})

test.each([REJECTED, EXPIRED])('who was not served (outcome %i) has no regret', outcome => {
  const lost = fate(1, { outcome, e2eS: Number.NaN, outputTokens: 0 })
  expect(regretOf(lost, [fate(3)])).toEqual({ ttftS: Number.NaN, e2eS: Number.NaN })
  expect(regretOf(fate(3), [fate(3), lost]).e2eS).toBe(0)
})

test('figures of no decisions are blank', () => {
  const { decisions, refused, ...others } = regretFigures([])
  expect([decisions, refused]).toEqual([0, 0])
  expect(
    Object.values(others).flatMap(each => (typeof each === 'number' ? each : Object.values(each))),
  ).toEqual(new Array(12).fill(Number.NaN))
})
