import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, describe, expect, test } from 'vitest'
import { traceInput } from '../../../src/arrivals/file.ts'
import { formatOf, opened } from '../../../src/arrivals/formats/detect.ts'
import { formats } from '../../../src/arrivals/formats/registry.ts'
import { writers } from '../../../src/arrivals/writing/registry.ts'
import { writeTrace } from '../../../src/arrivals/writing/write.ts'
import { UserError } from '../../../src/core/errors.ts'
import { examples } from './examples/all.ts'
import type { Example } from './examples/example.ts'
import { type Read, readSource, readTexts, type Texts, textInput } from './inputs.ts'

const folder = mkdtempSync(join(tmpdir(), 'regatta-formats-'))
afterAll(() => rmSync(folder, { recursive: true }))
let folders = 0

/** Writes a trace to disk. */
function onDisk(texts: Texts, zip: boolean): string {
  const root = join(folder, String(folders++))
  const entries = typeof texts === 'string' ? [['trace', texts]] : Object.entries(texts)
  for (const [path, text] of entries) {
    const file = join(root, `${path}${zip ? '.gz' : ''}`)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, zip ? gzipSync(text) : text)
  }
  return typeof texts === 'string' ? join(root, `trace${zip ? '.gz' : ''}`) : root
}

function changed(texts: Texts, change: (text: string) => string): Texts {
  if (typeof texts === 'string') return change(texts)
  return Object.fromEntries(Object.entries(texts).map(([path, text]) => [path, change(text)]))
}

const all = Object.entries(examples).flatMap(([name, list]) =>
  list.map((example, i) => ({ name, example, title: i === 0 ? name : `${name} (${i + 1})` })),
)

test('every format has an example, and no two have a name or a description in common', () => {
  expect(Object.keys(examples).sort()).toEqual(Object.keys(formats).sort())
  const abouts = Object.values(formats).map(({ about }) => about)
  expect(new Set(abouts).size).toBe(abouts.length)
})

describe.each(all)('$title', ({ name, example }) => {
  const { texts, options = {}, rows } = example
  const expected = async () => (await readTexts(texts, options, name)).requests

  test('says what is in its example', async () => {
    const { requests, report } = await readTexts(texts, options, name)
    if (example.requests.length > 0) expect(requests).toEqual(example.requests)
    expect(requests.length).toBeGreaterThan(0)
    expect({ rows: report.rows, late: report.late >= 0, format: report.format }).toEqual({
      ...{ rows, late: true, format: name },
    })
  })

  test('is recognised by what is in it', async () => {
    expect(await formatOf(textInput(texts))).toBe(name)
    expect((await readTexts(texts, options)).requests).toEqual(await expected())
  })

  test.each([false, true])('reads from disk, zipped: %s', async zip => {
    const source = opened(traceInput(onDisk(texts, zip)), 'auto', options)
    expect((await readSource(source)).requests).toEqual(await expected())
  })

  test('reads with carriage returns, without a last newline and with blank lines behind it', async () => {
    for (const change of [
      (text: string) => text.replaceAll('\n', '\r\n'),
      (text: string) => text.replace(/\n$/, ''),
      (text: string) => `${text}\n\n`,
    ]) {
      expect((await readTexts(changed(texts, change), options)).requests).toEqual(await expected())
    }
  })

  test.each([1, 7, 4096])('does not depend on where chunks of %i bytes are cut', async chunkBytes => {
    expect((await readTexts(texts, options, 'auto', chunkBytes)).requests).toEqual(await expected())
  })

  test.each([1, 2, 3])('reads the same by blocks of %i', async capacity => {
    const read = await readSource(opened(textInput(texts), name, options), capacity)
    expect(read.requests).toEqual(await expected())
  })

  test('begins at 0 s, in order of time, with lengths from 1 on', async () => {
    const requests = await expected()
    expect(requests[0].arrivalS).toBe(0)
    for (const [i, { arrivalS, inputTokens, outputTokens }] of requests.entries()) {
      expect(arrivalS).toBeGreaterThanOrEqual(requests[Math.max(0, i - 1)].arrivalS)
      expect(Math.min(inputTokens, outputTokens)).toBeGreaterThanOrEqual(1)
    }
  })

  test('may be closed at any time, more than once', async () => {
    const source = opened(textInput(texts, 5), name, options)
    source.close()
    source.close()
    expect((await readSource(source).catch(() => ({ requests: [] }))).requests).toEqual([])
  })

  test.each(['regatta-csv', 'regatta-jsonl'] as const)(
    'is the same once written as %s and read again',
    async to => {
      let text = ''
      const begin = () => {
        text = ''
        return {
          write(more: string) {
            text += more
          },
        }
      }
      const open = () => opened(textInput(texts), name, options)
      const { requests, losses } = await writeTrace(open, writers[to], begin)
      const again = await readTexts(text, {}, to)
      expect(again.requests).toEqual(await expected())
      expect(again.requests).toHaveLength(requests)
      expect(losses).toEqual([])
    },
  )
})

const inLines = all.flatMap(({ name, example, title }) =>
  example.lines ? [{ name, example, title, lines: example.lines }] : [],
)

/** The example with a line among its rows: behind the first of them. */
function withLine({ texts, lines }: Example, line: string): { text: string; place: string } {
  const all = (texts as string).trimEnd().split('\n')
  const at = lines!.header + 1
  return { text: `${[...all.slice(0, at), line, ...all.slice(at)].join('\n')}\n`, place: `trace:${at + 1}` }
}

describe.each(inLines)('a line of $title', ({ name, example, lines }) => {
  const { options = {} } = example

  test.each(Object.entries(lines.bad))('that is bad fails with its place: %j', async (line, says) => {
    const { text, place } = withLine(example, line)
    const error = await readTexts(text, options, name).catch(error => error)
    expect(error).toBeInstanceOf(UserError)
    expect(error.message).toContain(says)
    expect(error.message.startsWith(`${place}: `), error.message).toBe(true)
    expect(error.message).toMatch(/; --on-bad-row skip leaves such rows out and counts them$/)
  })

  test.each(Object.keys(lines.bad))(
    'that is bad is left out and counted where it is skipped: %j',
    async line => {
      const { text, place } = withLine(example, line)
      const plain = await readTexts(example.texts, options, name)
      const { requests, report } = await readTexts(text, { ...options, onBadRow: 'skip' }, name)
      expect(requests).toEqual(plain.requests)
      expect(report.rows).toBe(example.rows + 1)
      const known = plain.report.remarks.map(({ what }) => what)
      const news = report.remarks.filter(({ what }) => what.startsWith('left out') && !known.includes(what))
      expect(news).toEqual([{ what: expect.stringMatching(/^left out: /), count: 1, first: place }])
    },
  )

  test('that is bad is never a request under any of the policies, nor ends the reading', async () => {
    const text = Object.keys(lines.bad).reduce(
      (text, line) => withLine({ ...example, texts: text }, line).text,
      example.texts as string,
    )
    const { requests, report } = await readTexts(text, { ...options, onBadRow: 'skip' }, name)
    expect(requests).toEqual((await readTexts(example.texts, options, name)).requests)
    expect(report.rows).toBe(example.rows + Object.keys(lines.bad).length)
  })

  test.runIf(lines.zero !== undefined)('without output is dropped, given one or refused', async () => {
    const { text, place } = withLine(example, lines.zero!)
    const plain = await readTexts(example.texts, options, name)
    const dropped = await readTexts(text, { ...options, zeroOutput: 'drop' }, name)
    expect(dropped.requests).toEqual(plain.requests)
    expect(countOf(dropped, 'left out: no output tokens')).toBe(
      1 + countOf(plain, 'left out: no output tokens'),
    )
    expect(dropped.report.rows).toBe(example.rows + 1)
    const kept = await readTexts(text, { ...options, zeroOutput: 'one' }, name)
    const more = countOf(kept, 'given one output token, having none')
    expect(kept.requests).toHaveLength(plain.requests.length + more)
    expect(kept.requests.filter(({ outputTokens }) => outputTokens === 1).length).toBeGreaterThanOrEqual(more)
    expect(more).toBeGreaterThanOrEqual(1)
    const error = await readTexts(text, { ...options, zeroOutput: 'bad' }, name).catch(error => error)
    expect(error.message).toContain('--zero-output drop leaves such rows out')
    expect(error.message).toMatch(new RegExp(`^${place}: |^trace:`))
  })

  test('that comes late is put into its place, and counted', async () => {
    const all = (example.texts as string).trimEnd().split('\n')
    const head = all.slice(0, lines.header)
    const backwards = `${[...head, ...all.slice(lines.header).reverse()].join('\n')}\n`
    const { requests, report } = await readTexts(backwards, options, name)
    const times = requests.map(({ arrivalS }) => arrivalS)
    const plain = await readTexts(example.texts, options, name)
    expect(times).toEqual(plain.requests.map(({ arrivalS }) => arrivalS))
    expect(report.late).toBeGreaterThan(0)
    expect(new Set(requests.map(({ inputTokens }) => inputTokens))).toEqual(
      new Set(plain.requests.map(({ inputTokens }) => inputTokens)),
    )
  })

  test('that comes too late is bad', async () => {
    const all = (example.texts as string).trimEnd().split('\n')
    const rows = all.slice(lines.header)
    const text = [...all.slice(0, lines.header), ...rows.slice(1), rows[0]].join('\n')
    const tight = { ...options, sortRows: 1 }
    const error = await readTexts(text, tight, name).catch(error => error)
    expect(error.message).toMatch(
      new RegExp(`^trace:${all.length}: .*must not be before that of a row more than 1 rows earlier`),
    )
    const { report } = await readTexts(text, { ...tight, onBadRow: 'skip' }, name)
    expect(report.rows).toBe(example.rows)
    expect(report.remarks.some(({ what }) => what.includes('must not be before'))).toBe(true)
  })

  test.runIf(lines.hasIds)('whose id came before is bad', async () => {
    const first = (example.texts as string).split('\n')[lines.header]
    const { text, place } = withLine(example, first)
    await expect(readTexts(text, options, name)).rejects.toThrow(
      new RegExp(`^${place}: its id .* is that of an earlier row`),
    )
  })
})

function countOf({ report }: Read, what: string): number {
  return report.remarks.find(remark => remark.what === what)?.count ?? 0
}
