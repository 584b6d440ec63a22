import { expect, test } from 'vitest'
import type { Bytes } from '../../../src/arrivals/bytes.ts'
import { opened } from '../../../src/arrivals/formats/detect.ts'
import { readSource, readTexts, remarksOf } from './inputs.ts'

const GAPS = { kind: 'even', ratePerS: 1 } as const

function talk(...texts: readonly string[]): object {
  const turns = texts.map((value, i) => ({ from: i % 2 === 0 ? 'human' : 'gpt', value }))
  return { id: 'x_0', conversations: turns }
}

const GOOD = talk('a prompt of 22 letters', 'an answer [of {braces}, "quotes" \\ and é]')
const EXPECTED = { arrivalS: 0, inputTokens: 6, outputTokens: 11 }
const ESTIMATE = 'tokens of a text are estimated: one for every 4 characters'

test('the first two turns are prompt and output, in tokens of four characters', async () => {
  const read = await readTexts(JSON.stringify([GOOD, GOOD]), { gaps: GAPS })
  expect(read.report.format).toBe('sharegpt')
  expect(read.requests).toEqual([EXPECTED, { ...EXPECTED, arrivalS: 1 }])
  expect(remarksOf(read)).toEqual({ [ESTIMATE]: 4 })
})

test('it has no times, so a rate has to be given', async () => {
  await expect(readTexts(JSON.stringify([GOOD]))).rejects.toThrow(
    'sharegpt does not say here when requests come; give their rate',
  )
})

test.each([
  ['on one line', JSON.stringify([GOOD, GOOD, GOOD])],
  ['pretty-printed', JSON.stringify([GOOD, GOOD, GOOD], undefined, 2)],
  ['as JSON Lines', [GOOD, GOOD, GOOD].map(row => JSON.stringify(row)).join('\n')],
  [
    'as JSON Lines that end in CRLF',
    [GOOD, GOOD, GOOD, ''].map(row => row && JSON.stringify(row)).join('\r\n'),
  ],
  ['behind a byte order mark', `\ufeff${JSON.stringify([GOOD, GOOD, GOOD])}`],
])('%s, whatever the chunks', async (_, text) => {
  for (const chunkBytes of [1, 7, 4096]) {
    const { requests } = await readTexts(text, { gaps: GAPS }, 'auto', chunkBytes)
    expect(requests.map(({ inputTokens, outputTokens }) => [inputTokens, outputTokens])).toEqual([
      [6, 11],
      [6, 11],
      [6, 11],
    ])
  }
})

test('what a benchmark would leave out is left out and counted', async () => {
  const long = 'x'.repeat(4 * 1025)
  const talks = [
    talk('a prompt alone'),
    talk(),
    talk('tiny', 'a long enough answer'),
    talk('a long enough prompt', 'tiny'),
    talk(long, 'a long enough answer'),
    talk('x'.repeat(4096), 'x'.repeat(4 * 1025)),
    GOOD,
  ]
  const read = await readTexts(JSON.stringify(talks), { gaps: GAPS })
  expect(read.requests).toEqual([EXPECTED])
  expect(read.report.rows).toBe(7)
  expect(remarksOf(read)).toMatchObject({
    'left out: a conversation of fewer than 2 turns': 2,
    'left out: prompt or output of fewer than 4 tokens': 2,
    'left out: prompt above 1024 tokens': 1,
    'left out: more than 2048 tokens in all': 1,
  })
})

test('a conversation that the assistant begins is read by its order', async () => {
  const text = JSON.stringify([
    { conversations: (GOOD as { conversations: object[] }).conversations.toReversed() },
  ])
  const { requests } = await readTexts(text, { gaps: GAPS })
  expect(requests).toEqual([{ arrivalS: 0, inputTokens: 11, outputTokens: 6 }])
})

const options = { gaps: GAPS, onBadRow: 'skip' } as const

test.each([
  ['an element that is no conversation', JSON.stringify([GOOD, 17, GOOD]), 'element 2'],
  [
    'a turn without text',
    JSON.stringify([GOOD, { conversations: [{ from: 'gpt' }, {}] }, GOOD]),
    'element 2',
  ],
  ['an array that breaks off', JSON.stringify([GOOD, GOOD]).slice(0, -1), ':1'],
  ['an element that breaks off', JSON.stringify([GOOD, GOOD, GOOD]).slice(0, -30), 'element 3'],
])('%s is a bad row', async (_, text, place) => {
  await expect(readTexts(text, { gaps: GAPS })).rejects.toThrow(
    `trace${place.startsWith(':') ? '' : ', '}${place}`,
  )
  const read = await readTexts(text, options)
  expect(read.requests).toHaveLength(2)
  expect(read.report.rows).toBe(3)
})

test('after a line that breaks off reading goes on with the next', async () => {
  const line = JSON.stringify(GOOD)
  for (const broken of [line.slice(0, -1), line.slice(0, 40), line.slice(0, 60)]) {
    const read = await readTexts([line, broken, line, line].join('\n'), options)
    expect(read.requests).toHaveLength(3)
    expect(read.report.remarks.find(({ what }) => what === 'left out: is not JSON')).toMatchObject({
      count: 1,
      first: 'trace:2',
    })
  }
})

test('an element too long to be held is a bad row, and reading goes on behind it', async () => {
  const huge = `{"conversations": ["${'x'.repeat(1 << 20)}`
  const piece = new TextEncoder().encode('y'.repeat(1 << 20))
  const begin = new TextEncoder().encode(`[${JSON.stringify(GOOD)},${huge}`)
  const end = new TextEncoder().encode(`"]},${JSON.stringify(GOOD)}]`)
  const bytes = (): Bytes => {
    const chunks = [begin, ...Array.from({ length: 65 }, () => piece), end]
    return { name: 'x.json', read: async () => chunks.shift() ?? new Uint8Array(0), close() {} }
  }
  const input = { name: 'x.json', files: [{ path: 'x.json', open: bytes }] }
  await expect(readSource(opened(input, 'sharegpt', { gaps: GAPS }))).rejects.toThrow(
    'x.json, element 2: is longer than 67108864 bytes',
  )
  const read = await readSource(opened(input, 'sharegpt', options))
  expect(read.requests).toHaveLength(2)
  expect(remarksOf(read)).toMatchObject({ 'left out: is longer than 67108864 bytes': 1 })
})

test('a file far larger than memory for it is read element by element', async () => {
  const element = `${JSON.stringify(talk('p'.repeat(4000), 'o'.repeat(4000)))},`
  const chunk = new TextEncoder().encode(element.repeat(32))
  const chunks = 400
  const bytes = (): Bytes => {
    let left = chunks + 2
    return {
      name: 'huge.json',
      async read() {
        left--
        if (left === chunks + 1) return new TextEncoder().encode('[')
        if (left > 0) return chunk
        return new TextEncoder().encode(left === 0 ? `${element.slice(0, -1)}]` : '')
      },
      close() {},
    }
  }
  const input = { name: 'huge.json', files: [{ path: 'huge.json', open: bytes }] }
  const before = process.memoryUsage().heapUsed
  const { requests } = await readSource(opened(input, 'sharegpt', { gaps: GAPS }))
  expect(requests).toHaveLength(32 * chunks + 1)
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(60e6)
}, 30_000)
