import { describe, expect, test } from 'vitest'
import { stream } from '../../src/core/random.ts'
import { bytesAfterPrefill } from '../../src/links/overlap.ts'

/** Layer after layer: each is sent once it is computed and the one before it has been. */
function naiveBytesLeft(bytes: number, layers: number, lastStepS: number, bytesPerS: number): number {
  let sentS = 0
  let left = bytes
  for (let layer = 1; layer < layers; layer++) {
    const startS = Math.max(sentS, (layer * lastStepS) / layers)
    sentS = startS + bytes / layers / bytesPerS
    left -= Math.min(bytes / layers, Math.max(0, lastStepS - startS) * bytesPerS)
  }
  return left
}

describe.each([1, 2, 32, 80])('%i layers', layers => {
  test('leave what is left when each is sent after it has been computed', () => {
    const random = stream(layers, 'overlap')
    for (let turn = 0; turn < 500; turn++) {
      const bytes = 1 + random() * 1e9
      const lastStepS = random() * 0.2
      const bytesPerS = 10 ** (8 + 3 * random())
      const left = bytesAfterPrefill({ bytes, layers, lastStepS, bytesPerS })
      expect(Math.abs(left - naiveBytesLeft(bytes, layers, lastStepS, bytesPerS))).toBeLessThanOrEqual(
        1e-9 * bytes,
      )
      expect(left).toBeGreaterThanOrEqual(bytes / layers)
      expect(left).toBeLessThanOrEqual(bytes)
    }
  })
})

test('a link that keeps up has the last layer left, a slow one nearly everything', () => {
  const prompt = { bytes: 1024, layers: 8, lastStepS: 1 }
  expect(bytesAfterPrefill({ ...prompt, bytesPerS: 1024 })).toBe(128)
  expect(bytesAfterPrefill({ ...prompt, bytesPerS: 64 })).toBe(1024 - 56)
  expect(bytesAfterPrefill({ ...prompt, layers: 1, bytesPerS: 1e12 })).toBe(1024)
})
