import { describe, expect, test } from 'vitest'
import { ArrivalBlock, type ArrivalSource } from '../../../src/arrivals/contract.ts'
import { inNames } from '../../../src/arrivals/transforms/rename.ts'

/** Learns a class and a tenant with every block. */
function learning(classes: readonly string[], tenants: readonly string[]): ArrivalSource {
  const known = { classes: [] as string[], tenants: [] as string[] }
  return {
    ...known,
    fill(block) {
      block.length = 0
      const next = known.classes.length
      if (next === classes.length) return
      known.classes.push(classes[next])
      known.tenants.push(tenants[next])
      const details = block.detailed()
      for (const id of known.classes.keys()) {
        details.begin(block.length)
        details.tenantId[block.length] = id
        block.push(next, 1, 1, 0, id)
      }
      details.begin(block.length)
      block.push(next, 1, 1, 0, 0)
    },
    close() {},
  }
}

function read(source: ArrivalSource): string[] {
  const rows: string[] = []
  const block = new ArrivalBlock()
  for (source.fill(block); block.length > 0; source.fill(block)) {
    for (let row = 0; row < block.length; row++) {
      const tenant = block.details!.tenantId[row]
      rows.push(`${source.classes[block.classId[row]]} ${tenant < 0 ? '-' : source.tenants![tenant]}`)
    }
  }
  return rows
}

describe('a workload in other names', () => {
  const asLearned = ['a x', 'a -', 'a x', 'b y', 'a -']

  test('has the same rows, whatever the order of the names', () => {
    for (const [classes, tenants] of [
      ['ab', 'xy'],
      ['bca', 'yx'],
    ]) {
      const lists = { classes: [...classes], tenants: [...tenants] }
      const source = inNames(learning(['a', 'b'], ['x', 'y']), lists)
      expect(read(source)).toEqual(asLearned)
      expect(source).toMatchObject(lists)
    }
  })

  test('is refused where it has a name that is not among them', () => {
    const source = inNames(learning(['a', 'c'], ['x', 'y']), { classes: ['b', 'a'], tenants: ['x', 'y'] })
    expect(() => read(source)).toThrow('the workload names a class that its first reading did not')
  })
})
