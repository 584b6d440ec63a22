import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'
import { SCENARIO, Workplace } from './program.ts'

const place = new Workplace()
afterAll(() => place.remove())

const root = fileURLToPath(new URL('../..', import.meta.url))

const PLAIN = `requests: 50
arrivals: { process: poisson, rate_per_s: 2 }
lengths: { input: { fixed: 500 }, output: { fixed: 50 } }
`

function generate(...args: readonly string[]) {
  return place.run('trace', 'generate', ...args)
}

function timesOf(file: string): number[] {
  const [, ...rows] = linesOf(file)
  return rows.map(row => Number(row.split(',')[0]))
}

function linesOf(file: string): string[] {
  return readFileSync(join(place.folder, file), 'utf8').trimEnd().split('\n')
}

describe('regatta trace generate', () => {
  test('writes what a generate section says, the same every time', async () => {
    place.write('plain.yaml', PLAIN)
    const { code, stdout, stderr } = await generate('plain.yaml', '--out', 'a.csv')
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/^Written: 50 requests over [\d.]+ s to a\.csv \(regatta-csv, [\d.]+ kB\)\n$/)
    expect(linesOf('a.csv').slice(0, 2)).toEqual(['arrival_s,input_tokens,output_tokens', '0,500,50'])
    await generate('plain.yaml', '--out', 'b.csv')
    await generate('plain.yaml', '--out', 'c.csv', '--seed', '2')
    expect(linesOf('b.csv')).toEqual(linesOf('a.csv'))
    expect(linesOf('c.csv')).not.toEqual(linesOf('a.csv'))
  })

  test('takes a whole scenario, whose load needs a rate instead', async () => {
    place.write('scenario.yaml', SCENARIO)
    const refused = await generate('scenario.yaml', '--out', 'x.csv')
    expect(refused.code).toBe(2)
    expect(refused.stderr).toMatch(
      /scenario\.yaml:\d+:\d+: workload\.load is 0\.5; a trace has no fleet to load: --rate says/,
    )
    const { code } = await generate('scenario.yaml', '--rate', '4', '--out', 'x.csv')
    expect(code).toBe(0)
    const rows = linesOf('x.csv')
    expect(rows).toHaveLength(201)
    const spanS = Number(rows.at(-1)!.split(',')[0])
    expect(199 / spanS).toBeCloseTo(4, 6)
  })

  test('takes a part of the week', async () => {
    const { code, stdout } = await generate(
      ...['azure-2024-week', '--services', 'code', '--first-day', 'monday', '--days', '1'],
      ...['--scale', '0.0001', '--to', 'azure', '--out', 'monday.csv'],
    )
    expect(code).toBe(0)
    const rows = linesOf('monday.csv')
    expect(rows[0]).toBe('TIMESTAMP,ContextTokens,GeneratedTokens')
    expect(Math.abs(rows.length - 1 - 294)).toBeLessThan(10)
    expect(stdout).toContain('have a class; azure cannot say it')
  })

  test('makes as many requests of a preset as are wanted', async () => {
    const { code } = await generate('ranking', '--requests', '7', '--out', 'seven.jsonl')
    expect(code).toBe(0)
    expect(linesOf('seven.jsonl')).toHaveLength(7)
    expect(JSON.parse(linesOf('seven.jsonl')[6])).toMatchObject({ class: 'ranking', deadline_s: 0.1 })
  })

  test('ends where it is told, and changes what it makes', async () => {
    place.write('plain.yaml', PLAIN)
    await generate('plain.yaml', '--duration-s', '100', '--transform', 'thin={share: 0.5}', '--out', 'd.csv')
    const rows = linesOf('d.csv').length - 1
    expect(rows).toBeGreaterThan(60)
    expect(rows).toBeLessThan(140)
  })

  test('lasts as long as is wanted at the rate that is wanted', async () => {
    const args = ['reasoning', '--rate', '200', '--duration-s', '20']
    const { code } = await generate(...args, '--out', 'fast.csv')
    expect(code).toBe(0)
    const times = timesOf('fast.csv')
    expect(times).toHaveLength(4000)
    expect(times.at(-1)).toBeCloseTo(19.995, 9)
    await generate(...args, '--requests', '30', '--out', 'few.csv')
    expect(timesOf('few.csv')).toHaveLength(30)
  })

  test('lasts as long as is wanted where the file makes it faster', async () => {
    place.write(
      'faster.yaml',
      `rate_scale: 50
generate:
${PLAIN.replace(/^/gm, '  ')}`,
    )
    await generate('faster.yaml', '--duration-s', '20', '--out', 'faster.csv')
    const times = timesOf('faster.csv')
    expect(Math.abs(times.length - 2000)).toBeLessThan(5 * Math.sqrt(2000))
    expect(times.at(-1)).toBeGreaterThan(19.8)
    expect(times.at(-1)).toBeLessThan(20)
  })

  test('limits and changes what is made like a trace', async () => {
    place.write('plain.yaml', PLAIN)
    await generate('plain.yaml', '--out', 'plain.csv')
    const like = ['--like', 'plain.csv', '--out', 'like.csv']
    expect((await generate(...like, '--transform', 'head=5')).stderr).toBe('')
    expect(timesOf('like.csv')).toHaveLength(5)
    await generate(...like, '--duration-s', '300')
    const times = timesOf('like.csv')
    expect(times.at(-1)).toBeGreaterThan(250)
    expect(times.at(-1)).toBeLessThan(300)
  })

  test('fits a generator to a trace, and writes it down as a specification that makes the same', async () => {
    const trace = join(root, 'traces/azure-code-like.csv')
    const { code, stdout } = await generate('--like', trace, '--spec', 'alike.yaml', '--out', 'alike.csv')
    expect(code).toBe(0)
    expect(stdout).toMatch(/mean rate +[\d.]+ +[\d.]+/)
    const again = await generate('alike.yaml', '--out', 'again.csv')
    expect(again.code).toBe(0)
    expect(linesOf('again.csv')).toEqual(linesOf('alike.csv'))
  })
})

describe('a mistake', () => {
  test.each<[string, readonly string[], RegExp]>([
    [
      'no specification',
      ['--out', 'x.csv'],
      /there is no specification; must have a file, a preset or --like/,
    ],
    ['no file', ['mine.yaml', '--out', 'x.csv'], /mine\.yaml: there is no such file/],
    [
      'an unknown preset',
      ['chat-session', '--out', 'x.csv'],
      /preset chat-session: did you mean chat-sessions\?/,
    ],
    ['nowhere to write', ['ranking'], /--out is missing; it says where to write the trace/],
    ['no format', ['ranking', '--out', 'x.txt'], /--out x\.txt: does not end in \.csv or \.jsonl; --to/],
    [
      'days of no week',
      ['ranking', '--days', '2', '--out', 'x.csv'],
      /days is 2; ranking can be given requests/,
    ],
    ['two sources', ['ranking', '--like', 'a.csv', '--out', 'x.csv'], /must be one of them/],
    [
      'services of no week',
      ['--like', 'a.csv', '--services', 'code'],
      /--services is code; only weeks among presets have it/,
    ],
    [
      'a first day of no week',
      ['--like', 'a.csv', '--first-day', 'monday'],
      /--first-day is monday; only weeks among presets have it/,
    ],
    ['days of a trace', ['--like', 'a.csv', '--days', '2'], /--days is 2; only weeks among presets have it/],
    [
      'a scale of a trace',
      ['--like', 'a.csv', '--scale', '2'],
      /--scale is 2; only weeks among presets have it/,
    ],
    ['a format of nothing', ['--like', 'a.csv', '--to', 'azure'], /--to is given without --out; it is about/],
    ['a number of nothing', ['--like', 'a.csv', '--requests', '5'], /--requests is given without --out/],
    ['a time of nothing', ['--like', 'a.csv', '--duration-s', '5'], /--duration-s is given without --out/],
    [
      'a change of nothing',
      ['--like', 'a.csv', '--transform', 'head=5'],
      /--transform is given without --out/,
    ],
  ])('%s is told', async (_, args, message) => {
    const { code, stderr } = await generate(...args)
    expect(stderr).toMatch(message)
    expect(stderr.trim().split('\n')).toHaveLength(1)
    expect(code).toBe(2)
    expect(place.names()).not.toContain('x.txt')
  })

  test.each<[string, string, RegExp]>([
    [
      'an unknown key',
      PLAIN.replace('fixed: 50 ', 'fixd: 50 '),
      /bad\.yaml:3:\d+: lengths\.output has no key 'fixd'/,
    ],
    [
      'no rate',
      PLAIN.replace(', rate_per_s: 2', ''),
      /arrivals has no rate_per_s; must have one, or else --rate/,
    ],
    ['no end', PLAIN.replace('requests: 50\n', ''), /must have requests or duration_s/],
    [
      'blocks of nothing',
      `${PLAIN}block_tokens: 16\n`,
      /block_tokens is 16 without sessions or prefixes; must have one of them/,
    ],
    [
      'a closed loop',
      'closed_loop: { clients: 2, think_s: 1, requests: 5, lengths: { input: { fixed: 5 }, output: { fixed: 5 } } }',
      /the workload is a closed loop; its times depend on the fleet, so it is no trace/,
    ],
  ])('of the file, %s, is told', async (_, text, message) => {
    place.write('bad.yaml', text)
    const { code, stderr } = await generate('bad.yaml', '--out', 'bad.csv')
    expect(stderr).toMatch(message)
    expect(code).toBe(2)
    expect(place.names()).not.toContain('bad.csv')
  })
})

describe('the traces of the README', () => {
  const readme = readFileSync(join(root, 'traces/README.md'), 'utf8')
  const commands = [...readme.matchAll(/^regatta (trace generate .* --out (traces\/\S+))$/gm)]
  mkdirSync(join(place.folder, 'traces'))

  test('are five', () => {
    expect(commands).toHaveLength(5)
  })

  test.each(commands.map(([, command, file]) => [file, command]))(
    '%s is what its command writes',
    async (file, command) => {
      const { code } = await place.run(...command.split(' '))
      expect(code).toBe(0)
      const written = readFileSync(join(place.folder, file))
      const shipped = readFileSync(join(root, file))
      expect(written.equals(shipped)).toBe(true)
      expect(shipped.length).toBeLessThanOrEqual(500_000)
    },
  )
})
