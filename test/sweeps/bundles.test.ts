import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writeBundle } from '../../src/sweeps/bundles/bundle.ts'
import { writeChecksums } from '../../src/sweeps/bundles/checksums.ts'
import { csvDifference } from '../../src/sweeps/bundles/csv-difference.ts'
import { verifyBundle } from '../../src/sweeps/bundles/verify.ts'
import type { Experiment } from '../../src/sweeps/experiment.ts'
import { openSweepFolder } from '../../src/sweeps/folder.ts'
import { inProcessRunner } from '../../src/sweeps/in-process-runner.ts'
import { loadExperiment } from '../../src/sweeps/load-experiment.ts'
import { noteOrigin, originOf, passOnOrigin } from '../../src/sweeps/origin.ts'
import { taskOf } from '../../src/sweeps/plan.ts'
import { planOf } from '../../src/sweeps/planned.ts'
import { sweep } from '../../src/sweeps/sweep.ts'
import { EXPERIMENT, experimentIn, SMALL, written } from './small.ts'

const folder = mkdtempSync(join(tmpdir(), 'regatta-bundles-'))
const at = (...names: readonly string[]) => join(folder, ...names)
const text = (...names: readonly string[]) => readFileSync(at(...names), 'utf8')
let experiment: Experiment

/** A bundle of its own to spoil. */
function bundled(name: string): string {
  cpSync(at('bundle'), at(name), { recursive: true })
  return at(name)
}

function edit(file: string, from: string | RegExp, to: string): void {
  const before = readFileSync(file, 'utf8')
  writeFileSync(file, before.replace(from, to))
  expect(readFileSync(file, 'utf8')).not.toBe(before)
}

async function swept(of: Experiment, out: string, parquet = false): Promise<void> {
  const made = openSweepFolder(out, planOf(of))
  await sweep(taskOf(made.plan), inProcessRunner(of), made.journal)
  made.writeResults({ parquet })
  await made.close()
}

beforeAll(async () => {
  const metrics = 'metrics: [ttft_p99_s, slo_attainment, usd_per_good_mtok, j_per_good_mtok, saturated]\n'
  experiment = experimentIn(at('study'), `${EXPERIMENT}${metrics}`)
  await swept(experiment, at('sweep'))
  writeBundle(at('sweep'), experiment, at('bundle'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('a bundle', () => {
  it('holds results, inputs, seeds, and what every column means', () => {
    expect(text('bundle/results.csv')).toBe(text('sweep/results.csv'))
    expect(text('bundle/manifest.json')).toBe(text('sweep/manifest.json'))
    expect(text('bundle/inputs/scenario.yaml')).toBe(SMALL)
    expect(text('bundle/seeds.csv')).toMatch(/^replication,seed\n0,(.+)\n1,\1\/1\n$/)
    const header = text('bundle/results.csv').split('\n')[0].split(',')
    const documented = text('bundle/columns.csv').split('\n')
    expect(documented.filter(line => line.startsWith('results.csv,'))).toHaveLength(header.length)
    expect(documented.find(line => line.startsWith('results.csv,ttft_p99_s,'))).toContain(
      'Time to first token',
    )
  })

  it('has a LaTeX table of means and half widths', () => {
    const table = text('bundle/table.tex')
    expect(table).toContain('workload.load & policy & p99 TTFT (s) & SLO attainment & \\$ per good Mtok &')
    expect(table).toMatch(/0\.4 & round-robin & \$[\d.]+ \\pm [\d.]+\$\\textsuperscript\{\$\\dagger\$\} & /)
    expect(table).toContain('95 \\% confidence intervals')
    expect(table.match(/\\begin\{tabular\}/g)).toHaveLength(2)
    expect(table.match(/\{!\}\{%\n {2}\\begin\{tabular\}.+?\\end\{tabular\}\}/gs)).toHaveLength(2)
    expect(table.match(/\\addlinespace/g)).toHaveLength(2)
  })

  it('marks what says less than it seems to in the LaTeX table, and says why beneath', () => {
    const table = text('bundle/table.tex')
    expect(table).toMatch(/0\.8 & round-robin\\textsuperscript\{\$\\ddagger\$\} & /)
    expect(table).toMatch(/\$\\dagger\$\} of fewer than the 1000 requests that it takes/)
    expect(table).toMatch(/\$\\ddagger\$\} the queue still grew .*\.\n\\end\{table\}/)
  })

  it('is not made of a sweep that is not finished, was edited or is another experiment now', () => {
    cpSync(at('sweep'), at('half'), { recursive: true })
    edit(at('half/manifest.json'), '"finished": 8', '"finished": 7')
    expect(() => writeBundle(at('half'), experiment, at('none'))).toThrow(
      'has 7 of 8 cells; must be finished',
    )
    cpSync(at('sweep'), at('edited'), { recursive: true })
    edit(at('edited/results.csv'), '0.4', '0.5')
    expect(() => writeBundle(at('edited'), experiment, at('none'))).toThrow('results.csv: was edited since')
    cpSync(at('sweep'), at('no-cells'), { recursive: true })
    rmSync(at('no-cells/cells.jsonl'))
    expect(() => writeBundle(at('no-cells'), experiment, at('none'))).toThrow(
      'cells.jsonl: no such file; the cells of the sweep must be in it',
    )
    expect(existsSync(at('none'))).toBe(false)
    written(at('study'), { 'other.yaml': `${EXPERIMENT}seed: 5\n` })
    const other = loadExperiment(at('study/other.yaml'))
    expect(() => writeBundle(at('sweep'), other, at('none'))).toThrow(
      /is not what .*other\.yaml comes to now/,
    )
    expect(() => writeBundle(at('sweep'), experiment, at('sweep'))).toThrow('holds files already')
  })
})

describe('verifying a bundle', () => {
  const verify = (path: string) => verifyBundle(path, inProcessRunner)

  it('finds the same bytes', async () => {
    const { cells, difference, otherwise } = await verify(at('bundle'))
    expect([cells, difference, otherwise]).toEqual([8, undefined, undefined])
  })

  it.each([
    ['edited', 'results.csv', (path: string) => edit(join(path, 'results.csv'), '0.4', '0.5'), 'was edited'],
    ['removed', 'seeds.csv', (path: string) => rmSync(join(path, 'seeds.csv')), 'is missing'],
    ['added', 'more.csv', (path: string) => writeFileSync(join(path, 'more.csv'), ''), 'was added'],
    [
      'bad',
      'checksums.sha256:1',
      (path: string) => edit(join(path, 'checksums.sha256'), /^\w/, '!'),
      'must be a sha256',
    ],
  ])('names the file that was %s', async (name, file, spoil, says) => {
    const path = bundled(name)
    spoil(path)
    await expect(verify(path)).rejects.toThrow(`${join(path, file)}: ${says}`)
  })

  it('names the first difference of results that were made up, checksums and all', async () => {
    const path = bundled('made-up')
    const lines = text('made-up/results.csv').split('\n')
    const column = lines[0].split(',').indexOf('ttft_p99_s')
    const before = lines[3].split(',')[column]
    lines[3] = lines[3].split(',').with(column, '0.001').join()
    writeFileSync(join(path, 'results.csv'), lines.join('\n'))
    writeChecksums(path)
    const { difference } = await verify(path)
    expect(difference).toEqual({
      ...{ file: 'results.csv', line: 4, column: 'ttft_p99_s' },
      ...{ here: before, there: '0.001' },
    })
  })

  it.each([
    ['estimates.csv', /(?<=\n0\.4,.*)\d+(?=,[^,]*\n)/, { line: 2 }],
    ['seeds.csv', '/1\n', { line: 3, column: 'seed' }],
    ['columns.csv', 'Time to first token', { column: 'about' }],
    ['table.tex', '\\pm', {}],
  ])('names the difference where %s was made up, checksums and all', async (file, from, where) => {
    const path = bundled(`made-up-${file}`)
    edit(join(path, file), from, '7')
    writeChecksums(path)
    expect((await verify(path)).difference).toMatchObject({ file, ...where })
  })

  it('says where a file of results was left out, checksums and all', async () => {
    const path = bundled('left-out')
    rmSync(join(path, 'estimates.csv'))
    writeChecksums(path)
    expect((await verify(path)).difference).toEqual({
      ...{ file: 'estimates.csv', line: 1, here: 'a file', there: 'no such file' },
    })
  })

  it('makes Parquet files again where the sweep had them', async () => {
    await swept(experiment, at('with-parquet'), true)
    writeBundle(at('with-parquet'), experiment, at('parquet'))
    expect((await verify(at('parquet'))).difference).toBeUndefined()
    cpSync(at('parquet/estimates.parquet'), at('parquet/results.parquet'))
    writeChecksums(at('parquet'))
    expect((await verify(at('parquet'))).difference).toMatchObject({ file: 'results.parquet' })
  })

  it('says when the inputs are not those that the results were made of', async () => {
    const path = bundled('other-inputs')
    edit(join(path, 'inputs/experiment.yaml'), '0.8', '0.7')
    writeChecksums(path)
    const { difference, otherwise } = await verify(path)
    expect(difference).toMatchObject({
      file: 'results.csv',
      column: 'workload.load',
      here: '0.7',
      there: '0.8',
    })
    expect(otherwise).toContain('0.8 there and 0.7 here')
  })

  it('refuses what is no bundle', async () => {
    await expect(verify(at('sweep'))).rejects.toThrow('must be a folder that regatta bundle has written')
  })
})

describe('the first difference of two CSV files', () => {
  const difference = (here: string, there: string) => {
    writeFileSync(at('here.csv'), here)
    writeFileSync(at('there.csv'), there)
    return csvDifference(at('here.csv'), at('there.csv'))
  }

  it('is a cell, a line that one of them lacks, or nothing', async () => {
    expect(await difference('a,b\n1,2\n', 'a,b\n1,2\n')).toBeUndefined()
    expect(await difference('a,b\n"x,y",2\n', 'a,b\n"x,y",3\n')).toEqual({
      ...{ line: 2, column: 'b', here: '2', there: '3' },
    })
    expect(await difference('a,b\n1,2\n', 'a,b\n')).toEqual({ line: 2, here: '1,2', there: undefined })
    expect(await difference('a,b\n', 'a,b\n1,2\n')).toEqual({ line: 2, here: undefined, there: '1,2' })
  })
})

describe('the origin of a sweep', () => {
  it('is found from its folder and from one made of it, and asked for where it is gone', () => {
    const [sweepFolder, merged] = [at('sweep'), at('bundle')]
    expect(() => originOf(merged)).toThrow(
      'does not say where its experiment is; give the file by --experiment',
    )
    noteOrigin(sweepFolder, at('study/experiment.yaml'))
    passOnOrigin(sweepFolder, at('study'))
    expect(loadExperiment(originOf(at('study'))).file).toBe(at('study/experiment.yaml'))
    noteOrigin(sweepFolder, at('study/moved.yaml'))
    expect(() => originOf(sweepFolder)).toThrow('moved.yaml, which is gone; give the file by --experiment')
  })
})
