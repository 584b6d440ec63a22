import { expect, test } from 'vitest'
import { numberDict } from '../../../src/arrivals/formats/python-dict.ts'

test.each([
  ['{}', [], []],
  ['{ }', [], []],
  ['{9: 0.0067, 163: 2e-05}', [9, 163], [0.0067, 2e-5]],
  ['{1: 1.0,}', [1], [1]],
  ['{0.25:1,0.5 : 3 }', [0.25, 0.5], [1, 3]],
  [' {-1: 1E+2} ', [-1], [100]],
])('%s is a dict of numbers', (text, keys, values) => {
  expect(numberDict(text)).toEqual({ keys, values })
})

test.each([
  '',
  '[]',
  '{1}',
  '{1: 2',
  '{1: 2}}',
  '{1: 2} 3',
  '{"1": 2}',
  '{1: x}',
  '{,}',
  '{1: 1,, 2: 1}',
  '{1.2.3: 1}',
  'exit()',
])('%s is none', text => {
  expect(numberDict(text)).toBeUndefined()
})
