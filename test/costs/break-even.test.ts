import { describe, expect, it } from 'vitest'
import { stream } from '../../src/core/random.ts'
import { breakEvenLoad, breakEvenPrice, type Cheaper, verdictOf } from '../../src/costs/break-even.ts'
import { type Choice, type Counting, usdPerHourOf, usdPerMtok } from '../../src/costs/choice.ts'
import { messageOf } from '../scenario/helpers.ts'

const small: Choice = {
  ...{ name: 'small', usdPerHour: 2, usdPerKwh: 0, idleWatts: 0, busyWatts: 0, mtokPerHour: 1 },
}
const large: Choice = { ...small, name: 'large', usdPerHour: 15, mtokPerHour: 10 }

/** $ an hour counted node by node, energy of each by how busy it is. */
function naiveUsd(load: number, choice: Choice, counting: Counting): number {
  let usd = 0
  let left = load
  do {
    const isPart = counting === 'divisible' && usd > 0 && left < choice.mtokPerHour
    const share = Math.min(1, left / choice.mtokPerHour)
    const watts = choice.idleWatts + share * (choice.busyWatts - choice.idleWatts)
    const partWatts = (left / choice.mtokPerHour) * choice.busyWatts
    usd += isPart
      ? (left / choice.mtokPerHour) * choice.usdPerHour + (partWatts / 1000) * choice.usdPerKwh
      : choice.usdPerHour + (watts / 1000) * choice.usdPerKwh
    left -= choice.mtokPerHour
  } while (left > 1e-9)
  return usd
}

function drawn(random: () => number, name: string): Choice {
  const idleWatts = 500 + 2000 * random()
  return {
    ...{ name, usdPerHour: 1 + 20 * random(), usdPerKwh: random() < 0.3 ? 0 : 0.3 * random(), idleWatts },
    ...{ busyWatts: idleWatts + 8000 * random(), mtokPerHour: 0.5 + 8 * random() },
  }
}

const COUNTINGS: readonly Counting[] = ['whole', 'divisible']

describe.each(COUNTINGS)('%s nodes', counting => {
  it('cost what they cost one by one', () => {
    const random = stream(1, 'costs')
    for (let i = 0; i < 200; i++) {
      const choice = drawn(random, 'x')
      const load = 40 * random() + 0.01
      expect(usdPerHourOf(load, choice, counting)).toBeCloseTo(naiveUsd(load, choice, counting), 8)
      expect(usdPerMtok(load, choice, counting)).toBeCloseTo(naiveUsd(load, choice, counting) / load, 8)
    }
  })

  it('change places where a scan of the loads says', () => {
    const random = stream(2, 'costs')
    let [several, changes] = [0, 0]
    for (let i = 0; i < 150; i++) {
      const [a, b] = [drawn(random, 'a'), drawn(random, 'b')]
      const found = breakEvenLoad(a, b, counting)
      const cheaperAt = (load: number): Cheaper =>
        found.crossings.findLast(({ mtokPerHour }) => mtokPerHour < load)!.cheaper
      const wrong: number[] = []
      for (let load = 0.0137; load < 60; load += 0.0731) {
        const difference = naiveUsd(load, a, counting) - naiveUsd(load, b, counting)
        const isClear = Math.abs(difference) > 1e-6
        if (isClear && cheaperAt(load) !== (difference > 0 ? 'b' : 'a')) wrong.push(load)
      }
      expect(wrong, JSON.stringify([a, b])).toEqual([])
      changes += found.crossings.length > 1 ? 1 : 0
      several += found.crossings.length > 2 ? 1 : 0
    }
    expect(changes).toBeGreaterThan(20)
    if (counting === 'whole') expect(several).toBeGreaterThan(10)
  })

  it('cost the same at the break-even price', () => {
    const random = stream(3, 'costs')
    for (let i = 0; i < 200; i++) {
      const [a, b] = [drawn(random, 'a'), drawn(random, 'b')]
      const load = 30 * random() + 0.01
      const usdPerHour = breakEvenPrice(a, { ...b, usdPerHour: Number.NaN }, load, counting)
      if (usdPerHour < 0) {
        expect(naiveUsd(load, { ...b, usdPerHour: 0 }, counting)).toBeGreaterThan(naiveUsd(load, a, counting))
      } else {
        expect(naiveUsd(load, { ...b, usdPerHour }, counting)).toBeCloseTo(naiveUsd(load, a, counting), 8)
      }
    }
  })

  it('are cheaper always or never where they are so at every load', () => {
    const dear = { ...small, name: 'dear', usdPerHour: 3 }
    expect(breakEvenLoad(dear, small, counting)).toMatchObject({ aUntilMtokPerHour: 0, bFromMtokPerHour: 0 })
    expect(breakEvenLoad(small, dear, counting)).toMatchObject({
      crossings: [{ mtokPerHour: 0, cheaper: 'a' }],
      bFromMtokPerHour: Number.POSITIVE_INFINITY,
    })
  })

  it('cost the same as themselves', () => {
    expect(breakEvenLoad(small, small, counting).crossings).toEqual([{ mtokPerHour: 0, cheaper: 'neither' }])
  })

  it('are compared only where all is known', () => {
    const unknown = { ...large, usdPerHour: Number.NaN }
    expect(messageOf(() => breakEvenLoad(small, unknown, counting))).toBe('large: usdPerHour is not known')
    const idle = { ...large, mtokPerHour: 0 }
    expect(messageOf(() => breakEvenLoad(small, idle, counting))).toBe('large: mtokPerHour is 0; must be > 0')
  })
})

it('divisible nodes cross once: the large one is cheaper above what its price buys of the small', () => {
  const { crossings, bFromMtokPerHour } = breakEvenLoad(small, large, 'divisible')
  expect(crossings.map(({ cheaper }) => cheaper)).toEqual(['a', 'b'])
  expect(bFromMtokPerHour).toBeCloseTo(7.5, 12)
})

it('whole nodes cross several times: past each node of the large one the small are cheaper for a while', () => {
  const { crossings, aUntilMtokPerHour, bFromMtokPerHour } = breakEvenLoad(small, large, 'whole')
  expect(crossings.map(({ mtokPerHour, cheaper }) => [mtokPerHour, cheaper])).toEqual([
    [0, 'a'],
    [7, 'b'],
    [10, 'a'],
    [14, 'neither'],
    [15, 'b'],
    [20, 'a'],
    [22, 'b'],
  ])
  expect(aUntilMtokPerHour).toBe(7)
  expect(bFromMtokPerHour).toBe(22)
})

it('says whether the second is cheaper always, never, above a load or only between loads', () => {
  const verdict = (a: Choice, b: Choice) => verdictOf(breakEvenLoad(a, b, 'whole'))
  const dear = { ...small, usdPerHour: 3 }
  expect(verdict(dear, small)).toBe('always')
  expect(verdict(small, dear)).toBe('never')
  expect(verdict(small, small)).toBe('never')
  expect(verdict(small, large)).toBe('above')
  expect(verdict(large, small)).toBe('between')
})

it('says that counting through is not complete where full nodes cost the same', () => {
  const twice = { ...small, name: 'twice', usdPerHour: 4, mtokPerHour: 2 }
  expect(breakEvenLoad(small, twice, 'whole').isComplete).toBe(false)
  expect(breakEvenLoad(small, large, 'whole').isComplete).toBe(true)
})

describe('loads in other units', () => {
  const one = (name: string, usdPerHour: number, mtokPerHour: number): Choice => ({
    ...small,
    ...{ name, usdPerHour, mtokPerHour },
  })
  const inUnits = (unit: number, [sizeA, sizeB, usd]: readonly [number, number, number]) =>
    breakEvenLoad(one('a', 1, sizeA / unit), one('b', usd, sizeB / unit), 'whole')

  it('leave no sliver where multiples of both sizes are one load but for rounding', () => {
    // At 13.5 five of a are full for 5; from there on six cost 6, and five of b 5.5. At 29.7 both are just full.
    expect(inUnits(10, [27, 33, 1.1]).bFromMtokPerHour).toBeCloseTo(13.5, 9)
  })

  it('cross where they cross in whole numbers, which have no rounding', () => {
    for (let a = 1; a < 40; a += 2)
      for (let b = 1; b < 40; b += 2)
        for (const usd of [0.7, 1.1, 1.6, 2.3]) {
          const [whole, tenths] = [inUnits(1, [a, b, usd]), inUnits(10, [a, b, usd])]
          if (!whole.isComplete) continue
          const told = ({ crossings }: typeof whole) => crossings.map(({ cheaper }) => cheaper)
          expect(told(tenths), `${a}, ${b}, ${usd}`).toEqual(told(whole))
          expect(10 * tenths.crossings.at(-1)!.mtokPerHour).toBeCloseTo(
            whole.crossings.at(-1)!.mtokPerHour,
            6,
          )
        }
  })
})
