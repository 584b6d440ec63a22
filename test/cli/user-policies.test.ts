import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { entrantsOf } from '../../src/cli/entrants.ts'
import { ResultFiles } from '../../src/cli/result-files.ts'
import { loadPrepared } from '../../src/cli/scenario.ts'
import { raced } from '../../src/cli/session.ts'
import { OutputFolder } from '../../src/results/output-folder.ts'
import { ended, SCENARIO, scenario, Workplace } from './program.ts'

const place = new Workplace()
const file = (name: string) => join(place.folder, name)
const LEARNING = `
import type { PolicyFactory } from 'regatta'

const meanS: number[] = []
const policy: PolicyFactory = ({ cluster, random, onEnd }) => {
  onEnd(({ replica, e2eS }) => {
    meanS[replica] = 0.9 * (meanS[replica] ?? e2eS) + 0.1 * e2eS
  })
  return () => {
    const [a, b] = [0, 1].map(() => Math.floor(random() * cluster.replicas))
    return (meanS[a] ?? 0) < (meanS[b] ?? 0) ? a : b
  }
}
export default policy
`
const FOREVER = 'while (true) {}'

beforeAll(() => {
  place.write('good.yaml', SCENARIO)
  place.write('learning.ts', LEARNING)
  place.write(
    'in-decision.ts',
    `let n = 0\nexport default () => () => {\n  if (n++ === 150) ${FOREVER}\n  return 0\n}`,
  )
  place.write('in-set-up.ts', `export default () => { ${FOREVER} }`)
  place.write('at-top.ts', `${FOREVER}\nexport default 1`)
  place.write('at-ends.ts', `export default ({ onEnd }) => { onEnd(() => { ${FOREVER} }); return () => 0 }`)
  place.write('leaves.ts', 'export default () => () => process.exit(0)')
  place.write('never-ready.ts', 'await new Promise(() => {})\nexport default () => () => 0')
  place.write('later.ts', 'export default () => {\n  setInterval(() => {}, 1e6)\n  return () => 0\n}')
  place.write(
    'throws.ts',
    'type T = {\n  a: number\n}\nexport default () => (request: any) => request.no.thing',
  )
  place.write('at-top.yaml', scenario('[random,', '[./at-top.ts,'))
})
afterAll(() => place.remove())

describe("a user's policy in a thread of its own", () => {
  it('gives the same bytes as in place', async () => {
    const loaded = await loadPrepared(file('good.yaml'), {})
    const entrants = await entrantsOf(loaded, ['random', './learning.ts'])
    const folder = new OutputFolder(file('in-place'))
    const files = new ResultFiles(folder, loaded)
    await raced({ loaded, entrants, files, flags: { requests: true } })
    files.finish(entrants)
    const { code, stderr } = await place.run(
      ...['race', 'good.yaml', '--policies', 'random,./learning.ts', '--no-ranges', '--requests'],
      ...['--out', 'threaded'],
    )
    expect([code, stderr]).toEqual([0, ''])
    const names = place.names('in-place')
    expect(names).toContain('requests.csv')
    expect(place.names('threaded')).toEqual(names)
    for (const name of names) {
      const [there, here] = ['threaded', 'in-place'].map(where => readFileSync(file(`${where}/${name}`)))
      expect(there.equals(here), name).toBe(true)
    }
  })

  it('gives them stepped, at the ends of ranges and at the SLO', async () => {
    const args = ['race', 'good.yaml', '--policies', './learning.ts', '--at-slo', '--requests']
    const stepped = place.run(...args, '--out', 'stepped', '--step-by-step')
    await Promise.all([place.run(...args, '--out', 'as-is'), stepped])
    expect(place.names('as-is')).toContain('at-slo.csv')
    for (const name of ['requests.csv', 'ranges.csv', 'at-slo.csv', 'summary.csv']) {
      const [one, other] = ['as-is', 'stepped'].map(where => columnsBut(/events/, `${where}/${name}`))
      expect(other, name).toEqual(one)
    }
  })

  it('is over when the program is, whatever the policy left running', async () => {
    const { code } = await place.run('run', 'good.yaml', '--policy', './later.ts')
    expect(code).toBe(0)
  })
})

/** The cells of a CSV file, but for columns of that name. */
function columnsBut(name: RegExp, path: string): string[][] {
  const [head, ...rows] = readFileSync(file(path), 'utf8')
    .split('\n')
    .map(line => line.split(','))
  return rows.map(row => row.filter((_, i) => !name.test(head[i])))
}

describe("a user's policy that does not come back", () => {
  it.each([
    ['in-decision.ts', /did not answer decision 151 at [\d.]+ s of the run for 0\.5 s/],
    ['in-set-up.ts', /did not finish its set-up within 0\.5 s/],
    ['at-top.ts', /was not loaded within 0\.5 s/],
    [
      'at-ends.ts',
      /did not come back from a listener, after decision \d+ at [\d.]+ s of the run, for 0\.5 s/,
    ],
    ['leaves.ts', /ended the program in decision 1 at 0 s of the run/],
  ])('is ended and named, and nothing is left: %s', async (name, message) => {
    const { code, stderr } = await place.run(
      ...[
        'race',
        'good.yaml',
        '--policies',
        `random,./${name}`,
        '--policy-timeout',
        '0.5',
        '--out',
        `out-${name}`,
      ],
    )
    expect(code).toBe(2)
    expect(stderr).toMatch(new RegExp(`^regatta: policy \\./${name} [^\\n]*\\n$`))
    expect(stderr).toMatch(message)
    expect(place.names().filter(entry => entry.includes(`out-${name}`))).toEqual([])
  })

  it('is ended where a scenario is only checked', async () => {
    const { code, stderr } = await place.run('check', 'at-top.yaml', '--policy-timeout', '0.5')
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/policy \.\/at-top\.ts was not loaded within 0\.5 s/),
    ])
  })

  it('is told its line where it throws', async () => {
    const { code, stderr } = await place.run('run', 'good.yaml', '--policy', './throws.ts', '--out', 'thrown')
    expect(code).toBe(2)
    expect(stderr).toMatch(
      /^regatta: policy throws\.ts, decision 1 at 0 s, threw TypeError: .* at throws\.ts:4:\d+\n$/,
    )
    expect(place.names().filter(entry => entry.includes('thrown'))).toEqual([])
  })

  it('leaves nothing when it is interrupted', async () => {
    const args = ['race', 'good.yaml', '--policies', './in-decision.ts', '--out', 'interrupted', '--requests']
    const child = place.start(...args)
    const end = ended(child)
    const isAtWork = () => place.names().some(name => name.includes('interrupted'))
    while (!isAtWork()) await new Promise(resolve => setTimeout(resolve, 20))
    child.kill('SIGINT')
    expect((await end).code).toBe(130)
    expect(isAtWork()).toBe(false)
  })
})

describe('what a policy leaves behind', () => {
  beforeAll(() => {
    const setUps = {
      'rejected.ts': "Promise.reject(new Error('rej'))",
      'rejected-text.ts': "Promise.reject('why')",
      'timed.ts': "setTimeout(() => { throw new Error('late') })",
      'timed-text.ts': "setTimeout(() => { throw 'late' })",
    }
    for (const [name, text] of Object.entries(setUps))
      place.write(name, `export default () => { ${text}; return () => 0 }`)
    place.write('at-load.ts', "Promise.reject(new Error('top'))\nexport default () => () => 0")
    place.write('at-load.yaml', scenario('[random,', '[./at-load.ts,'))
    place.write('unresolved.mts', 'await new Promise(() => {})\nexport default () => () => 0')
    place.write(
      'rejected-in-turn.ts',
      "export default () => () => {\n  Promise.reject(new Error('turn'))\n  throw new Error('thrown')\n}",
    )
  })
  const racing = (policies: string) =>
    place.run('race', 'good.yaml', '--policies', policies, '--out', 'left', '--no-ranges')

  it.each([
    [
      'random,./rejected.ts',
      'policy ./rejected.ts threw outside of its decisions: Error: rej at rejected.ts:1:39',
    ],
    [
      './rejected-text.ts',
      'policy ./rejected-text.ts threw outside of its decisions: a promise rejected with "why"',
    ],
    ['./timed.ts', 'policy ./timed.ts threw outside of its decisions: Error: late at timed.ts:1:49'],
    ['./timed-text.ts', "policy ./timed-text.ts threw outside of its decisions: 'late'"],
    [
      './unresolved.mts',
      'policy ./unresolved.mts never finished loading: a top-level await does not resolve',
    ],
    [
      './rejected.ts,./throws.ts',
      'policy ./rejected.ts threw outside of its decisions: Error: rej at rejected.ts:1:39',
    ],
    [
      './throws.ts,./rejected.ts',
      /^policy throws\.ts, decision 1 at 0 s, threw TypeError: .* at throws\.ts:4:\d+$/,
    ],
    [
      './rejected-in-turn.ts',
      'policy ./rejected-in-turn.ts threw outside of its decisions: Error: turn at rejected-in-turn.ts:2:18',
    ],
  ])('ends the race before anything is told or written: %s', async (policies, mistake) => {
    const { code, stdout, stderr } = await racing(policies)
    expect([code, stdout]).toEqual([2, ''])
    const [, told] = /^regatta: (.*)\n$/.exec(stderr) ?? []
    if (typeof mistake === 'string') expect(told).toBe(mistake)
    else expect(told).toMatch(mistake)
    expect(place.names().filter(entry => entry.includes('left'))).toEqual([])
  })

  it('ends a check as well', async () => {
    const { code, stdout, stderr } = await place.run('check', 'at-load.yaml')
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toBe(
      'regatta: policy ./at-load.ts threw outside of its decisions: Error: top at at-load.ts:1:16\n',
    )
  })
})

describe("chance and the clock in a user's policy", () => {
  it.each([
    [
      'decides.ts',
      'export default () => () => Math.floor(Math.random())',
      /^policy decides\.ts, decision 1 at 0 s, asked Math\.random at decides\.ts:1:44; use setup\.random, so that a seed gives the same bytes$/,
    ],
    [
      'kept.ts',
      'const { random } = Math\nexport default () => () => random()',
      /decision 1 at 0 s, asked Math\.random at kept\.ts:2:28; /,
    ],
    [
      'sets-up.ts',
      'export default () => {\n  new Date()\n  return () => 0\n}',
      /^policy \.\/sets-up\.ts: set-up asked new Date\(\) at sets-up\.ts:2:3; use cluster\.nowS, /,
    ],
    [
      'listens.ts',
      'export default ({ onEnd }) => { onEnd(() => { performance.now() }); return () => 0 }',
      /^policy listens\.ts, its onEnd listener at [\d.]+ s, asked performance\.now at listens\.ts:1:59; /,
    ],
  ])('may not be asked: %s', async (name, text, mistake) => {
    place.write(name, text)
    const { code, stderr } = await place.run('run', 'good.yaml', '--policy', `./${name}`)
    const [, told] = /^regatta: (.*)\n$/.exec(stderr) ?? []
    expect([code, told]).toEqual([2, expect.stringMatching(mistake)])
  })

  it('may be asked while its file is loaded, and dates that are told may be made', async () => {
    place.write(
      'dated.ts',
      'const atMs = Date.now() + Math.random()\nexport default () => () => new Date(2000, 1).getTime() < atMs ? 0 : -1',
    )
    const { code, stderr } = await place.run('run', 'good.yaml', '--policy', './dated.ts')
    expect([code, stderr]).toEqual([0, ''])
  })
})

describe('a policy from a package', () => {
  beforeAll(() => {
    const packages = [
      ['fancy', '{ "name": "fancy", "type": "module", "exports": "./index.js" }', 'index.js', '1'],
      ['@me/pols', '{ "name": "@me/pols", "exports": { "./sub": "./sub.ts" } }', 'sub.ts', '2 as number'],
    ]
    for (const [name, about, index, to] of packages) {
      place.write(`node_modules/${name}/package.json`, about)
      place.write(
        `node_modules/${name}/${index}`,
        `export const options = { to: { about: 'where', default: ${to} } }\nexport default ({ options }) => () => options.to`,
      )
    }
    place.write('packaged.yaml', scenario('[random,', '[{ name: fancy, to: 0 }, "@me/pols/sub",'))
    place.write('misnamed.yaml', scenario('[random,', '[fancy, randon,'))
  })

  it('is raced by its name, with options', async () => {
    const { code, stderr, stdout } = await place.run(
      ...['race', 'good.yaml', '--policies', 'fancy:to=2,@me/pols/sub', '--out', 'packaged', '--no-ranges'],
    )
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/^fancy .*\n@me\/pols\/sub |^@me\/pols\/sub .*\nfancy /m)
    const { policies } = JSON.parse(readFileSync(file('packaged/manifest.json'), 'utf8'))
    expect(policies).toMatchObject([
      { label: 'fancy', options: { to: 2 }, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
      { label: '@me/pols/sub', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
    ])
  })

  it('may be named by a scenario, whose mistakes still get the nearest name', async () => {
    const good = await place.run('check', 'packaged.yaml')
    expect([good.code, good.stdout]).toEqual([
      0,
      expect.stringMatching(/Policies: fancy, @me\/pols\/sub, power-of-two/),
    ])
    const bad = await place.run('check', 'misnamed.yaml')
    expect(bad.code).toBe(2)
    expect(bad.stderr).toMatch(/misnamed\.yaml:\d+:\d+: policies\[1\] is "randon"; .* did you mean random\?/)
  })
})
