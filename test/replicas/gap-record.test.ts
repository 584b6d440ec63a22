import { expect, test } from 'vitest'
import { below, stream } from '../../src/core/random.ts'
import { GapRecord } from '../../src/replicas/gap-record.ts'

test.each([1, 5, 200])('tells the longest gap since any epoch, of gaps in %i sizes', sizes => {
  const random = stream(sizes, 'gap-record')
  const record = new GapRecord()
  let seen: { epoch: number; gapS: number }[] = []
  let epoch = 0
  for (let turn = 0; turn < 4000; turn++) {
    epoch += below(random, 3)
    // Gaps that mostly fall make a long staircase.
    const gapS = 1 + below(random, sizes) + (turn % 1000 < 300 ? 1000 - (turn % 1000) : 0)
    record.push(epoch, gapS)
    seen.push({ epoch, gapS })
    for (const since of [epoch - below(random, 300), epoch, epoch + 1]) {
      const gaps = seen.filter(gap => gap.epoch >= since).map(gap => gap.gapS)
      expect(record.worstSince(since)).toBe(gaps.length === 0 ? 0 : Math.max(...gaps))
    }
    if (random() < 0.002) {
      record.clear()
      seen = []
    }
  }
})
