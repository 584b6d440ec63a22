import { describe, expect, test } from 'vitest'
import { replaying, runFast } from './fast.ts'
import { handCases } from './hand-cases.ts'

/** Compares the named facts to 1e-12; NaN equals NaN. */
function expectFacts(actual: object, expected: object, place: string): void {
  for (const [name, value] of Object.entries(expected)) {
    if (value === undefined) continue
    const found = (actual as Record<string, number>)[name]
    const isSame = Object.is(found, value) || Math.abs(found - value) <= 1e-12 * Math.max(1, Math.abs(value))
    expect(isSame, `${place}: ${name} is ${found}, worked out as ${value}`).toBe(true)
  }
}

describe.each(['coalesced', 'step by step'])('worked out on paper, %s', mode => {
  test.each(handCases.map(hand => [hand.name, hand] as const))('%s', async (_, hand) => {
    const { rows, result } = await runFast(hand.course, replaying(hand.decisions), {
      stepByStep: mode === 'step by step',
    })
    hand.requests.forEach((expected, i) => {
      expectFacts(rows[i], expected, `request ${i}`)
    })
    hand.replicas.forEach((expected, i) => {
      const { steps, preemptions, lifeBusyS, lifeBusyJ, lifeBusyG } = result.replicas[i]
      const busyJ = lifeBusyJ / hand.course.pue
      expectFacts({ steps, preemptions, busyS: lifeBusyS, busyJ, grams: lifeBusyG }, expected, `replica ${i}`)
    })
  })
})
