import { describe, expect, test } from 'vitest'
import { SORT_ROWS } from '../../../src/arrivals/formats/rows.ts'
import { UserError } from '../../../src/core/errors.ts'
import { stream } from '../../../src/core/random.ts'
import { azureSource, bytesOf, HEADER, rowsOf, secondsTrace, stampOf } from '../sources.ts'

async function read(text: string, chunkBytes?: number) {
  return (await rowsOf(azureSource(bytesOf(text, chunkBytes)))).map(row => row.slice(0, 3))
}

function trace(...rows: string[]): string {
  return [HEADER, ...rows].join('\n')
}

describe('the Azure format', () => {
  test('keeps microseconds and counts from the first arrival', async () => {
    const text = trace('2023-11-16 18:17:03.9799600,4808,10', '2023-11-16 18:17:04.0319610,3180,8')
    expect(await read(text)).toEqual([
      [0, 4808, 10],
      [0.052001, 3180, 8],
    ])
  })

  test('is read as UTC whatever the time zone of the machine, across midnight and leap days', async () => {
    const zone = process.env.TZ
    process.env.TZ = 'America/New_York'
    try {
      const text = trace(
        '2024-02-28 23:59:59.0000000,1,1',
        '2024-02-29 00:00:00.0000000,1,1',
        '2024-03-10 02:30:00,1,1',
      )
      expect((await read(text)).map(row => row[0])).toEqual([0, 1, 1 + 10 * 86_400 + 9000])
    } finally {
      if (zone === undefined) delete process.env.TZ
      else process.env.TZ = zone
    }
  })

  test.each([
    ['no fraction', '2024-05-12 00:00:01'],
    ['a short fraction', '2024-05-12 00:00:01.0'],
    ['an offset of zero', '2024-05-12 00:00:01.000000+00:00'],
    ['the letters T and Z', '2024-05-12T00:00:01.000Z'],
  ])('takes times with %s', async (_, stamp) => {
    expect(await read(trace('2024-05-12 00:00:00.0000000,1,1', `${stamp},1,1`))).toEqual([
      [0, 1, 1],
      [1, 1, 1],
    ])
  })

  test.each([1, 2, 3, 61, 1000])('does not depend on where chunks of %i bytes are cut', async chunkBytes => {
    expect(await read(secondsTrace(300, '\r\n'), chunkBytes)).toEqual(await read(secondsTrace(300)))
  })

  test('ends with or without a newline, or with blank lines', async () => {
    const rows = await read(secondsTrace(5))
    expect(rows).toHaveLength(5)
    for (const end of ['\n', '\r\n', '\n\n\r\n']) expect(await read(secondsTrace(5) + end)).toEqual(rows)
  })

  test('finds columns by name and passes over others', async () => {
    const text =
      '\uFEFFGeneratedTokens,NumImages,TIMESTAMP,ContextTokens\r\n7,a b,2023-11-16 00:00:00.0,9\r\n8,,2023-11-16 00:00:02.0,10'
    expect(await read(text)).toEqual([
      [0, 9, 7],
      [2, 10, 8],
    ])
  })

  test('a single request arrives at 0 s', async () => {
    expect(await read(trace('2023-11-16 00:00:00.0,9,7'))).toEqual([[0, 9, 7]])
  })

  test('puts late rows in order, rows of one time as they came', async () => {
    const at = (second: number, id: number) => `${stampOf(second)},${id},1`
    const text = trace(at(5, 1), at(3, 2), at(3, 3), at(5, 4), at(2, 5), at(3, 6), at(9, 7), at(5, 8))
    expect((await read(text)).map(row => row.slice(0, 2))).toEqual([
      [0, 5],
      [1, 2],
      [1, 3],
      [1, 6],
      [3, 1],
      [3, 4],
      [3, 8],
      [7, 7],
    ])
  })

  test('equals a stable sort on random times within the look-ahead', async () => {
    const random = stream(1, 'test')
    const rows = Array.from({ length: 6000 }, (_, i) => ({
      second: Math.max(0, (i >> 2) - Math.floor(random() * 200)),
      id: i + 1,
    }))
    const text = trace(...rows.map(({ second, id }) => `${stampOf(second)},${id},1`))
    const sorted = [...rows].sort((a, b) => a.second - b.second).map(row => row.id)
    expect((await read(text)).map(row => row[1])).toEqual(sorted)
  })

  test('takes a row that is as late as it may be, and no later', async () => {
    const early = `${stampOf(0)},1,1`
    const rows = Array.from({ length: SORT_ROWS + 1 }, (_, i) => `${stampOf(i + 1)},2,1`)
    expect((await read(trace(...rows.slice(1), early)))[0]).toEqual([0, 1, 1])
    const tied = `${stampOf(1)},3,1`
    expect((await read(trace(...rows, tied))).slice(0, 3).map(row => row[1])).toEqual([2, 3, 2])
    await expect(read(trace(...rows, early))).rejects.toThrow(
      'x.csv:1027: TIMESTAMP is "2023-11-16 00:00:00.5000000"; must not be before that of a row more than 1024 rows earlier',
    )
  })
})

const SKIP = '; --on-bad-row skip leaves such rows out and counts them'
const GOOD = '2023-11-16 00:00:00.5000000,5,5'
const FORM = 'must be YYYY-MM-DD HH:MM:SS with at most 7 decimals, in UTC'

describe('a mistake in the file is told with its place, value and bound', () => {
  test.each([
    ['', 'x.csv: is empty; must have at least 1 row'],
    [HEADER, 'x.csv: has no rows; must have at least 1'],
    [`${HEADER}\r\n`, 'x.csv: has no rows; must have at least 1'],
    [
      `TIMESTAMP,ContextTokens\n`,
      'x.csv:1: column GeneratedTokens is missing; the header has TIMESTAMP,ContextTokens',
    ],
    [`${HEADER},TIMESTAMP\n`, 'x.csv:1: column TIMESTAMP comes 2 times; must come once'],
    [trace(GOOD, '2023-11-16 00:00:00,5'), `x.csv:3: has 2 fields; must have 3 (${HEADER})`],
    [trace(GOOD, '2023-11-16 00:00:00,5,5,5'), `x.csv:3: has 4 fields; must have 3 (${HEADER})`],
    [trace('hello'), `x.csv:2: has 1 field; must have 3 (${HEADER})`],
    [trace(GOOD, '', GOOD), 'x.csv:3: is blank; must be a row'],
    [trace(GOOD, '2023-11-16 00:00:00,-3,5'), 'x.csv:3: ContextTokens is -3; must be a whole number >= 1'],
    [trace(GOOD, '2023-11-16 00:00:00,0,5'), 'x.csv:3: ContextTokens is 0; must be a whole number >= 1'],
    [
      trace(GOOD, '2023-11-16 00:00:00,5,0'),
      'x.csv:3: GeneratedTokens is 0; must be a whole number >= 1; --zero-output drop leaves such rows out, one gives them one token',
    ],
    [
      trace(GOOD, '2023-11-16 00:00:00,5,1.5'),
      'x.csv:3: GeneratedTokens is 1.5; must be a whole number >= 0',
    ],
    [
      trace(GOOD, '2023-11-16 00:00:00,five,5'),
      'x.csv:3: ContextTokens is "five"; must be a whole number >= 1',
    ],
    [
      trace(GOOD, '2023-11-16 00:00:00,NaN,5'),
      'x.csv:3: ContextTokens is "NaN"; must be a whole number >= 1',
    ],
    [trace(GOOD, '2023-11-16 00:00:00, 5,5'), 'x.csv:3: ContextTokens is " 5"; must be a whole number >= 1'],
    [trace(GOOD, '2023-11-16 00:00:00,,5'), 'x.csv:3: ContextTokens is ""; must be a whole number >= 1'],
    [trace(GOOD, '2023-11-16 00:00:00,5,'), 'x.csv:3: GeneratedTokens is ""; must be a whole number >= 0'],
    [
      trace(GOOD, '2023-11-16 00:00:00,5,3000000000'),
      'x.csv:3: GeneratedTokens is 3000000000; must be a whole number <= 2147483647',
    ],
    [
      trace(GOOD, `2023-11-16 00:00:00,${'9'.repeat(400)},5`),
      `x.csv:3: ContextTokens is ${'9'.repeat(400)}; must be a whole number <= 2147483647`,
    ],
    [trace(GOOD, 'now,5,5'), `x.csv:3: TIMESTAMP is "now"; ${FORM}`],
    [trace(GOOD, '2023-02-29 00:00:00,5,5'), `x.csv:3: TIMESTAMP is "2023-02-29 00:00:00"; ${FORM}`],
    [trace(GOOD, '2023-13-01 00:00:00,5,5'), `x.csv:3: TIMESTAMP is "2023-13-01 00:00:00"; ${FORM}`],
    [trace(GOOD, '2023-11-16 24:00:00,5,5'), `x.csv:3: TIMESTAMP is "2023-11-16 24:00:00"; ${FORM}`],
    [trace(GOOD, '2023-11-16 00:00:60,5,5'), `x.csv:3: TIMESTAMP is "2023-11-16 00:00:60"; ${FORM}`],
    [trace(GOOD, '2023-11-16 00:00:00.,5,5'), `x.csv:3: TIMESTAMP is "2023-11-16 00:00:00."; ${FORM}`],
    [
      trace(GOOD, '2023-11-16 00:00:00.12345678,5,5'),
      `x.csv:3: TIMESTAMP is "2023-11-16 00:00:00.12345678"; ${FORM}`,
    ],
    [
      trace(GOOD, '2023-11-16 00:00:00+01:00,5,5'),
      `x.csv:3: TIMESTAMP is "2023-11-16 00:00:00+01:00"; ${FORM}`,
    ],
    [trace(GOOD, '2023-11-16,5,5'), `x.csv:3: TIMESTAMP is "2023-11-16"; ${FORM}`],
    ['a'.repeat(2 ** 21), 'x.csv:1: line is longer than 1048576 bytes'],
  ])('%j', async (text, message) => {
    for (const chunkBytes of [1 << 16, ...(text.length < 1000 ? [1] : [])]) {
      const error = await read(text, chunkBytes).catch(error => error)
      expect(error).toBeInstanceOf(UserError)
      expect(error.message).toBe(/^x\.csv:([2-9]|\d\d)|is longer/.test(message) ? message + SKIP : message)
    }
  })

  test('counts lines with carriage returns and beyond the first block', async () => {
    const text = `${secondsTrace(9000, '\r\n')}\r\n2023-11-16 09:00:00,x,1\r\n`
    await expect(read(text)).rejects.toThrow('x.csv:9002: ContextTokens is "x"; must be a whole number >= 1')
  })
})
