import { describe, expect, it } from 'vitest'
import { PendingDecisions } from '../../../src/routing/learning/pending-decisions.ts'

function kept(request: number, replica: number, ...values: number[]): PendingDecisions {
  const pending = new PendingDecisions(values.length)
  pending.keep(request, replica, Float64Array.of(9, ...values), 1)
  return pending
}

describe('decisions that are pending', () => {
  it('are handed back once, to who was sent there', () => {
    const pending = kept(70_000, 3, 1.5, 2.5)
    expect(pending.release(70_000, 4)).toBe(-1)
    expect(pending.release(70_000 - 2 ** 16, 3)).toBe(-1)
    const at = pending.release(70_000, 3)
    expect([...pending.values.subarray(at, at + 2)]).toEqual([1.5, 2.5])
    expect(pending.release(70_000, 3)).toBe(-1)
  })

  it('give way to later ones where requests never end', () => {
    const pending = kept(5, 0, 7)
    for (let request = 6; request < 200_000; request++) pending.keep(request, 0, Float64Array.of(request), 0)
    expect(pending.release(5, 0)).toBe(-1)
    expect(pending.values[pending.release(150_000, 0)]).toBe(150_000)
    expect(pending.values).toHaveLength(2 ** 16)
  })
})
