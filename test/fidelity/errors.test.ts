import { describe, expect, it } from 'vitest'
import { groupsOf, summary, type Tested } from '../../src/fidelity/errors.ts'

function tested(predicted: number, changes: Partial<Tested> = {}): Tested {
  return {
    ...{
      test: 'power',
      place: 'a.csv:2',
      source: 'me',
      device: 'd',
      model: 'm',
      engine: 'e',
      weights: 'bf16',
    },
    ...{ metric: 'W', measured: 100, predicted, detail: '', basis: '', family: '', ...changes },
  }
}

describe('errors', () => {
  it('are means of what is off either way, beside the mean of both ways', () => {
    const [group] = groupsOf([tested(110), tested(70)])
    expect(group).toMatchObject({ count: 2, device: 'd', metric: 'W', doubt: '' })
    expect(group.mean).toBeCloseTo(0.2, 12)
    expect(group.bias).toBeCloseTo(-0.1, 12)
    expect(group.p90).toBeCloseTo(0.3, 12)
  })

  it('have a 90th percentile that nine of ten do not exceed', () => {
    expect(summary([1, 2, 3, 4, 5, 6, 7, 8, 9, -10]).p90).toBe(9)
    expect(summary([0.5]).p90).toBe(0.5)
  })

  it('are grouped by all that tells groups apart, doubtful ones by themselves', () => {
    const apart = [
      { device: 'x' },
      { model: 'x' },
      { engine: 'x' },
      { weights: 'x' },
      { metric: 'x' },
      { test: 'x' },
    ]
    const groups = groupsOf([
      tested(1),
      tested(2, { doubt: 'why' }),
      ...apart.map(changes => tested(3, changes)),
    ])
    expect(groups).toHaveLength(8)
    const together = [{ place: 'b' }, { source: 'b' }, { detail: 'b' }]
    expect(groupsOf(together.map(changes => tested(1, changes)))).toHaveLength(1)
  })

  it('come in the order of their names', () => {
    const groups = groupsOf([
      tested(1, { device: 'b' }),
      tested(1, { device: 'a' }),
      tested(1, { device: 'b' }),
    ])
    expect(groups.map(({ device, count }) => [device, count])).toEqual([
      ['a', 1],
      ['b', 2],
    ])
  })
})
