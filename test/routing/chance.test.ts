import { expect, it } from 'vitest'
import { UserError } from '../../src/core/errors.ts'
import { withoutChance } from '../../src/routing/chance.ts'

const ASKED: readonly (readonly [string, () => unknown])[] = [
  ['Math.random', () => Math.random()],
  ['performance.now', () => performance.now()],
  ['Date.now', () => Date.now()],
  ['new Date()', () => new Date()],
  ['Date()', () => Date()],
]

it('forbids chance and the clock while it is to, and gives them back', () => {
  const before = [Math.random, performance.now, Date, Date.now]
  let isForbidden = true
  const takeBack = withoutChance(() => isForbidden)
  try {
    for (const [name, ask] of ASKED) {
      expect(ask, name).toThrow(UserError)
      expect(ask, name).toThrow(`asked ${name} at chance.test.ts:`)
    }
    const told = new Date(2000, 1)
    expect([told instanceof Date, told.getFullYear(), Date.UTC(1970, 0)]).toEqual([true, 2000, 0])
    isForbidden = false
    for (const [, ask] of ASKED) expect(ask).not.toThrow()
    expect(new Date()).toBeInstanceOf(Date)
  } finally {
    takeBack()
  }
  expect([Math.random, performance.now, Date, Date.now]).toEqual(before)
  expect(Object.hasOwn(performance, 'now')).toBe(false)
})
