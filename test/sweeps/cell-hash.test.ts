import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { hasherOf } from '../../src/sweeps/cell-hash.ts'
import { pointsOf } from '../../src/sweeps/points.ts'
import { temporaryFolder } from './fakes.ts'
import { EXPERIMENT, experimentIn, SMALL, TRACE, TRACED } from './small.ts'

const program = vi.hoisted(() => ({ code: 'one' }))
vi.mock('../../src/sweeps/program.ts', async original => ({
  ...(await original<object>()),
  codeVersion: () => program.code,
}))

const folder = temporaryFolder()
let folders = 0

const FILES = {
  'scenario.yaml': SMALL,
  'traced.yaml': TRACED,
  'trace.csv': TRACE,
  'mine.ts': `import { pick } from './pick.ts'\nexport default () => pick\n`,
  'pick.ts': 'export const pick = () => 0\n',
  'located.ts': `export const at = new URL('./weights.json', import.meta.url)\nexport default () => () => 0\n`,
  'weights.json': '[1]',
  'more.json': '{ "regions": [] }',
}

type Changes = Readonly<Record<string, string>>

/** An experiment and what becomes of it; files by their paths in place of others. */
interface Case {
  readonly what: string
  readonly before?: string
  readonly after?: string
  readonly files?: Changes
}

/** Hashes of all points and of the first two replications of each, in a folder of its own. */
function hashesOf(text: string, changes: Changes = {}): string[] {
  const experiment = experimentIn(join(folder, String(folders++)), text, { ...FILES, ...changes })
  const hasher = hasherOf(experiment)
  return pointsOf(experiment).flatMap((_, point) =>
    [0, 1].map(replication => hasher.of({ point, replication })),
  )
}

const BY_TRACE = EXPERIMENT.replace('scenario.yaml', 'traced.yaml')
const BOTH = '[round-robin, power-of-two]'
const WITH_OPTIONS = '[{ name: length-split, threshold_tokens: 9 }, { name: power-of-two, choices: 3 }]'
const REWRITTEN = `sample_s: 1\n${SMALL.replace('sample_s: 1\n', '').replace('name: mixed', 'name: b')}`
const REGION = JSON.stringify({
  regions: [
    {
      id: 'here',
      gramsPerKwh: { value: 1, grade: 'estimate', source: 's' },
      sources: { s: 'a guess' },
    },
  ],
})
const OWN = EXPERIMENT.replace('round-robin', './mine.ts')

describe('the hash of a cell', () => {
  it('is another for every cell', () => {
    const hashes = hashesOf(EXPERIMENT)
    expect(new Set(hashes).size).toBe(8)
    expect(hashes[0]).toMatch(/^[0-9a-f]{64}$/)
  })

  it.each<Case>([
    { what: 'the folder that it lies in' },
    { what: 'names and comments', after: EXPERIMENT.replace('name: small', 'name: other # so') },
    {
      what: 'how values are written',
      after: EXPERIMENT.replace('[0.4, 0.8]', '{ low: 4e-1, high: 0.80 }'),
    },
    { what: 'what is said of it', after: `${EXPERIMENT}confidence: 0.9\n` },
    {
      what: 'how many replications there are',
      after: EXPERIMENT.replace('replications: 2', 'replications: 9'),
    },
    { what: 'what is there by default', after: `${EXPERIMENT}resampling: seeds\nseed: 1\n` },
    { what: 'the order of keys of the scenario, and its name', files: { 'scenario.yaml': REWRITTEN } },
    { what: 'files that it does not read', files: { 'mine.ts': '', 'trace.csv': '' } },
  ])('does not depend on $what', ({ before = EXPERIMENT, after = before, files }) => {
    expect(hashesOf(after, files)).toEqual(hashesOf(before))
  })

  it.each<Case>([
    { what: 'the seed', after: `${EXPERIMENT}seed: 2\n` },
    { what: 'the fleet', files: { 'scenario.yaml': SMALL.replace('nodes: 1', 'nodes: 2') } },
    { what: 'a load', after: EXPERIMENT.replace('[0.4, 0.8]', '[0.5, 0.9]') },
    { what: 'the policies', after: EXPERIMENT.replace(BOTH, '[random, flood]') },
    { what: 'options of policies', after: EXPERIMENT.replace(BOTH, WITH_OPTIONS) },
    { what: 'metrics', after: `${EXPERIMENT}metrics: [load]\n` },
    { what: 'groups', after: `${EXPERIMENT}groups: [all, class]\n` },
    { what: 'the rule of warm-up', after: `${EXPERIMENT}warmup: mser-5\n` },
    { what: 'resampling', after: `${EXPERIMENT}resampling: block-bootstrap\n` },
    {
      what: 'the length of blocks',
      before: `${EXPERIMENT}resampling: block-bootstrap\n`,
      after: `${EXPERIMENT}resampling: { block-bootstrap: { block_s: 9 } }\n`,
    },
    {
      what: 'the number of slices',
      before: `${EXPERIMENT}resampling: slices\n`,
      after: `${EXPERIMENT}resampling: { slices: { count: 3 } }\n`,
    },
    {
      what: 'draws of the hardware',
      after: EXPERIMENT.replace('replications', 'uncertainty: { draws: 2 }\nreplications'),
    },
    { what: 'a trace', before: BY_TRACE, files: { 'trace.csv': TRACE.replace('\n1', '\n1.5') } },
    {
      what: 'entries of the catalogue',
      after: `${EXPERIMENT}catalogue: [more.json]\n`,
      files: { 'more.json': REGION },
    },
  ])('is another, for every cell, with $what', ({ before = EXPERIMENT, after = before, files }) => {
    const old = hashesOf(before)
    expect(hashesOf(after, files).filter(hash => old.includes(hash))).toEqual([])
  })

  it.each([
    ['its file', { 'mine.ts': `${FILES['mine.ts']}// so\n` }],
    ['what that imports', { 'pick.ts': 'export const pick = () => 1\n' }],
  ])("is another with a policy of the user's own by %s, and for no other policy", (_, changes) => {
    const before = hashesOf(OWN)
    const isSame = hashesOf(OWN, changes).map((hash, i) => hash === before[i])
    expect(isSame).toEqual([false, false, true, true, false, false, true, true])
  })

  it('is another with what a policy of the user reads from beside it', () => {
    const text = EXPERIMENT.replace('round-robin', './located.ts')
    const before = hashesOf(text)
    const isSame = hashesOf(text, { 'weights.json': '[2]' }).map((hash, i) => hash === before[i])
    expect(isSame).toEqual([false, false, true, true, false, false, true, true])
  })

  it('is another, for every cell, with other code of the program', () => {
    const before = hashesOf(EXPERIMENT)
    program.code = 'two'
    expect(hashesOf(EXPERIMENT).filter(hash => before.includes(hash))).toEqual([])
    program.code = 'one'
    expect(hashesOf(EXPERIMENT)).toEqual(before)
  })

  it('stays that of a policy where others come and go', () => {
    const before = hashesOf(EXPERIMENT)
    const after = hashesOf(EXPERIMENT.replace('[round-robin,', '[random,'))
    expect(after.map((hash, i) => hash === before[i])).toEqual([
      false,
      false,
      true,
      true,
      false,
      false,
      true,
      true,
    ])
  })

  it('depends on the pilot where a run of it decides on the warm-up', () => {
    const text = `${EXPERIMENT}warmup: mser-5\n`
    const before = hashesOf(text)
    expect(hashesOf(text.replace('[round-robin,', '[random,')).filter(hash => before.includes(hash))).toEqual(
      [],
    )
  })
})
