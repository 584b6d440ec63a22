import { describe, expect, it } from 'vitest'
import { loadGrid, loadRange, severalOf, shareOf } from '../../src/cli/loads.ts'

describe('loads on the command line', () => {
  it('are a range, or a grid with both ends and no digits of rounding', () => {
    expect(loadRange('0.05:1.2')).toEqual([0.05, 1.2])
    expect(loadGrid('0.1:1.1:11')).toEqual([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.1])
    expect(loadGrid('1:2:2')).toEqual([1, 2])
  })

  it.each([
    ['0.1', /two loads, such as/],
    ['0.1:1:3', /two loads, such as/],
    [':1', /two loads, such as/],
    ['0.1:Infinity', /two loads, such as/],
    ['0:1', /> 0 and below the second/],
    ['1:1', /> 0 and below the second/],
  ])('are no range: %s', (text, says) => expect(() => loadRange(text)).toThrow(says))

  it.each([
    ['0.1:1', /two loads and a count/],
    ['low:high:3', /two loads and a count/],
    ['1:0.5:3', /> 0 and below the second/],
    ['0.5:1:1', /from 2 to 1000/],
    ['0.5:1:2.5', /from 2 to 1000/],
    ['0.5:1:1001', /from 2 to 1000/],
  ])('are no grid: %s', (text, says) => expect(() => loadGrid(text)).toThrow(says))
})

describe('how many replications, and how sure', () => {
  it('is two or more, and between 0 and 1', () => {
    expect([severalOf('2'), shareOf('0.95')]).toEqual([2, 0.95])
    for (const text of ['1', '-2', '2.5', '', 'two']) expect(() => severalOf(text), text).toThrow(/>= 2/)
    for (const text of ['0', '1', '95', '', 'most']) expect(() => shareOf(text), text).toThrow(/> 0 and < 1/)
  })
})
