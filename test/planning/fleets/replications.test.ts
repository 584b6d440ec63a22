import { describe, expect, it } from 'vitest'
import { replicationsOf, SCOUTED } from '../../../src/planning/fleets/replications.ts'

const LOOKS = [0, 1, 2, 3]

describe.each([true, false])('replications of looks, the trace itself among them: %s', hasItself => {
  const looks = LOOKS.map(look => replicationsOf(look, { replications: 5, hasItself }))

  it('are as many in each look, none of them scouted in', () => {
    for (const look of looks) {
      expect(new Set(look).size).toBe(5)
      for (const replication of SCOUTED) expect(look).not.toContain(replication)
    }
  })

  it('are never those of another look, but for the trace itself, which all have', () => {
    const all = looks.flat()
    const shared = all.filter((replication, i) => all.indexOf(replication) !== i)
    expect(shared).toEqual(hasItself ? [0, 0, 0] : [])
    expect(looks[0][0]).toBe(0)
  })

  it('are all there are from 0 on', () => {
    const all = [...new Set([...SCOUTED, ...looks.flat()])].sort((a, b) => a - b)
    expect(all).toEqual([...all.keys()])
  })
})
