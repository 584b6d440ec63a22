import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, describe, expect, test } from 'vitest'
import { ArrivalBlock } from '../../../src/arrivals/contract.ts'
import { traceInput } from '../../../src/arrivals/file.ts'
import { formatOf, opened } from '../../../src/arrivals/formats/detect.ts'
import { UserError } from '../../../src/core/errors.ts'
import { HEADER, secondsTrace } from '../sources.ts'
import { examples } from './examples/all.ts'
import { readSource, readTexts, textInput } from './inputs.ts'

const folder = mkdtempSync(join(tmpdir(), 'regatta-detect-'))
afterAll(() => rmSync(folder, { recursive: true }))

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

async function mistakeOf(path: string, format = 'auto'): Promise<string> {
  const error = await readSource(opened(traceInput(path), format)).catch(error => error)
  expect(error).toBeInstanceOf(UserError)
  return error.message
}

/** A tar archive's first block has its mark behind 257 bytes. */
const TAR = `${'a.csv'.padEnd(257, '\0')}ustar\0${'\0'.repeat(1000)}`
const TRACE = secondsTrace(20_000)
const ZIPPED = gzipSync(TRACE)

describe('what is no trace is told for what it is', () => {
  test.each([
    ['an empty file', '', 'is empty; must have at least 1 row'],
    ['a blank file', '\n \n\n', 'is empty; must have at least 1 row'],
    ['an empty zip', gzipSync(''), 'is empty; must have at least 1 row'],
    [
      'a Git LFS pointer',
      'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n',
      'is a Git LFS pointer; fetch the file itself with git lfs pull',
    ],
    ['a tar archive', TAR, 'is a tar archive; unpack it and give the folder'],
    ['a zipped tar archive', gzipSync(TAR), 'is a tar archive; unpack it and give the folder'],
    ['a Parquet file', 'PAR1\x15\x04\x15', 'is a Parquet file; must be CSV or JSON, plain or gzip'],
    ['an xz file', Uint8Array.of(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0), 'is an xz file; must be CSV or JSON'],
    [
      'a Zstandard file',
      Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 4, 0),
      'is a Zstandard file; must be CSV or JSON',
    ],
    [
      'a binary file',
      Uint8Array.from({ length: 500 }, (_, i) => i % 256),
      'is not text; must be CSV or JSON',
    ],
    ['a cut zip', ZIPPED.subarray(0, 60), 'the gzip data end too early'],
    ['a cut zip of a long trace', ZIPPED.subarray(0, ZIPPED.length - 40), 'the gzip data end too early'],
    [
      'an unknown header',
      'a,b,c\n1,2,3\n',
      'is in no known format: it begins with "a,b,c"; known: regatta-csv, ',
    ],
    [
      'semicolons',
      HEADER.replaceAll(',', ';'),
      'ContextTokens;GeneratedTokens", as azure does but for its commas; ',
    ],
    ['tabs', HEADER.replaceAll(',', '\t'), 'as azure does but for its commas'],
    ['other JSON', '{"a": 1}', 'is in no known format: it begins with "{\\"a\\": 1}"'],
    ['a header alone', HEADER, 'has no rows; must have at least 1'],
  ])('%s', async (name, content, says) => {
    const path = file(name.replaceAll(' ', '-'), content)
    const message = await mistakeOf(path)
    expect(message).toContain(says)
    expect(message.startsWith(path)).toBe(true)
  })

  test('a missing file and an empty folder', async () => {
    expect(await mistakeOf(join(folder, 'none.csv'))).toBe(
      `${join(folder, 'none.csv')}: there is no such file`,
    )
    mkdirSync(join(folder, 'empty/.git'), { recursive: true })
    writeFileSync(join(folder, 'empty/.hidden'), 'x')
    expect(() => traceInput(join(folder, 'empty'))).toThrow('is a folder without files; must have a trace')
  })

  test('several files where the format is one', async () => {
    mkdirSync(join(folder, 'two'))
    for (const name of ['two/a.csv', 'two/b.csv']) file(name, secondsTrace(3))
    expect(await mistakeOf(join(folder, 'two'))).toBe(
      `${join(folder, 'two')}: has 2 files (a.csv, b.csv, ...); azure is one file: give that`,
    )
  })

  test('a trace none of whose rows can be used', async () => {
    const text = `${HEADER}\n2023-11-16 00:00:00,0,5\n2023-11-16 00:00:00,x,5\n`
    await expect(readTexts(text, { onBadRow: 'skip' })).rejects.toThrow(
      'trace: has no request: of its 2 rows none can be used; left out: ContextTokens is not a whole number >= 1 (2, first trace:2)',
    )
  })
})

describe('the format named', () => {
  test('is taken whatever the trace begins with', async () => {
    const text = `${HEADER},StartTimeOffset\n2023-11-16 00:00:00,3,5,7\n`
    expect((await readTexts(text, {}, 'apex')).requests).toHaveLength(1)
    expect((await readTexts(text, {}, 'azure')).requests).toHaveLength(1)
  })

  test('has a nearest name where it is unknown', async () => {
    await expect(formatOf(textInput('x'), 'azur')).rejects.toThrow('format is "azur"; did you mean azure?')
    await expect(formatOf(textInput('x'), 'toString')).rejects.toThrow('format is "toString"; known: auto')
  })

  test('must be that of the trace', async () => {
    await expect(readTexts(secondsTrace(3), {}, 'vidur')).rejects.toThrow(
      'trace:1: column num_prefill_tokens is missing; the header has TIMESTAMP,ContextTokens,GeneratedTokens',
    )
  })
})

test('a source that is not open yet has no names, and the same lists once it has', async () => {
  const [{ texts }] = examples.burstgpt
  const source = opened(textInput(texts))
  const { classes, models } = source
  expect([classes, models]).toEqual([[], []])
  expect(source.report!()).toEqual({ name: 'trace', format: 'auto', rows: 0, late: 0, remarks: [] })
  await source.fill(new ArrivalBlock())
  expect([classes, models]).toEqual([
    ['Conversation log', 'API log'],
    ['ChatGPT', 'GPT-4'],
  ])
  source.close()
})

describe('gaps', () => {
  const [, { texts: lengthsAlone }] = examples.vidur

  test('are asked for where a trace has no times', async () => {
    await expect(readTexts(lengthsAlone)).rejects.toThrow(
      'trace:2: vidur does not say here when requests come; give their rate: --rate, or arrivals beside trace in a scenario',
    )
    await expect(readTexts(examples.sharegpt[0].texts)).rejects.toThrow('sharegpt does not say here')
  })

  test('are refused where it has', async () => {
    const gaps = { kind: 'even', ratePerS: 1 } as const
    await expect(readTexts(secondsTrace(3), { gaps })).rejects.toThrow(
      'azure says itself when requests come; must not be given a rate',
    )
    await expect(readTexts(examples.mooncake[0].texts, { gaps })).rejects.toThrow('mooncake says itself')
  })

  test('come from the seed', async () => {
    const rows = Array.from({ length: 3000 }, (_, i) => `${i + 1},1`)
    const text = `num_prefill_tokens,num_decode_tokens\n${rows.join('\n')}`
    const gaps = { kind: 'poisson', ratePerS: 5 } as const
    const times = async (seed: number) =>
      (await readTexts(text, { gaps, seed })).requests.map(({ arrivalS }) => arrivalS)
    expect(await times(1)).toEqual(await times(1))
    expect(await times(1)).not.toEqual(await times(2))
    // 3000 gaps of 0.2 s: 600 s, plus or minus 3 * 600 / sqrt(3000).
    expect(Math.abs((await times(1)).at(-1)! - 600)).toBeLessThan(33)
  })
})

test('a line of a gigabyte is refused by its place without being held, or passed over', async () => {
  const piece = new Uint8Array(1 << 20).fill(97)
  const tail = new TextEncoder().encode('\n2023-11-16 00:00:09,7,7\n')
  const head = new TextEncoder().encode(`${secondsTrace(2)}\n`)
  const endless = () => {
    const open = () => {
      let reads = 0
      const read = async () => {
        reads++
        if (reads === 1) return head
        if (reads <= 1025) return piece
        return reads === 1026 ? tail : new Uint8Array(0)
      }
      return { name: 'long.csv', read, close() {} }
    }
    return { name: 'long.csv', files: [{ path: 'long.csv', open }] }
  }
  await expect(readSource(opened(endless(), 'azure'))).rejects.toThrow(
    'long.csv:4: line is longer than 1048576 bytes',
  )
  const { requests, report } = await readSource(opened(endless(), 'azure', { onBadRow: 'skip' }))
  expect(requests.map(({ inputTokens }) => inputTokens)).toEqual([10, 11, 7])
  expect(report!.remarks).toEqual([
    { what: 'left out: line is longer than 1048576 bytes', count: 1, first: 'long.csv:4' },
  ])
}, 20_000)
