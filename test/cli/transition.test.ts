import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { transitionFiles } from '../../src/cli/transition-columns.ts'
import { TINY, tiny } from '../planning/transitions/tiny.ts'
import { Workplace } from './program.ts'

const place = new Workplace()

beforeAll(() => place.write('tiny.yaml', TINY))
afterAll(() => place.remove())

const text = (...path: string[]) => readFileSync(join(place.folder, ...path), 'utf8')

function rowsOf(...path: string[]): Record<string, string>[] {
  const [header, ...lines] = text(...path)
    .trimEnd()
    .split('\n')
  const names = header.split(',')
  return lines.map(line => Object.fromEntries(line.split(',').map((cell, i) => [names[i], cell])))
}

describe.concurrent('regatta transition', () => {
  it('tells of every strategy and quarter, writes it, and the same again from the same seed', async () => {
    const { code, stdout, stderr } = await place.run('transition', 'tiny.yaml', '--out', 'once')
    expect([code, stderr]).toEqual([0, ''])
    for (const part of ['tiny, seed 1', 'gpu-only', 'asic-where-it-runs', 'mix', '2026-Q3', 'of the draws'])
      expect(stdout).toContain(part)
    expect(place.names('once')).toEqual([...Object.keys(transitionFiles), 'manifest.json'].sort())
    const quarters = rowsOf('once', 'quarters.csv')
    expect(quarters).toHaveLength(15)
    for (const { usd, kwh, usd_p5, usd_p95, least_slo_attainment } of quarters) {
      expect(Number(usd)).toBeGreaterThan(0)
      expect(Number(kwh)).toBeGreaterThan(0)
      expect(Number(usd_p5)).toBeLessThanOrEqual(Number(usd_p95))
      expect(Number(least_slo_attainment)).toBeGreaterThan(0.9)
    }
    await place.run('transition', 'tiny.yaml', '--out', 'again')
    for (const name of place.names('once')) expect(text('again', name)).toBe(text('once', name))
  })

  it('nodes serve what their batches allow, and software makes them faster by as much as it says', async () => {
    await place.run('transition', 'tiny.yaml', '--draws', '0', '--out', 'ratings')
    const rows = rowsOf('ratings', 'node-ratings.csv').filter(({ node }) => node === 'l4-server-4x')
    for (const { speedup, rate_rps } of rows) {
      // Four cards, each 8 samples in a hundredth of a second.
      const most = 3200 * Number(speedup)
      expect(Number(rate_rps)).toBeLessThanOrEqual(most * (1 + 1e-9))
      expect(Number(rate_rps)).toBeGreaterThan(most / 2)
    }
    const asked = rowsOf('ratings', 'attainment.csv').filter(({ strategy }) => strategy === 'mix')
    expect(asked.map(({ rate_rps }) => Math.round(Number(rate_rps)))).toEqual([5000, 5946, 7071, 8409, 10000])
    const asics = rowsOf('ratings', 'fleets-by-quarter.csv').filter(
      ({ node }) => node === 'aws-inf2.48xlarge',
    )
    for (const { strategy, quarter, nodes } of asics) {
      const isTaken = quarter >= '2026-Q1' && strategy === 'asic-where-it-runs'
      if (quarter < '2026-Q1' || strategy === 'gpu-only') expect(nodes).toBe('0')
      if (isTaken) expect(Number(nodes)).toBeGreaterThan(0)
    }
    expect(rowsOf('ratings', 'quarters.csv')[0].usd_p50).toBe('')
  })

  it('refuses on one line what makes no sense, with nothing written', async () => {
    place.write('wrong.yaml', tiny('region: us-ohio', 'region: us-ohoi'))
    const { code, stderr } = await place.run('transition', 'wrong.yaml', '--out', 'wrong')
    expect([code, stderr]).toEqual([
      2,
      'regatta: wrong.yaml:4:9: region is "us-ohoi"; no region is called that: did you mean us-ohio?\n',
    ])
    expect(place.names()).not.toContain('wrong')
  })

  it('leaves results of others alone', async () => {
    place.write('others/manifest.json', '{"scenario":{}}')
    const { code, stderr } = await place.run('transition', 'tiny.yaml', '--out', 'others')
    expect([code, stderr]).toEqual([2, expect.stringContaining('manifest.json that no transition wrote')])
  })
})
