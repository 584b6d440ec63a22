import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { writeChecksums } from '../../src/sweeps/bundles/checksums.ts'
import { Workplace } from '../cli/program.ts'
import { experiment, QUICK } from './experiments.ts'

const place = new Workplace()
beforeAll(() => {
  place.write('quick.yaml', QUICK)
  place.write('one.yaml', experiment(2))
})
afterAll(() => place.remove())

it('bundles a sweep that knows its experiment, and verifies it: 0 where all is the same, else 1, or 2 if edited', async () => {
  expect((await place.run('sweep', 'one.yaml', '--out', 'results', '--workers', '1')).code).toBe(0)
  const { code, stdout, stderr } = await place.run('bundle', 'results', 'bundle')
  expect([code, stderr]).toEqual([0, ''])
  expect(stdout).toContain(
    'Written to bundle: bundle.json, checksums.sha256, columns.csv, estimates.csv, inputs,',
  )
  const same = await place.run('verify', 'bundle', '--workers', '1')
  expect(same).toEqual({
    code: 0,
    stdout: 'bundle: the same, byte for byte: 8 cells were run again.\n',
    stderr: '',
  })

  const results = join(place.folder, 'bundle/results.csv')
  writeFileSync(results, readFileSync(results, 'utf8').replace('\n0.4,', '\n0.41,'))
  const edited = await place.run('verify', 'bundle')
  expect(edited.code).toBe(2)
  expect(edited.stderr).toMatch(/^regatta: bundle\/results\.csv: was edited; .*\n$/)
  writeChecksums(join(place.folder, 'bundle'))
  const different = await place.run('verify', 'bundle', '--workers', '1')
  expect(different.code).toBe(1)
  expect(different.stdout).toBe(
    'bundle: not the same. First at results.csv:2, column workload.load: 0.41 in the bundle, 0.4 here.\n',
  )
  // The program is started six times.
}, 180_000)
