import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import Papa from 'papaparse'
import { afterAll, describe, expect, test } from 'vitest'
import { count, seconds, sparkline, whole } from '../../src/cli/quantities.ts'
import { Workplace } from './program.ts'

const place = new Workplace()
afterAll(() => place.remove())

const stats = (...args: string[]) => place.run('trace', 'stats', ...args)

/** A request every half second; every tenth prompt is long. */
const AZURE = [
  'TIMESTAMP,ContextTokens,GeneratedTokens',
  ...Array.from({ length: 1000 }, (_, i) => {
    const stamp = `00:0${Math.floor(i / 120)}:${String(Math.floor((i % 120) / 2)).padStart(2, '0')}.${i % 2 ? '5' : '0'}00000`
    return `2023-11-16 ${stamp},${i % 10 === 0 ? 4000 : 100 + (i % 7)},${1 + (i % 50)}`
  }),
].join('\n')
place.write('even.csv', AZURE)
place.write(
  'blocks.jsonl',
  [
    { timestamp: 0, input_length: 1000, output_length: 5, hash_ids: [1, 2] },
    { timestamp: 3000, input_length: 1500, output_length: 9, hash_ids: [1, 2, 3] },
    { timestamp: 9000, input_length: 500, output_length: 7, hash_ids: [4] },
  ]
    .map(row => JSON.stringify(row))
    .join('\n'),
)
place.write(
  'lengths.csv',
  'num_prefill_tokens,num_decode_tokens,num_total_tokens,pd_ratio\n10,2,12,5\n30,6,36,5\n',
)

describe('regatta trace stats', () => {
  test('shows a trace in sections, with units', async () => {
    const { code, stdout, stderr } = await stats('even.csv')
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toContain('even.csv: azure, 1,000 requests')
    for (const title of ['Arrivals', 'Quantiles', 'Laws fitted', 'Lengths']) expect(stdout).toContain(title)
    expect(stdout).toMatch(/mean rate +2\.00 \/s over 8\.32 min/)
    expect(stdout).toMatch(/gap +500 ms/)
    expect(stdout).toMatch(/▇|█/)
    for (const absent of ['Prefixes', 'Sessions', 'Hours', 'NaN', 'undefined']) {
      expect(stdout).not.toContain(absent)
    }
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(130)
  })

  test('writes tidy CSV, a row for each figure', async () => {
    const { code, stdout } = await stats('blocks.jsonl', '--csv')
    expect(code).toBe(0)
    const { data, errors } = Papa.parse<Record<string, string>>(stdout.trim(), { header: true })
    expect(errors).toEqual([])
    const of = (section: string, name: string) =>
      data.find(row => row.section === section && row.name === name)
    expect(of('trace', 'requests')).toMatchObject({ value: '3', unit: 'requests' })
    expect(of('arrivals', 'span')).toMatchObject({ value: '9', unit: 's' })
    expect(of('arrivals', 'fano 60 s')).toMatchObject({ value: '' })
    expect(of('prefix', 'block hit ratio')).toMatchObject({ value: String(2 / 6) })
    expect(Number(of('prefix', 'token hit ratio')!.value)).toBeCloseTo(1024 / 3000, 12)
  })

  test('writes everything as JSON, to a file', async () => {
    const { code, stdout } = await stats('even.csv', '--json', '--out', 'even.json')
    expect([code, stdout]).toEqual([0, ''])
    const of = JSON.parse(readFileSync(join(place.folder, 'even.json'), 'utf8'))
    expect(of.trace).toMatchObject({ name: 'even.csv', format: 'azure', rows: 1000, remarks: [] })
    expect(of.arrivals.fano[2]).toEqual({ windowS: 60, fano: 0 })
    expect(of.input.quantiles.at(-1)).toBe(4000)
  })

  test('measures lengths where there are no times, and says so', async () => {
    const { code, stdout } = await stats('lengths.csv')
    expect(code).toBe(0)
    expect(stdout).toContain('the trace has no times')
    expect(stdout).not.toContain('Arrivals')
    expect(stdout).toMatch(/input tokens +20/)
    const given = await stats('lengths.csv', '--rate', '4')
    expect(given.stdout).toContain('Arrivals')
  })

  test('counts what it leaves out', async () => {
    place.write('bad.csv', `${AZURE}\n2023-11-16 00:09:00.0000000,-5,3`)
    const failing = await stats('bad.csv')
    expect(failing.code).toBe(2)
    expect(failing.stderr).toMatch(/bad\.csv:1002: /)
    const { code, stdout } = await stats('bad.csv', '--on-bad-row', 'skip')
    expect(code).toBe(0)
    expect(stdout).toMatch(/1 row.*bad\.csv:1002/)
  })

  test.each([
    ['a missing file', ['none.csv'], /none\.csv: there is no such file/],
    ['two forms at once', ['even.csv', '--json', '--csv'], /cannot be used with/],
    [
      'an unwritable file',
      ['even.csv', '--out', 'no/such/folder.txt'],
      /--out no\/such\/folder\.txt: cannot be written/,
    ],
  ])('refuses %s', async (_, args, message) => {
    const { code, stdout, stderr } = await stats(...args)
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(message)
    expect(stderr.trim().split('\n')).toHaveLength(1)
  })
})

test('quantities show in units that suit them', () => {
  expect([0, 6e-6, 0.0638, 2.2, 217, 9000, 400_000].map(seconds)).toEqual([
    '0 s',
    '6.00 µs',
    '63.8 ms',
    '2.20 s',
    '3.62 min',
    '2.50 h',
    '4.63 d',
  ])
  expect(seconds(Number.NaN)).toBe('-')
  expect([count(12031), whole(12), whole(12.345)]).toEqual(['12,031', '12', '12.3'])
  expect(sparkline([0, 1, 4, 8])).toBe(' ▁▄█')
  expect(sparkline([0, 0.001, 100])).toBe(' ▁█')
  expect(sparkline([0, 0])).toBe('  ')
})
