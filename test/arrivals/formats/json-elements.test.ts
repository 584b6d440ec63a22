import fc from 'fast-check'
import { expect, test } from 'vitest'
import { jsonElements } from '../../../src/arrivals/formats/json-elements.ts'
import { RowLog } from '../../../src/arrivals/formats/row-log.ts'
import { bytesOf } from '../sources.ts'
import { cutInput } from './inputs.ts'

async function cut(text: string, chunkBytes = 65_536, onBadRow: 'fail' | 'skip' = 'fail') {
  const log = new RowLog('x.json', 'test', onBadRow)
  const elements: { place: string; value: unknown }[] = []
  const file = { path: 'x.json', open: () => bytesOf(text, chunkBytes, 'x.json') }
  for await (const some of jsonElements(file, log)) elements.push(...some)
  return { elements, values: elements.map(({ value }) => value), remarks: log.report().remarks }
}

const anyObject = fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue({ maxDepth: 3 }))

test('elements are those of the array, or the lines, whatever is in them and wherever chunks are cut', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyObject, { minLength: 1, maxLength: 6 }),
      fc.integer({ min: 1, max: 50 }),
      fc.constantFrom(undefined, 1, '\t'),
      async (values, chunkBytes, indent) => {
        const expected = JSON.parse(JSON.stringify(values))
        expect((await cut(JSON.stringify(values, undefined, indent), chunkBytes)).values).toEqual(expected)
        const lines = values.map(value => JSON.stringify(value, undefined, indent)).join('\n')
        expect((await cut(lines, chunkBytes)).values).toEqual(expected)
      },
    ),
    { seed: 1, numRuns: 300 },
  )
})

test('elements of an array are placed by their number, others by their line', async () => {
  const places = async (text: string) => (await cut(text)).elements.map(({ place }) => place)
  expect(await places('[{}, {}]')).toEqual(['x.json, element 1', 'x.json, element 2'])
  expect(await places('{}\n\n{\n"a": 1}\n{}')).toEqual(['x.json:1', 'x.json:3', 'x.json:5'])
})

test('numbers and words are elements too', async () => {
  for (const chunkBytes of [1, 3, 100]) {
    expect((await cut('[1, "a]b", null,2.5,[3]]', chunkBytes)).values).toEqual([1, 'a]b', null, 2.5, [3]])
    expect((await cut('1\n"x"\ntrue\n', chunkBytes)).values).toEqual([1, 'x', true])
  }
})

test('what is not JSON is told with its place, and the rest is read', async () => {
  await expect(cut('[{}, {"a": x}]')).rejects.toThrow('x.json, element 2: is not JSON: "{\\"a\\": x}"')
  const { values, remarks } = await cut('{"a": 1}\n{"b": [}\n{"c": 3}', 5, 'skip')
  expect(values).toEqual([{ a: 1 }, { c: 3 }])
  expect(remarks).toEqual([{ what: 'left out: is not JSON', count: 1, first: 'x.json:2' }])
})

test('a file without any element is empty', async () => {
  for (const text of ['', ' \n', '[]']) await expect(cut(text)).rejects.toThrow('x.json: is empty')
})

test.each([
  ['[{"a": 1}, {"a": 2}, {"a": ', 'x.json, element 3'],
  ['[{"a": 1}, {"a": 2}, ', 'x.json, element 3'],
  ['{"a": 1}\n{"a": 2}\n{"a', 'x.json:3'],
])('bytes that fail after %j cost the element there', async (text, place) => {
  const elementsOf = async (onBadRow: 'fail' | 'skip') => {
    const log = new RowLog('x.json', 'test', onBadRow)
    const values: unknown[] = []
    for await (const some of jsonElements(cutInput(text, 'x.json').files[0], log)) {
      values.push(...some.map(({ value }) => value))
    }
    return { values, remarks: log.report().remarks }
  }
  const { values, remarks } = await elementsOf('skip')
  expect(values).toEqual([{ a: 1 }, { a: 2 }])
  expect(remarks).toEqual([{ what: 'left out: the gzip data end too early', count: 1, first: place }])
  await expect(elementsOf('fail')).rejects.toThrow(`${place}: the gzip data end too early; --on-bad-row skip`)
})

test('bytes that fail before anything has begun fail, whatever is to be skipped', async () => {
  const elements = jsonElements(cutInput(' ', 'x.json').files[0], new RowLog('x.json', 'test', 'skip'))
  await elements.next()
  await expect(elements.next()).rejects.toThrow('x.json: the gzip data end too early')
})
