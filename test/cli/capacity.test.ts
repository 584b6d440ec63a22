import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { csvFiles } from '../../src/results/columns/files.ts'
import { scenario, traceScenario, Workplace } from './program.ts'

const place = new Workplace()
const CLOSED = `workload:
  closed_loop:
    { clients: 2, think_s: 1, requests: 20, lengths: { input: { fixed: 100 }, output: { fixed: 1 } } }
fleet:`

beforeAll(() => {
  const text = scenario('requests: 200', 'requests: 1000')
  place.write('good.yaml', text)
  place.write('strict.yaml', text.replace('ttft_s: 1', 'ttft_s: 0.0001'))
  place.write('closed.yaml', text.replace(/workload:[\s\S]*fleet:/, CLOSED))
  const rows = Array.from({ length: 500 }, (_, i) => `${i * (1 + (i % 5) / 10)},${200 + (i % 7) * 100},50`)
  place.write('rows.csv', `arrival_s,input_tokens,output_tokens\n${rows.join('\n')}\n`)
  place.write('trace.yaml', traceScenario('rows.csv'))
})
afterAll(() => place.remove())

function rowsOf(path: string): Record<string, string>[] {
  const [header, ...lines] = readFileSync(join(place.folder, path), 'utf8').trimEnd().split('\n')
  const names = header.split(',')
  return lines.map(line => Object.fromEntries(line.split(',').map((cell, i) => [names[i], cell])))
}

const QUICK = ['--replications', '3', '--tolerance', '0.05']

describe.concurrent('regatta capacity', () => {
  it('finds where each policy holds and fails, compares them, draws curves and writes both', async () => {
    const args = ['capacity', 'good.yaml', ...QUICK, '--curve', '0.3:0.9:3', '--out']
    const { code, stdout, stderr } = await place.run(...args, 'both')
    expect([code, stderr]).toEqual([0, ''])
    for (const text of ['Capacity:', 'tiny, seed 1', 'first', 'TTFT s p99', '90.0', 'capacity.csv'])
      expect(stdout).toContain(text)
    expect(place.names('both')).toEqual(['capacity.csv', 'curve.csv', 'manifest.json'])

    const capacities = rowsOf('both/capacity.csv')
    expect(Object.keys(capacities[0])).toEqual(csvFiles['capacity.csv'].columns.map(({ name }) => name))
    expect(capacities.map(({ policy }) => policy).sort()).toEqual(['power-of-two', 'random'])
    for (const { bound, holds_load, fails_load, usd_per_mtok } of capacities) {
      expect(bound).toBe('found')
      expect(Number(holds_load)).toBeLessThan(Number(fails_load))
      expect(Number(usd_per_mtok)).toBeGreaterThan(0)
    }
    expect(capacities[0].behind).toBe('')
    expect(capacities[1].behind).toMatch(/^yes|no$/)

    const curve = rowsOf('both/curve.csv')
    expect(curve.map(({ load }) => load)).toEqual(['0.3', '0.6', '0.9', '0.3', '0.6', '0.9'])
    expect(new Set(curve.map(({ replications }) => replications))).toEqual(new Set(['3']))

    await place.run(...args, 'again')
    for (const name of place.names('both'))
      expect(readFileSync(join(place.folder, 'again', name), 'utf8')).toBe(
        readFileSync(join(place.folder, 'both', name), 'utf8'),
      )
  })

  it('draws a trace again for each replication', async () => {
    const { code, stderr } = await place.run(
      ...[
        'capacity',
        'trace.yaml',
        ...QUICK,
        '--policies',
        'power-of-two',
        '--curve',
        '0.4:0.8:2',
        '--out',
        'drawn',
      ],
    )
    expect([code, stderr]).toEqual([0, ''])
    const [first] = rowsOf('drawn/curve.csv')
    // The policy by itself changes no token that comes.
    expect(Number(first.output_tokens_per_s_half_width)).toBeGreaterThan(
      0.01 * Number(first.output_tokens_per_s),
    )
    expect(rowsOf('drawn/capacity.csv')[0].behind_load).toBe('')
  })

  it('says how near an SLO is that no load meets, and where one holds as far as was searched', async () => {
    const never = await place.run('capacity', 'strict.yaml', ...QUICK, '--policies', 'random')
    expect([never.code, never.stderr]).toEqual([0, ''])
    expect(never.stdout).toMatch(
      /random does not meet the SLO at any load searched: most is 0\.0 %, at load 5\.0 %/,
    )
    const always = await place.run(
      'capacity',
      'good.yaml',
      ...QUICK,
      '--policies',
      'random',
      '--search',
      '0.05:0.1',
    )
    expect(always.stdout).toMatch(/>= +10\.0 +-/)
    expect(always.stdout).toContain(
      'random meets the SLO at the highest load searched; --search goes further',
    )
  })

  it.each([
    ['a closed loop', 'closed.yaml', ['closed.yaml:', 'closed loop', 'its own pace']],
    ['one replication', 'good.yaml --replications 1', ['--replications', "'1'", '>= 2']],
    ['half a grid', 'good.yaml --curve 0.1:1', ['--curve', "'0.1:1'", '0.1:1.1:11']],
    ['an unknown policy', 'good.yaml --policies randon', ["'randon'", 'did you mean random?']],
  ])('refuses %s', async (_, args, says) => {
    const { code, stdout, stderr } = await place.run('capacity', ...args.split(' '), '--out', 'refused')
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr.trimEnd().split('\n')).toHaveLength(1)
    for (const text of says) expect(stderr).toContain(text)
    expect(place.names()).not.toContain('refused')
  })
})
