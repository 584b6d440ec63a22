import { expect, test } from 'vitest'
import { below, stream } from '../../src/core/random.ts'
import { IdTable } from '../../src/replicas/id-table.ts'

/** Ids that stand side by side, far apart, and at the upper end. */
const LAWS = {
  near: (n: number) => n,
  far: (n: number) => n * 4_194_304,
  top: (n: number) => 2 ** 31 - 1 - n,
}

test.each(Object.keys(LAWS) as (keyof typeof LAWS)[])(
  'finds what it holds and nothing else, through many removals: ids %s',
  law => {
    const random = stream(law, 'id-table')
    const table = new IdTable()
    const held = new Map<number, number>()
    let mostHeld = 0
    for (let turn = 0; turn < 30_000; turn++) {
      const id = LAWS[law](below(random, 500))
      const entry = held.get(id)
      expect(table.find(id)).toBe(entry ?? -1)
      const isGrowing = Math.floor(turn / 3000) % 2 === 0
      if (entry === undefined && random() < (isGrowing ? 0.9 : 0.2)) held.set(id, table.add(id))
      else if (entry !== undefined && random() < (isGrowing ? 0.1 : 0.9)) {
        expect(table.idOf(entry)).toBe(id)
        expect(table.remove(entry)).toBe(id)
        held.delete(id)
      }
      expect(table.size).toBe(held.size)
      mostHeld = Math.max(mostHeld, held.size)
    }
    for (let n = 0; n < 500; n++) expect(table.find(LAWS[law](n))).toBe(held.get(LAWS[law](n)) ?? -1)
    const entries = [...held.values()]
    expect(new Set(entries).size).toBe(entries.length)
    // Entries are given out again, so none is beyond the most that were ever held.
    expect(Math.max(...entries)).toBeLessThan(mostHeld)
    expect(mostHeld).toBeGreaterThan(300)
  },
)
