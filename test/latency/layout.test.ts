import { describe, expect, it } from 'vitest'
import { attentionTp, dealOf, devicesOf, placesOf } from '../../src/latency/layout.ts'
import { BF16 } from './cases.ts'

const LAYOUTS = [
  { tp: 1, ...BF16 },
  { tp: 2, ...BF16, pp: 3 },
  { tp: 8, ...BF16, attentionDp: 4 },
  { tp: 8, ...BF16, attentionDp: 8, pp: 2 },
]

describe.each(LAYOUTS)('tp $tp, pp $pp, attention dp $attentionDp', layout => {
  it('deals members like cards: to micro-batches, then to their ranks', () => {
    for (let members = 1; members <= 3 * placesOf(layout); members++) {
      const taken = new Set<string>()
      const microBatches = new Set<number>()
      for (let member = 0; member < members; member++) {
        const microBatch = member % layout.pp
        const rank = Math.floor(member / layout.pp) % layout.attentionDp
        microBatches.add(microBatch)
        if (microBatch === 0) taken.add(`${microBatch}/${rank}`)
      }
      expect(dealOf(layout, members)).toEqual({ microBatches: microBatches.size, ranks: taken.size })
    }
  })

  it('fills its places and no more', () => {
    const { microBatches, ranks } = dealOf(layout, 10_000)
    expect(microBatches * ranks).toBe(placesOf(layout))
    expect(dealOf(layout, placesOf(layout))).toEqual({ microBatches, ranks })
  })

  it('is one place for no members, which is how an empty step is priced', () => {
    expect(dealOf(layout, 0)).toEqual({ microBatches: 1, ranks: 1 })
  })
})

it('counts the devices of all stages, and those that share a sequence', () => {
  expect(devicesOf({ tp: 8, ...BF16, pp: 3 })).toBe(24)
  expect(attentionTp({ tp: 8, ...BF16, attentionDp: 4 })).toBe(2)
})
