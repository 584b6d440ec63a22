import { describe, expect, test } from 'vitest'
import { ArrivalBlock } from '../../src/arrivals/contract.ts'
import { ContentHash } from '../../src/arrivals/hash.ts'

interface Row {
  readonly arrivalS: number
  readonly session?: number
  readonly deadlineS?: number
  readonly tenant?: number
  readonly blocks?: readonly number[]
}

const ROWS: readonly Row[] = [
  { arrivalS: 0 },
  { arrivalS: 1 },
  { arrivalS: 2, session: 3, blocks: [5, 6] },
  { arrivalS: 3, deadlineS: 9 },
  { arrivalS: 4 },
  { arrivalS: 5, tenant: 0 },
]

/** Rows by blocks of a capacity; a block has details from the first row on that says more. */
function hashOf(rows: readonly Row[], capacity = 4096, classes = ['all']): string {
  const hash = new ContentHash()
  for (let from = 0; from < rows.length; from += capacity) {
    const block = new ArrivalBlock(capacity)
    for (const { arrivalS, session, deadlineS, tenant, blocks } of rows.slice(from, from + capacity)) {
      const at = block.length
      block.push(arrivalS, 10, 1, 0, 0)
      if ((session ?? deadlineS ?? tenant) !== undefined) block.detailed()
      block.details?.begin(at)
      if (session !== undefined) block.detailed().sessionId[at] = session
      if (deadlineS !== undefined) block.detailed().deadlineS[at] = deadlineS
      if (tenant !== undefined) block.detailed().tenantId[at] = tenant
      if (blocks !== undefined) block.detailed().setBlocks(at, 16, blocks)
    }
    hash.add(block)
  }
  return hash.hex(classes)
}

function changed(at: number, change: Partial<Row>): Row[] {
  return ROWS.map((row, i) => (i === at ? { ...row, ...change } : row))
}

describe('the fingerprint of a workload', () => {
  test.each([1, 2, 3, 5])('is the same by blocks of %i', capacity => {
    expect(hashOf(ROWS, capacity)).toBe(hashOf(ROWS))
  })

  test.each<[string, Row[]]>([
    ['a time', changed(1, { arrivalS: 1.5 })],
    ['a session', changed(2, { session: 4 })],
    ['a block', changed(2, { blocks: [5, 7] })],
    ['a deadline', changed(3, { deadlineS: 8 })],
    ['a tenant', changed(5, { tenant: 1 })],
    ['what a row says at all', changed(5, { tenant: undefined! })],
  ])('changes with %s', (_, rows) => {
    expect(hashOf(rows)).not.toBe(hashOf(ROWS))
  })

  test('changes with the names of the classes', () => {
    expect(hashOf(ROWS, 4096, ['other'])).not.toBe(hashOf(ROWS))
  })
})
