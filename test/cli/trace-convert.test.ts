import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { secondsTrace } from '../arrivals/sources.ts'
import { ended, Workplace } from './program.ts'

const place = new Workplace()
const MOONCAKE = [
  '{"timestamp": 3000, "input_length": 600, "output_length": 5, "hash_ids": [0, 1]}',
  '{"timestamp": 0, "input_length": 500, "output_length": 7, "hash_ids": [0]}',
  '{"timestamp": 6500, "input_length": 1, "output_length": "many", "hash_ids": [2]}',
  '{"timestamp": 7000, "input_length": 9, "output_length": 0, "hash_ids": [3]}',
].join('\n')

beforeAll(() => {
  place.write('azure.csv', secondsTrace(1000, '\r\n'))
  place.write('mooncake.jsonl', MOONCAKE)
  place.write('lengths.csv', 'num_prefill_tokens,num_decode_tokens\n10,1\n20,2\n30,3\n')
  place.write('semicolons.csv', 'TIMESTAMP;ContextTokens;GeneratedTokens\n')
})
afterAll(() => place.remove())

function convert(args: string) {
  return place.run('trace', 'convert', ...args.split(' '))
}

function text(name: string): string {
  const bytes = readFileSync(join(place.folder, name))
  return (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString()
}

describe.concurrent('regatta trace convert', () => {
  it('writes the normal form, zipped by the name, and says what it read and wrote', async () => {
    const { code, stdout, stderr } = await convert('azure.csv --out azure-normal.csv.gz')
    expect(stderr).toBe('')
    expect(code).toBe(0)
    expect(stdout).toMatch(
      /^Read: 1,000 rows of azure\.csv \(azure\)\nWritten: 1,000 requests over 999 s to azure-normal\.csv\.gz \(regatta-csv, \S+ kB\)\n$/,
    )
    expect(text('azure-normal.csv.gz').split('\n').slice(0, 3)).toEqual([
      'arrival_s,input_tokens,output_tokens',
      '0,10,1',
      '1,11,2',
    ])
  })

  it('counts what it left out, with the first place, and what was late', async () => {
    const { code, stdout } = await convert(
      'mooncake.jsonl --out mooncake.jsonl.gz --on-bad-row skip --zero-output drop',
    )
    expect(code).toBe(0)
    expect(stdout).toContain('Read: 4 rows of mooncake.jsonl (mooncake)\n')
    expect(stdout).toContain('  late, put into order of time (1 row)\n')
    expect(stdout).toContain(
      '  left out: output tokens is not a whole number >= 0 (1 row, first mooncake.jsonl:3)\n',
    )
    expect(stdout).toContain('  left out: no output tokens (1 row, first mooncake.jsonl:4)\n')
    expect(text('mooncake.jsonl.gz')).toBe(
      '{"arrival_s":0,"input_tokens":500,"output_tokens":7,"block_tokens":512,"blocks":[0]}\n' +
        '{"arrival_s":3,"input_tokens":600,"output_tokens":5,"block_tokens":512,"blocks":[0,1]}\n',
    )
  })

  it('counts what the target cannot say', async () => {
    const flags = '--out lost.csv --to azure --on-bad-row skip --zero-output one --class chat'
    const { code, stdout } = await convert(`mooncake.jsonl ${flags}`)
    expect(code).toBe(0)
    expect(stdout).toContain('  given one output token, having none (1 row, first mooncake.jsonl:4)\n')
    expect(stdout).toContain('  lost: 3 rows have a class; azure cannot say it\n')
    expect(stdout).toContain('  lost: 3 rows have prefix blocks; azure cannot say it\n')
    expect(text('lost.csv').split('\n')).toHaveLength(5)
  })

  it('draws the times of a trace that has none', async () => {
    const { code } = await convert('lengths.csv --out drawn.csv --rate 4 --seed 7')
    expect(code).toBe(0)
    await convert('lengths.csv --out drawn-again.csv --rate 4 --seed 7')
    await convert('lengths.csv --out drawn-otherwise.csv --rate 4 --cv 3 --seed 7')
    expect(text('drawn.csv')).toMatch(/\n0,10,1\n[\d.]+,20,2\n[\d.]+,30,3\n$/)
    expect(text('drawn-again.csv')).toBe(text('drawn.csv'))
    expect(text('drawn-otherwise.csv')).not.toBe(text('drawn.csv'))
  })

  it('does transforms on the way', async () => {
    const { code, stderr } = await place.run(
      ...['trace', 'convert', 'azure.csv', '--out', 'head.csv', '--transform', 'head=10'],
    )
    expect(stderr).toBe('')
    expect(code).toBe(0)
    expect(text('head.csv').trimEnd().split('\n')).toHaveLength(11)
  })

  it.each([
    ['none.csv --out a.csv', ['none.csv: there is no such file']],
    ['semicolons.csv --out b.csv', ['as azure does but for its commas']],
    ['mooncake.jsonl --out c.csv', ['mooncake.jsonl:3: output tokens is NaN', '--on-bad-row skip']],
    ['lengths.csv --out d.csv', ['lengths.csv:2: vidur does not say here when requests come', '--rate']],
    ['azure.csv --out g.parquet', ['--out g.parquet: does not end in .csv or .jsonl', '--to']],
    ['azure.csv --out i.csv --format azur', ['format is "azur"', 'did you mean azure?']],
    ['azure.csv --out ./azure.csv', ['--out ./azure.csv: is the trace itself']],
    ['azure.csv --out azure.csv/x.csv', ['lies inside a file; must lie in a folder']],
  ])('%s is a mistake of the user', async (args, says) => {
    const { code, stdout, stderr } = await convert(args)
    expect(code).toBe(2)
    expect(stdout).toBe('')
    expect(says.some(text => stderr.includes(text))).toBe(true)
    expect(stderr).not.toContain('    at ')
    const [out] = /(?<=--out )\S+/.exec(args)!
    expect(place.names().filter(name => name.startsWith(`.${out}-`))).toEqual([])
  })

  it('lists the formats', async () => {
    const { code, stdout } = await place.run('trace', 'formats')
    expect(code).toBe(0)
    for (const name of ['azure', 'mooncake', 'claude-code'])
      expect(stdout).toMatch(new RegExp(`^${name} `, 'm'))
  })
})

it('leaves nothing behind when it is stopped', async () => {
  const own = new Workplace()
  const rows = Array.from({ length: 600_000 }, (_, i) => `${i},${i + 1},1\n`)
  writeFileSync(
    join(own.folder, 'long.csv'),
    `arrived_at,num_prefill_tokens,num_decode_tokens\n${rows.join('')}`,
  )
  const child = own.start('trace', 'convert', 'long.csv', '--out', 'out.jsonl.gz')
  const end = ended(child)
  while (child.exitCode === null && !own.names().some(name => name.includes('unfinished'))) {
    await new Promise(resolve => setTimeout(resolve, 5))
  }
  child.kill('SIGINT')
  expect((await end).code).toBe(130)
  expect(own.names()).toEqual(['long.csv'])
  own.remove()
}, 20_000)
