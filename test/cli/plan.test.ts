import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { reportOf } from '../../src/cli/plan.ts'
import { planFiles } from '../../src/cli/plan-columns.ts'
import { planJsonSchema } from '../../src/cli/plan-json-schema.ts'
import { loadedPlan } from '../../src/cli/plan-load.ts'
import { UserError } from '../../src/core/errors.ts'
import { loadPlan } from '../../src/planning/fleets/load.ts'
import { readYaml } from '../../src/scenario/document.ts'
import { loadCatalogue, traceOpener } from '../../src/scenario/files.ts'
import { SHIPPED_CATALOGUE } from '../../src/scenario/shipped.ts'
import { PLAN, planWith } from './plans.ts'
import { Workplace } from './program.ts'

const place = new Workplace()
afterAll(() => place.remove())
const CONFIGS = fileURLToPath(new URL('../../configs', import.meta.url))

const CLOSED = `workload:
  closed_loop:
    { clients: 2, think_s: 1, requests: 20, lengths: { input: { fixed: 100 }, output: { fixed: 10 } } }
`

function rowsOf(path: string): Record<string, string>[] {
  const [header, ...lines] = readFileSync(join(place.folder, path), 'utf8').trimEnd().split('\n')
  return lines.map(line => Object.fromEntries(line.split(',').map((cell, i) => [header.split(',')[i], cell])))
}

describe.concurrent('regatta plan', () => {
  it('plans a fleet and writes tables and a scenario that check and race take', async () => {
    place.write('plans/good.yaml', PLAN)
    const { code, stdout, stderr } = await place.run('plan', 'plans/good.yaml', '--out', 'out')
    expect([code, stderr]).toEqual([0, ''])
    for (const text of ['tiny, seed 1', 'holds: ', 'promised', 'a node:', 'weakest grade', 'regatta race'])
      expect(stdout).toContain(text)
    expect(place.names('out')).toEqual([
      ...['fleets.csv', 'manifest.json', 'plan.csv', 'ratings.csv', 'scenario.yaml'],
    ])
    expect(Object.keys(rowsOf('out/plan.csv')[0])).toEqual(
      planFiles['plan.csv'].columns.map(({ name }) => name),
    )

    // Of 20 $/h each: a replica of 16 at 10 tokens of 0.1 s serves at most 16 requests/s, so 60/s need four or more.
    const nodes = Object.fromEntries(rowsOf('out/plan.csv').map(row => [row.option, Number(row.nodes)]))
    expect(32 * nodes.dear + 16 * nodes.cheap).toBeGreaterThanOrEqual(60)
    const [chosen] = rowsOf('out/fleets.csv').filter(row => row.chosen === 'yes')
    expect(chosen.verdict).toBe('feasible')
    expect(Number(chosen.slo_attainment_low)).toBeGreaterThanOrEqual(0.95)
    expect(Number(chosen.usd_per_hour)).toBeCloseTo(50 * nodes.dear + 20 * nodes.cheap)

    const checked = await place.run('check', 'out/scenario.yaml')
    expect([checked.code, checked.stderr]).toEqual([0, ''])
    const raced = await place.run('race', 'out/scenario.yaml', '--no-ranges', '--out', 'raced')
    expect([raced.code, raced.stderr]).toEqual([0, ''])
    expect(Number(rowsOf('raced/summary.csv')[0].slo_attainment)).toBeGreaterThan(0.95)

    const refused = await place.run('plan', 'plans/good.yaml', '--out', 'raced')
    expect([refused.code, refused.stdout]).toEqual([2, ''])
    expect(refused.stderr).toContain('--out raced: has a manifest.json that no plan wrote')
  })

  it('takes aim, rate, replications and seed from the command line', async () => {
    place.write('flags.yaml', planWith('rate_per_s: 60', 'load: 0.5'))
    const args = ['--rate-per-s', '10', '--minimise', 'watts', '--replications', '3', '--seed', '7']
    const { code, stdout, stderr } = await place.run(
      'plan',
      'flags.yaml',
      ...args,
      '--out',
      'flags',
      '--parquet',
    )
    expect([code, stderr]).toEqual([0, ''])
    const tables = ['fleets', 'plan', 'ratings'].flatMap(name => [`${name}.csv`, `${name}.parquet`])
    expect(place.names('flags')).toEqual([...tables, 'manifest.json', 'scenario.yaml'].sort())
    const { seed, plan } = JSON.parse(readFileSync(join(place.folder, 'flags/manifest.json'), 'utf8'))
    expect([seed, plan.resolved.minimise, plan.resolved.workload.rate_per_s]).toEqual([7, 'watts', 10])
    expect(stdout).toMatch(
      /^tiny, seed 7: 1 node for 10\.0 requests\/s, least power that racks must supply$/m,
    )
    expect(stdout).toContain('the plan has 3 replications')
  })

  it('ends with code 2 where no fleet will do, says what binds and leaves no folder', async () => {
    place.write('dear.yaml', planWith('verify:', 'limits: { usd_per_hour: 10 }\nverify:'))
    const { code, stdout, stderr } = await place.run('plan', 'dear.yaml', '--out', 'none')
    expect(stderr).toMatch(/budget 10 \$\/h: the least is \d+/)
    expect([code, stdout]).toEqual([2, ''])
    expect(place.names()).not.toContain('none')
  })

  it('shows with --help how to ask', async () => {
    const { code, stdout } = await place.run('plan', '--help')
    expect(code).toBe(0)
    for (const text of ['--minimise', '--rate-per-s', '--replications', 'Examples:'])
      expect(stdout).toContain(text)
  })
})

describe('a plan', () => {
  it.each([
    [
      'load in the workload',
      ['rate_per_s: 60', 'load: 0.5'],
      /bad\.yaml:10:3: workload\.load is 0\.5.*rate_per_s/,
    ],
    ['a closed loop', [/workload:[\s\S]*(?=candidates)/, CLOSED], /closed loop/],
    [
      'an unknown node',
      ['aws-p5.48xlarge', 'aws-p5.48xlarg'],
      /candidates\[0\]\.node.*did you mean aws-p5\.48xlarge/,
    ],
    ['an unknown key', ['name: tiny', 'nmae: tiny'], /has no key 'nmae'; did you mean name/],
    [
      'an unknown key of a candidate',
      ['usd_per_hour: 50', 'usd_per_our: 50'],
      /candidates\[0\] has no key 'usd_per_our'/,
    ],
    [
      'no candidates',
      [/candidates:[\s\S]*(?=verify)/, 'candidates: []\n'],
      /candidates is \[\]; must have >= 1 entry/,
    ],
    ['an unknown limit', ['verify:', 'limits: { rack_kws: 3 }\nverify:'], /did you mean rack_kw\?/],
    [
      'a policy of the own',
      ['verify:', 'policy: ./mine.ts\nverify:'],
      /policy is "\.\/mine\.ts"; must be a built-in/,
    ],
    ['an unknown policy', ['verify:', 'policy: least-request\nverify:'], /did you mean least-requests/],
    [
      'a model that no node holds',
      ['llama-3.1-8b', 'deepseek-v3'],
      /can be served within the SLO by no candidate; dear: .*weights.*; cheap: /,
    ],
    [
      'an SLO that nobody meets',
      ['tpot_s: 0.15', 'tpot_s: 0.05'],
      /class ".*" can be served within the SLO by no candidate.*TPOT is 0\.1 s, 2 times the 0\.05 s of the SLO/,
    ],
    [
      'limits that contradict',
      [
        /rate_per_s: 60([\s\S]*)verify:/,
        'rate_per_s: 70$1limits: { gpu_share: 1, usd_per_hour: 110 }\nverify:',
      ],
      /budget 110 \$\/h and GPU share 1 contradict one another; if one alone moves, budget: the least is 150 \$\/h/,
    ],
    [
      'no price on the date',
      [/usd_per_hour: \d+\n/g, 'tariff: { date: "2019", basis: spot }\n'],
      /aws-p5\.48xlarge, spot: no price .* known by 2019.*; aws-trn2\.48xlarge, spot: .*known: on-demand/,
    ],
    [
      'a date that is none',
      [/usd_per_hour: 50\n/, 'tariff: { date: 20 }\n'],
      /candidates\[0\]\.tariff\.date is 20; must be >= 1000/,
    ],
  ] as const)('with %s is refused, and told what is wrong', async (_, [from, to], says) => {
    const text = PLAN.replace(from, to)
    expect(text).not.toBe(PLAN)
    place.write('bad.yaml', text)
    const work = async () => reportOf(loadedPlan(join(place.folder, 'bad.yaml'), {}))
    const error = await work().catch(error => error)
    expect(error).toBeInstanceOf(UserError)
    expect(error.message).toMatch(says)
  })
})

it('a plan takes a year without quotes for a date', () => {
  const from = (date: string) => {
    place.write(
      'dated.yaml',
      `${PLAN.replace('usd_per_hour: 20', `usd_per_hour: 20\n    from: ${date}`)}tariff: { date: 2026 }\n`,
    )
    return loadedPlan(join(place.folder, 'dated.yaml'), {})
  }
  expect(from('2025').options.map(({ name }) => name)).toEqual(['dear', 'cheap'])
  const { spec, late } = from('2027')
  expect(spec.tariff.date).toBe('2026')
  expect(late.map(({ why }) => why)).toEqual(['can be had from 2027 on, and the plan is for 2026'])
})

const shipped = join(CONFIGS, 'plans')

describe.each(readdirSync(shipped).map(name => join(shipped, name)))('%s', file => {
  it('loads, and tells editors its schema', () => {
    const text = readFileSync(file, 'utf8')
    const plan = loadPlan(readYaml(text, file), loadCatalogue([SHIPPED_CATALOGUE]), traceOpener(file))
    expect(plan.options.length).toBeGreaterThan(3)
    const [, schema] = /^# yaml-language-server: \$schema=(\S+)\n/.exec(text)!
    expect(resolve(dirname(file), schema)).toBe(join(CONFIGS, 'plan.schema.json'))
  })
})

describe('the plan file', () => {
  // UPDATE_SCHEMA=1 npx vitest run test/cli/plan.test.ts && npx biome check --write configs
  it('has its JSON Schema up to date', () => {
    const path = join(CONFIGS, 'plan.schema.json')
    const now = JSON.stringify(planJsonSchema(), null, 2)
    if (process.env.UPDATE_SCHEMA) writeFileSync(path, `${now}\n`)
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(JSON.parse(now))
  })
})
