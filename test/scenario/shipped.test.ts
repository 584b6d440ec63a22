import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { buildFleet } from '../../src/scenario/build.ts'
import { dotted } from '../../src/scenario/document.ts'
import type { Stance } from '../../src/scenario/facts.ts'
import { besideScenario, loadScenario, traceOpener } from '../../src/scenario/files.ts'
import { defaultsTaken, policyChoices, scenarioJsonSchema } from '../../src/scenario/schema.ts'
import { buildWorkload } from '../../src/scenario/workload.ts'
import { CONFIGS, catalogue, parsed, variant } from './helpers.ts'

const folder = join(CONFIGS, 'scenarios')
const scenarios = readdirSync(folder).map(name => join(folder, name))

describe.each(scenarios)('%s', file => {
  it.each<Stance>(['given', 'pessimistic', 'optimistic'])('builds and fits as %s', stance => {
    const scenario = loadScenario(file)
    const fleet = buildFleet(scenario, catalogue, { stance })
    const longest = 'task' in scenario.scenario ? 1 : 4
    for (const kind of fleet.kinds) {
      expect(kind.kvBlocks * kind.blockTokens).toBeGreaterThanOrEqual(longest * kind.maxModelLen)
      expect(kind.usdPerHour).toBeGreaterThan(0)
    }
    buildWorkload(scenario, traceOpener(file))
  })

  it('has its trace beside it', () => {
    const { workload } = loadScenario(file).scenario
    if ('trace' in workload) expect(existsSync(besideScenario(file, workload.trace))).toBe(true)
  })

  it('tells editors its schema', () => {
    const [first] = readFileSync(file, 'utf8').split('\n')
    const [, path] = /^# yaml-language-server: \$schema=(\S+)$/.exec(first)!
    expect(resolve(dirname(file), path)).toBe(join(CONFIGS, 'scenario.schema.json'))
  })
})

describe('the main scenario', () => {
  it('races sixteen replicas of two kinds', () => {
    const fleet = buildFleet(loadScenario(join(folder, 'mixed-fleet.yaml')), catalogue)
    expect(fleet.replicas).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1])
    expect(fleet.kinds.map(({ name, deviceKind, devices }) => [name, deviceKind, devices])).toEqual([
      ['h100', 'gpu', 4],
      ['trainium2', 'asic', 8],
    ])
    expect(fleet.spareWatts).toBe(0)
  })
})

describe('the scenario file', () => {
  // UPDATE_SCHEMA=1 npx vitest run test/scenario/shipped.test.ts && npx biome check --write configs
  it('has its JSON Schema up to date', () => {
    const file = join(CONFIGS, 'scenario.schema.json')
    const now = JSON.stringify(scenarioJsonSchema(), null, 2)
    if (process.env.UPDATE_SCHEMA) writeFileSync(file, `${now}\n`)
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(JSON.parse(now))
  })

  it('says which values it leaves to defaults', () => {
    const taken = defaultsTaken(parsed(variant())).map(
      ([key, value]) => `${dotted(key)} ${JSON.stringify(value)}`,
    )
    expect(taken).toEqual([
      'seed 1',
      'start_hour 0',
      'pue 1.12',
      'warmup_s 0',
      'sample_s 10',
      'slo.attainment 0.95',
      'workload.format "auto"',
      'workload.class "all"',
      'workload.on_bad_row "fail"',
      'fleet[0].role "both"',
      'fleet[0].replica.pp 1',
      'fleet[0].replica.attention_dp 1',
      'fleet[0].replica.ep 1',
      'fleet[0].batcher.name "chunked-prefill"',
      'fleet[0].batcher.order "fcfs"',
      'fleet[0].batcher.watermark_share 0',
      'fleet[0].kv.preemption "recompute"',
      'fleet[0].latency.model "operators"',
    ])
  })

  it('tells a policy raced twice by its options', () => {
    const labels = policyChoices([
      'random',
      { name: 'length-split', threshold_tokens: 1 },
      { name: 'length-split', threshold_tokens: 2 },
    ]).map(({ label }) => label)
    expect(labels).toEqual(['random', 'length-split threshold_tokens=1', 'length-split threshold_tokens=2'])
  })
})

describe('the code', () => {
  const src = join(CONFIGS, '..', 'src')
  const code = readdirSync(src, { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.ts'))
    .map(name => ({ name, text: withoutComments(readFileSync(join(src, name), 'utf8')) }))

  it('knows no product name', () => {
    const ids = [catalogue.devices, catalogue.nodes, catalogue.models].flatMap(entries => [...entries.keys()])
    const families = ids.map(id => id.split(/[-.]/)[0]).filter(word => /\d|tpu|llama|mixtral|mtia/.test(word))
    const vendors = [...catalogue.devices.values()].map(({ vendor }) => vendor)
    const names = [...new Set([...ids, ...families, ...vendors])].map(name => name.replaceAll('.', '\\.'))
    const product = new RegExp(`(?<![\\w.])(${names.join('|')}|trainium|inferentia|gaudi)(?!\\w)`)
    for (const { name, text } of code) expect(product.exec(text)?.[0], name).toBeUndefined()
  })

  it('reads scenarios without Node but for files and threads', () => {
    const readers = code.filter(({ name, text }) => name.startsWith('scenario') && text.includes("'node:"))
    expect(readers.map(({ name }) => name)).toEqual([
      'scenario/ahead-worker.ts',
      'scenario/ahead.ts',
      'scenario/files.ts',
      'scenario/fingerprint.ts',
      'scenario/own-policies.ts',
      'scenario/shipped.ts',
      'scenario/thread.ts',
    ])
  })
})

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '')
}
