import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { loadExperiment } from '../../src/sweeps/load-experiment.ts'
import { insideOf, packOf, unpackInto } from '../../src/sweeps/pack.ts'
import { planOf } from '../../src/sweeps/planned.ts'
import { EXPERIMENT, SMALL, TRACE, TRACED, written } from './small.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'regatta-pack-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const FILES = {
  'study/experiments/mine.yaml': EXPERIMENT.replace('scenario.yaml', '../scenarios/traced.yaml').replace(
    'policies: [round-robin',
    'policies: [./policies/own.ts, round-robin',
  ),
  'study/scenarios/traced.yaml': TRACED.replace('trace.csv', '../../traces/day.csv'),
  'study/scenarios/policies/own.ts': "import { first } from './lib/first.ts'\nexport default () => first\n",
  'study/scenarios/policies/lib/first.ts': 'export const first = () => 0\n',
  'traces/day.csv': TRACE,
  'traces/unused.csv': TRACE,
}
const load = (path = 'study/experiments/mine.yaml') => loadExperiment(join(folder, path))

it('holds what an experiment rests on, lying as it did, and comes to the same cells wherever it is unpacked', () => {
  written(folder, FILES)
  const pack = packOf(load())
  expect(pack.experiment).toBe('study/experiments/mine.yaml')
  expect(pack.files.map(({ path }) => path)).toEqual([
    'study/experiments/mine.yaml',
    'study/scenarios/policies/lib/first.ts',
    'study/scenarios/policies/own.ts',
    'study/scenarios/traced.yaml',
    'traces/day.csv',
  ])
  const elsewhere = join(folder, 'else/where')
  unpackInto(elsewhere, pack)
  expect(readdirSync(join(elsewhere, 'traces'))).toEqual(['day.csv'])
  const again = loadExperiment(join(elsewhere, pack.experiment))
  expect(planOf(again)).toEqual(planOf(load()))
  expect(packOf(again).id).toBe(pack.id)
})

it('is another pack when a byte of a file is', () => {
  written(folder, FILES)
  const before = packOf(load()).id
  written(folder, { 'study/scenarios/policies/lib/first.ts': 'export const first = () => 1\n' })
  expect(packOf(load()).id).not.toBe(before)
})

it('begins at the folder of the experiment where all else lies below it', () => {
  written(folder, { 'scenario.yaml': SMALL, 'experiment.yaml': EXPERIMENT })
  expect(packOf(load('experiment.yaml')).files.map(({ path }) => path)).toEqual([
    'experiment.yaml',
    'scenario.yaml',
  ])
})

it('refuses a path from the root of this machine', () => {
  const trace = join(folder, 'trace.csv')
  written(folder, { 'trace.csv': TRACE, 'experiment.yaml': EXPERIMENT })
  written(folder, { 'scenario.yaml': TRACED.replace('trace.csv', trace) })
  expect(() => packOf(load('experiment.yaml'))).toThrow(`${trace} is named from the root of this machine`)
})

it('refuses a policy that a package brings', () => {
  written(folder, {
    'node_modules/brought/package.json': '{ "name": "brought", "main": "index.js" }',
    'node_modules/brought/index.js': 'module.exports = () => () => 0\n',
    'scenario.yaml': SMALL,
    'experiment.yaml': EXPERIMENT.replace('round-robin', 'brought'),
  })
  expect(() => packOf(load('experiment.yaml'))).toThrow('belongs to a package, which cannot be packed')
})

it.each(['/etc/passwd', '../up', 'a/../../up', 'a\\b'])(
  'leads nowhere but below its folder: not to %s',
  path => {
    expect(() => insideOf(path)).toThrow(`a pack has the path ${path}; must lie below`)
  },
)
