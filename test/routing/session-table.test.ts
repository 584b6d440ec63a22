import { describe, expect, it } from 'vitest'
import { below, stream } from '../../src/core/random.ts'
import { SessionTable } from '../../src/routing/session-table.ts'

/** The same in a few lines: a Map keeps the order in which its keys were set. */
function reference(capacity: number) {
  const replicas = new Map<number, number>()
  return {
    use(session: number): number {
      const replica = replicas.get(session)
      if (replica === undefined) return -1
      replicas.delete(session)
      replicas.set(session, replica)
      return replica
    },
    remember(session: number, replica: number): void {
      if (replicas.size === capacity) replicas.delete(replicas.keys().next().value!)
      replicas.set(session, replica)
    },
  }
}

describe('SessionTable', () => {
  it.each([1, 2, 3, 7, 64, 1000])('remembers the %i sessions used last', capacity => {
    const random = stream(capacity, 'sessions')
    const table = new SessionTable(capacity)
    const expected = reference(capacity)
    let known = 0
    for (let i = 0; i < 20_000; i++) {
      const session = below(random, 2 * capacity + 1) * 1024
      const replica = expected.use(session)
      expect(table.use(session)).toBe(replica)
      if (replica >= 0) known++
      else {
        expected.remember(session, i)
        table.remember(session, i)
      }
    }
    expect(known).toBeGreaterThan(3000)
    expect(known).toBeLessThan(17_000)
  })

  it('counts asking as a use, and no other', () => {
    const table = new SessionTable(2)
    table.remember(5, 50)
    table.remember(6, 60)
    expect(table.use(5)).toBe(50)
    table.remember(7, 70)
    expect([5, 6, 7].map(session => table.use(session))).toEqual([50, -1, 70])
  })

  it('knows session 0 from none', () => {
    const table = new SessionTable(4)
    expect(table.use(0)).toBe(-1)
    table.remember(0, 3)
    expect(table.use(0)).toBe(3)
  })
})
