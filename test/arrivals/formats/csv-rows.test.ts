import { expect, test } from 'vitest'
import { type CsvRow, csvRows } from '../../../src/arrivals/formats/csv-rows.ts'
import { RowLog } from '../../../src/arrivals/formats/row-log.ts'
import { textInput } from './inputs.ts'

async function read(text: string, chunkBytes?: number) {
  const log = new RowLog('x.csv', 'test', 'skip')
  const rows: CsvRow[] = []
  for await (const some of csvRows(textInput(text, chunkBytes, 'x.csv').files[0], log, ['a', 'b'])) {
    rows.push(...some)
  }
  return { cells: rows.map(row => [row.cell('a'), row.cell('b')]), remarks: log.report().remarks }
}

const numbered = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, i) => [`${from + i}`, 'x'])
const lines = (rows: readonly (readonly string[])[]) => rows.map(row => row.join(','))

const ENDLESS = 'left out: a quoted cell does not end'
const MALFORMED = 'left out: quotes are malformed'

test.each([1, 50, 65_536])(
  'a quote that nothing closes costs its own line, by chunks of %i',
  async chunkBytes => {
    const text = ['a,b', ...lines(numbered(2, 9)), '10,"x', ...lines(numbered(11, 57))].join('\n')
    const { cells, remarks } = await read(text, chunkBytes)
    expect(cells).toEqual([...numbered(2, 9), ...numbered(11, 57)])
    expect(remarks).toEqual([{ what: ENDLESS, count: 1, first: 'x.csv:10' }])
  },
)

test('a quote that one in another row closes costs the line of each', async () => {
  const text = ['a,b', '2,"x', ...lines(numbered(3, 48)), '49,"x', ...lines(numbered(50, 60)), '61,"y"']
  const { cells, remarks } = await read(text.join('\n'))
  expect(cells).toEqual([...numbered(3, 48), ...numbered(50, 60), ['61', 'y']])
  expect(remarks).toEqual([
    { what: MALFORMED, count: 1, first: 'x.csv:2' },
    { what: ENDLESS, count: 1, first: 'x.csv:49' },
  ])
})

test('a quote that makes one row of another width out of many costs its own line', async () => {
  const { cells, remarks } = await read(['a,b', '"2,x', '3,x', '4",x,9', '5,"two', 'lines"'].join('\n'))
  expect(cells).toEqual([
    ['3', 'x'],
    ['5', 'two\nlines'],
  ])
  expect(remarks.reduce((sum, { count }) => sum + count, 0)).toBe(2)
})
