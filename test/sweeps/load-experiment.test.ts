import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { experimentJsonSchema } from '../../src/sweeps/experiment-schema.ts'
import { loadExperiment } from '../../src/sweeps/load-experiment.ts'
import { pointsOf } from '../../src/sweeps/points.ts'
import { scenarioAt } from '../../src/sweeps/settings.ts'
import { CONFIGS, messageOf } from '../scenario/helpers.ts'
import { temporaryFolder } from './fakes.ts'
import { EXPERIMENT, experimentIn, SMALL, written } from './small.ts'

const folder = temporaryFolder()
const file = join(folder, 'experiment.yaml')

/** The message on an experiment, without its folder. */
function mistake(text: string): string {
  written(folder, { 'scenario.yaml': SMALL, 'experiment.yaml': text })
  return messageOf(() => loadExperiment(file)).replaceAll(`${folder}/`, '')
}

/** The experiment with a part of its text replaced. */
function variant(from: string | RegExp, to: string): string {
  const text = EXPERIMENT.replace(from, to)
  if (text === EXPERIMENT) throw new Error(`the text has no ${from}`)
  return text
}

describe('points', () => {
  it('are all combinations, the last factor faster than the first and policies fastest', () => {
    const text = variant('  workload.load', '  fleet.0.nodes: [1, 2]\n  workload.load')
    const points = pointsOf(experimentIn(folder, text))
    expect(points.map(({ levels, policy }) => [...levels, policy].join(' '))).toEqual([
      '1 0.4 round-robin',
      '1 0.4 power-of-two',
      '1 0.8 round-robin',
      '1 0.8 power-of-two',
      '2 0.4 round-robin',
      '2 0.4 power-of-two',
      '2 0.8 round-robin',
      '2 0.8 power-of-two',
    ])
    expect(points.map(({ setting }) => setting)).toEqual([0, 0, 1, 1, 2, 2, 3, 3])
  })

  it("take the scenario's policies where the experiment has none, and a lone point without factors", () => {
    const bare = 'name: bare\nscenario: scenario.yaml\nreplications: 1\n'
    expect(pointsOf(experimentIn(folder, bare))).toEqual([
      { setting: 0, levels: [], policyIndex: 0, policy: 'random' },
    ])
  })
})

describe('factors', () => {
  it('put their levels into the scenario, whole sections before what lies in them', () => {
    const text = variant(
      '  workload.load: [0.4, 0.8]',
      `  fleet.0.nodes: [3]
  fleet:
    one: [{ node: l40s-server-8x, nodes: 1, engine: vllm, replica: { weights: fp8 } }]`,
    )
    const { scenario } = scenarioAt(experimentIn(folder, text), 0)
    expect(scenario.fleet).toHaveLength(1)
    expect(scenario.fleet[0]).toMatchObject({ node: 'l40s-server-8x', nodes: 3 })
  })

  it('set keys that the scenario leaves to their defaults, and leave keys out', () => {
    const text = variant('workload.load: [0.4, 0.8]', 'pue: [1.3]\n  sample_s: { usual: null }')
    const { scenario } = scenarioAt(experimentIn(folder, text), 0)
    expect(scenario).toMatchObject({ pue: 1.3, sample_s: 10 })
  })

  it('change nothing else of the scenario', () => {
    const experiment = experimentIn(folder)
    const [low, high] = [0, 1].map(setting => scenarioAt(experiment, setting).scenario)
    expect(high).toEqual({ ...low, workload: { ...low.workload, load: 0.8 } })
  })
})

describe.each([
  [
    'a factor that names no key',
    'workload.load',
    'workload.lod',
    /5:3: factor workload.lod names no key: workload has no key 'lod'; did you mean load/,
  ],
  [
    'a factor that names no section',
    'workload.load',
    'work.load',
    /factor work.load names no key: a scenario has no key 'work'/,
  ],
  [
    'a place that a list has not',
    'workload.load',
    'fleet.2.nodes',
    /fleet is a list, and 2 is none of its places, 0 to 1/,
  ],
  [
    'a key of a pool that there is not',
    'workload.load',
    'fleet.0.node_count',
    /fleet\[0\] has no key 'node_count'/,
  ],
  [
    'a list called by a name',
    'workload.load',
    'fleet.big.nodes',
    /fleet is a list, and big is none of its places/,
  ],
  ['a key inside a number', 'workload.load', 'workload.load.high', /workload.load has no key 'high'/],
  ['the seed as a factor', 'workload.load', 'seed', /factor seed may not be varied: replications vary it/],
  [
    'a policy of the list as a factor',
    'workload.load',
    'policies.0',
    /factor policies\.0 may not be varied: list them under the key policies/,
  ],
  [
    'policies as a factor',
    'workload.load',
    'policies',
    /policies may not be varied: list them under the key policies/,
  ],
  ['an empty factor', '[0.4, 0.8]', '[]', /5:18: factors\.workload\.load is \[\]; must have >= 1 entry/],
  ['a factor of no levels by name', '[0.4, 0.8]', '{}', /must have 1 level or more/],
  ['a level twice', '[0.4, 0.8]', '[0.4, 0.8, 0.40]', /factor workload.load has the level 0.4 twice/],
  [
    'a level without a name',
    '[0.4, 0.8]',
    '[{ a: 1 }]',
    /has the level \{"a":1\} without a name; must be a map/,
  ],
  [
    'a level that the scenario refuses',
    '0.8]',
    '-1]',
    /experiment.yaml:5:24: workload.load is -1; must be > 0/,
  ],
  [
    'a level that the catalogue has not',
    'workload.load: [0.4, 0.8]',
    'fleet.0.node: [aws-p5.48xlarg]',
    /aws-p5.48xlarg.*did you mean aws-p5/,
  ],
  [
    'a policy that there is not',
    'power-of-two',
    'power-of-too',
    /experiment.yaml:3:25: policies\[1\] is "power-of-too".*did you mean power-of-two/,
  ],
  ['a policy twice', 'round-robin, power-of-two', 'random, random', /3:20: policy random comes twice/],
  ['no replications', 'replications: 2', '', /replications is missing; must be given/],
  ['no replication', 'replications: 2', 'replications: 0', /replications is 0; must be >= 1/],
  [
    'a most below the least',
    'replications: 2',
    'replications: { least: 5, most: 4, until: { metric: ttft_p99_s, half_width: 0.1 } }',
    /6:33: replications.most is 4; must be >= 5, the least/,
  ],
  [
    'an until without a most',
    'replications: 2',
    'replications: { until: { metric: ttft_p99_s, half_width: 0.1 } }',
    /replications.most is missing; must be given beside until/,
  ],
  [
    'a most without an until',
    'replications: 2',
    'replications: { least: 2, most: 4 }',
    /replications.until is missing/,
  ],
  [
    'an until on what is not measured',
    'replications: 2',
    'replications: { most: 9, until: { metric: load, half_width: 0.1 } }',
    /until.metric is "load"; must be one of the metrics: ttft_p50_s/,
  ],
  [
    'an until on what only classes have',
    'replications: 2',
    'replications: { most: 9, until: { metric: ttft_p99_s, half_width: 0.1 } }\ngroups: [class]',
    /replications.until is of all requests; groups must have all/,
  ],
  [
    'draws beside a stopping rule',
    'replications: 2',
    'uncertainty: { draws: 9 }\nreplications: { most: 9, until: { metric: ttft_p99_s, half_width: 0.1 } }',
    /replications stop by a rule beside uncertainty/,
  ],
  [
    'draws beside another number',
    'replications: 2',
    'uncertainty: { draws: 9 }\nreplications: 8',
    /replications is 8 beside 9 draws/,
  ],
  [
    'draws beside resampling',
    'replications: 2',
    'uncertainty: { draws: 9 }\nresampling: seeds',
    /has resampling and uncertainty/,
  ],
  [
    'fewer slices than replications',
    'replications: 2',
    'replications: 5\nresampling: { slices: { count: 4 } }',
    /resampling.slices.count is 4; must be >= 5/,
  ],
  [
    'a metric that there is not',
    'replications: 2',
    'replications: 2\nmetrics: [ttft_p99]',
    /7:11: metrics\[0\]: there is no metric 'ttft_p99'; did you mean ttft_p99_s/,
  ],
  ['a metric twice', 'replications: 2', 'replications: 2\nmetrics: [load, load]', /metrics has load twice/],
  [
    'a scenario that is not there',
    'scenario.yaml',
    'other.yaml',
    /2:11: scenario: other.yaml: there is no such file/,
  ],
  [
    'a key that there is not',
    'replications: 2',
    'replication: 2',
    /has no key 'replication'; did you mean replications/,
  ],
])('%s', (_, from, to, message) => {
  it('is a mistake with its place', () => {
    expect(mistake(variant(from, to))).toMatch(message)
  })
})

describe('resampling of a closed loop', () => {
  it('is refused', () => {
    const closed = SMALL.replace(
      /workload:[\s\S]*?fleet:/,
      `workload:
  closed_loop:
    clients: 4
    requests: 100
    think_s: 1
    lengths: { input: { fixed: 100 }, output: { fixed: 10 } }
fleet:`,
    )
    const text = 'name: c\nscenario: closed.yaml\nreplications: 2\n'
    const message = (more: string) => {
      written(folder, { 'closed.yaml': closed, 'experiment.yaml': text + more })
      return messageOf(() => loadExperiment(file))
    }
    expect(message('')).toBe('no mistake')
    expect(message('resampling: slices\n')).toMatch(/4:13: resampling is slices of a closed loop/)
  })
})

const shipped = join(CONFIGS, 'experiments')

describe.each(readdirSync(shipped).map(name => join(shipped, name)))('%s', path => {
  it('loads, and tells editors its schema', () => {
    expect(pointsOf(loadExperiment(path)).length).toBeGreaterThan(1)
    const [, schema] = /^# yaml-language-server: \$schema=(\S+)\n/.exec(readFileSync(path, 'utf8'))!
    expect(resolve(dirname(path), schema)).toBe(join(CONFIGS, 'experiment.schema.json'))
  })
})

describe('the experiment file', () => {
  // UPDATE_SCHEMA=1 npx vitest run test/sweeps/load-experiment.test.ts && npx biome check --write configs
  it('has its JSON Schema up to date', () => {
    const path = join(CONFIGS, 'experiment.schema.json')
    const now = JSON.stringify(experimentJsonSchema(), null, 2)
    if (process.env.UPDATE_SCHEMA) writeFileSync(path, `${now}\n`)
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(JSON.parse(now))
  })
})
