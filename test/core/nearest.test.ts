import { describe, expect, it } from 'vitest'
import { editDistance, nearest, suggestion } from '../../src/core/nearest.ts'

describe('editDistance', () => {
  it.each([
    ['', '', 0],
    ['', 'abc', 3],
    ['abc', '', 3],
    ['kitten', 'sitting', 3],
    ['ab', 'ba', 1],
    ['a cat', 'an act', 2],
    ['random', 'ramdon', 2],
  ])('from %j to %j is %i', (a, b, distance) => {
    expect(editDistance(a, b)).toBe(distance)
    expect(editDistance(b, a)).toBe(distance)
  })
})

describe('nearest', () => {
  it('puts the best first, takes case lightly and leaves far names out', () => {
    expect(nearest('Pool', ['pools', 'pool', 'random'])).toEqual(['pool', 'pools'])
    expect(nearest('xyzzy', ['pool', 'random'])).toEqual([])
  })
})

describe('suggestion', () => {
  it('falls back on all names, and says when there are none', () => {
    expect(suggestion('randm', ['pool', 'random'])).toBe('did you mean random?')
    expect(suggestion('xyzzy', ['pool', 'random'])).toBe('known: pool, random')
    expect(suggestion('p99_ttft', ['ttft_p50_s', 'tpot_p99_s', 'ttft_p99_s', 'usd'])).toMatch(
      /^did you mean ttft_p99_s\b/,
    )
    expect(suggestion('xyzzy', [])).toBe('there are none')
  })
})
