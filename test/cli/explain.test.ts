import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { csvFiles } from '../../src/results/columns/files.ts'
import { SCENARIO, Workplace } from './program.ts'

const place = new Workplace()
beforeAll(() => {
  place.write('good.yaml', SCENARIO)
  place.write(
    'mine.ts',
    'export default ({ cluster, random }) => () => (random() < 0.5 ? 0 : cluster.replicas - 1)\n',
  )
})
afterAll(() => place.remove())

function rowsOf(path: string): string[][] {
  const text = readFileSync(join(place.folder, path), 'utf8')
  return text
    .trimEnd()
    .split('\n')
    .map(line => line.split(','))
}

describe.concurrent('--explain', () => {
  it("tells of decisions of every policy, the user's own among them, and what they regret", async () => {
    const args = ['race', 'good.yaml', '--policy', './mine.ts', '--no-ranges', '--explain', '4']
    const { code, stdout, stderr } = await place.run(...args, '--out', 'explained')
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toContain('In hindsight: 4 decisions of each policy')
    expect(stdout).toMatch(/takes 24 more runs at most: .*\n\nIn hindsight/)
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(120)

    const [header, ...decisions] = rowsOf('explained/decisions.csv')
    expect(header).toEqual(csvFiles['decisions.csv'].columns.map(({ name }) => name))
    // 4 decisions of 3 policies among 3 replicas.
    expect(decisions).toHaveLength(4 * 3 * 3)
    const chosen = decisions.filter(row => row[header.indexOf('chosen')] === 'yes')
    expect(chosen).toHaveLength(4 * 3)

    const [names, ...regrets] = rowsOf('explained/regret.csv')
    expect(names).toEqual(csvFiles['regret.csv'].columns.map(({ name }) => name))
    expect(regrets.map(([policy]) => policy)).toEqual(['random', 'power-of-two', 'mine.ts'])
    const regret = header.indexOf('regret_s')
    for (const [i, row] of regrets.entries()) {
      const own = chosen.slice(4 * i, 4 * i + 4).map(cells => Number(cells[regret]))
      const mean = own.reduce((sum, value) => sum + value, 0) / 4
      expect(Number(row[names.indexOf('mean_regret_s')])).toBeCloseTo(mean, 12)
    }
  })

  it('writes the same bytes again, and with one policy as among many', async () => {
    const args = ['good.yaml', '--explain', '3', '--policy', 'power-of-two']
    await place.run('run', ...args, '--out', 'once')
    await place.run('run', ...args, '--out', 'twice')
    expect(rowsOf('twice/decisions.csv')).toEqual(rowsOf('once/decisions.csv'))
    await place.run('race', 'good.yaml', '--no-ranges', '--explain', '3', '--out', 'many')
    const [header, ...rows] = rowsOf('many/decisions.csv')
    expect([header, ...rows.filter(([policy]) => policy === 'power-of-two')]).toEqual(
      rowsOf('once/decisions.csv'),
    )
  })

  it('says how many there are where more are asked for', async () => {
    place.write('short.yaml', SCENARIO.replace('requests: 200', 'requests: 7'))
    const { stdout } = await place.run('run', 'short.yaml', '--policy', 'random', '--explain', '100000000')
    expect(stdout).toContain('takes 14 more runs at most')
    expect(stdout).toContain('In hindsight: all 7 decisions of each policy in the window')
    expect(stdout).toContain('100,000,000 were asked for')
  })

  it('says what is no number of decisions', async () => {
    const { code, stderr } = await place.run('race', 'good.yaml', '--explain', '1.5')
    expect(code).not.toBe(0)
    expect(stderr).toContain('It must be a whole number > 0.')
  })
})
