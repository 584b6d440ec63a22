import fc from 'fast-check'
import { expect, test } from 'vitest'
import { stream } from '../../src/core/random.ts'
import { blockStarts } from '../../src/statistics/block-bootstrap.ts'

test('as many blocks as fill the span, each beginning inside it', () => {
  const seconds = fc.double({ min: 1, max: 1e6, noNaN: true })
  fc.assert(
    fc.property(seconds, fc.double({ min: 1, max: 50, noNaN: true }), fc.nat(), (blockS, blocks, seed) => {
      const spanS = blockS * blocks
      const starts = blockStarts(spanS, blockS, stream(seed, 'blocks'))
      expect([Math.ceil(blocks), Math.ceil(blocks) + 1]).toContain(starts.length)
      expect(starts.length * blockS).toBeGreaterThanOrEqual(spanS * (1 - 1e-12))
      expect(starts.every(startS => startS >= 0 && startS < spanS)).toBe(true)
    }),
  )
})

test('every instant of the trace comes as often as any other, also its ends', () => {
  const hits = new Float64Array(10)
  for (let seed = 0; seed < 2000; seed++)
    for (const startS of blockStarts(100, 10, stream(seed, 'blocks')))
      for (let offsetS = 0.5; offsetS < 10; offsetS++) hits[Math.floor(((startS + offsetS) % 100) / 10)]++
  for (const count of hits) expect(Math.abs(count / 20_000 - 1)).toBeLessThan(0.08)
})

test('the same for the same seed, another for another', () => {
  const of = (seed: number) => [...blockStarts(3600, 60, stream(seed, 'blocks'))]
  expect(of(1)).toEqual(of(1))
  expect(of(1)).not.toEqual(of(2))
})

test.each([0, -1, 101, Number.NaN])('blocks of %d s do not make a trace of 100 s', blockS => {
  expect(() => blockStarts(100, blockS, Math.random)).toThrow(`blocks of ${blockS} s are not above 0`)
})
