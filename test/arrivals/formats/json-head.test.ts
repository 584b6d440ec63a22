import { expect, test } from 'vitest'
import { jsonHead, numbersAfter } from '../../../src/arrivals/formats/json-head.ts'

const keys = (text: string) => Array.from(jsonHead(text)?.keys ?? [])

test('names are those of the first object, not of what lies in it', () => {
  expect(keys('{"a": {"x": [1, {"y": 2}]}, "b": "c\\"}, \\\\", "d" : [], "e": -1.5e3}\n{"f": 1}')).toEqual([
    ...['a', 'b', 'd', 'e'],
  ])
  expect(jsonHead('\ufeff [\n {"a": 1}, {"b": 2}]')).toEqual({ inArray: true, keys: new Set(['a']) })
})

test('a text that breaks off has the names up to there', () => {
  const text = '{"a": [1, 2], "b": "long text", "c": {"d": 1}}'
  const found = Array.from(text, (_, length) => keys(text.slice(0, length)).join(''))
  expect(found.every(names => 'abc'.startsWith(names))).toBe(true)
  expect(found.at(-1)).toBe('abc')
  expect(keys('{"a": 1, "b": [[1, 2')).toEqual(['a', 'b'])
})

test.each(['', 'a,b\n1,2', '[1, 2]', '"{"', '[]'])('%j begins with no object', text => {
  expect(jsonHead(text)).toBeUndefined()
})

test('a name is found behind a text of the whole head', () => {
  expect(keys(`{"prompt": "${'\\"x'.repeat(30_000)}", "n": 1}`)).toEqual(['prompt', 'n'])
})

test('numbers after a name are as they are written', () => {
  const text =
    '{"timestamp": 0, "t": 1}\n{"timestamp":1.50,"x":2}\n{"timestamp": "5"}\n{"timestamp": -2e3}\n{"timestamp": 12'
  expect(numbersAfter(text, 'timestamp')).toEqual(['0', '1.50', '-2e3'])
})
