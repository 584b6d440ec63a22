import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openSweepFolder } from '../../src/sweeps/folder.ts'
import { taskOf } from '../../src/sweeps/plan.ts'
import { sweep } from '../../src/sweeps/sweep.ts'
import { fakeRunner, planWith } from '../sweeps/fakes.ts'
import { Workplace } from './program.ts'

const place = new Workplace()

beforeAll(async () => {
  const plan = planWith()
  for (const name of ['results', 'others', 'own']) {
    const folder = openSweepFolder(join(place.folder, name), plan)
    await sweep(taskOf(plan), fakeRunner(plan, 2), folder.journal)
    folder.writeResults()
    await folder.close()
  }
})
afterAll(() => place.remove())

describe.concurrent('compare', () => {
  it('says what can be told and what cannot, and writes every comparison', async () => {
    const { code, stdout, stderr } = await place.run('compare', 'results', '--out', 'compared')
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/cannot tell a from b on ttft_s: a seems higher by \d/)
    expect(stdout).toMatch(/Holm's\s+correction over the 12 comparisons/)
    expect(stdout).toContain('load low, of class chat, "long"')
    expect(stdout).toContain('there are points with 4 replications')
    expect(stdout).toContain('Written to compared: comparisons.csv')
    const [head, ...lines] = readFileSync(join(place.folder, 'compared/comparisons.csv'), 'utf8')
      .trimEnd()
      .split('\n')
    expect(head).toMatch(/^load,group,name,metric,a,b,verdict,mean_a,mean_b,difference,/)
    // Two metrics, two loads, all and a class, three pairs.
    expect(lines).toHaveLength(2 * 2 * 2 * 3)
  })

  it('writes over comparisons of the same results, and refuses a folder of others, naming both', async () => {
    const files = () =>
      ['comparisons.csv', '.compared'].map(name => readFileSync(join(place.folder, 'again', name), 'utf8'))
    expect((await place.run('compare', 'results', '--out', 'again')).code).toBe(0)
    const all = files()
    const fewer = await place.run('compare', 'results/results.csv', '--metrics', 'usd', '--out', 'again')
    expect([fewer.code, files()[1]]).toEqual([0, all[1]])
    expect(files()[0].length).toBeLessThan(all[0].length)
    const before = files()
    const { code, stdout, stderr } = await place.run('compare', 'others', '--out', 'again')
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toBe(
      'regatta: --out again: holds comparisons of results/results.csv, not of others/results.csv; give another folder\n',
    )
    expect(files()).toEqual(before)
  })

  it('writes into the folder of its own results, and not into that of others', async () => {
    const { code, stderr } = await place.run('compare', 'own', '--out', 'own')
    expect([code, stderr]).toEqual([0, ''])
    expect(place.names('own')).toContain('comparisons.csv')
    const refused = await place.run('compare', 'own', '--out', 'others')
    expect(refused.stderr).toContain(
      '--out others: holds the results others/results.csv, not of own/results.csv',
    )
    expect(place.names('others')).not.toContain('comparisons.csv')
  })

  it('refuses comparisons of which nobody knows whose they are', async () => {
    place.write('unknown/comparisons.csv', 'a,b\n')
    const { code, stderr } = await place.run('compare', 'results', '--out', 'unknown')
    expect(code).toBe(2)
    expect(stderr).toContain('--out unknown: holds comparisons.csv of results that it does not name, not of')
  })

  it.each([
    ['results --against d', '--against d: the results have no such policy; known: a, b, c'],
    ['results --factor lod', '--factor lod: the results have no such factor; did you mean load?'],
    ['results --metrics ttft_s,used', "have no column 'used'; did you mean usd?"],
    ['results --confidence 1', 'It must be a number > 0 and < 1'],
    ['nowhere', 'nowhere: no such file; must be the folder of a sweep, or its results.csv'],
  ])('refuses %s in one line', async (words, message) => {
    const { code, stdout, stderr } = await place.run('compare', ...words.split(' '))
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain(message)
    expect(stderr.trimEnd().split('\n')).toHaveLength(1)
  })
})
