import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { ArrivalBlock } from '../../src/arrivals/contract.ts'
import { generated } from '../../src/arrivals/generate.ts'
import { readYaml, sourceOf, valueAt } from '../../src/scenario/document.ts'
import { generateSchema } from '../../src/scenario/generate-schema.ts'
import { generateSection, generateText } from '../../src/scenario/generate-text.ts'
import { generatorSpec } from '../../src/scenario/generators.ts'
import { presetFrom, presetSource } from '../../src/scenario/presets.ts'
import { validated } from '../../src/scenario/validate.ts'

const FOLDER = 'configs/workloads'
const PRESETS = readdirSync(FOLDER).map(name => {
  const file = `${FOLDER}/${name}`
  return [name.replace('.json', ''), presetFrom(readFileSync(file, 'utf8'), file)] as const
})
const GENERATORS = PRESETS.flatMap(([id, preset]) => ('generate' in preset ? [[id, preset] as const] : []))

describe.each(PRESETS)('the preset %s', (id, preset) => {
  test('is called as its file and makes requests of its classes', () => {
    expect(preset.id).toBe(id)
    const source = presetSource(preset, 'week' in preset ? { scale: 0.001 } : { requests: 500 }, 1)
    const block = new ArrivalBlock(500)
    source.fill(block)
    expect(block.length).toBe(500)
    expect(block.arrivalS[0]).toBe(0)
    expect(source.classes).not.toContain('all')
  })
})

describe.each(GENERATORS)('the generator %s', (_, preset) => {
  test('says what its parts rest on, and names only what it has', () => {
    const keys = Object.keys(preset.basis)
    expect(keys.some(key => key.startsWith('arrivals'))).toBe(true)
    for (const key of keys)
      expect([key, valueAt(preset.generate, key.split('.'))]).not.toEqual([key, undefined])
    expect(new Set(Object.values(preset.basis).map(({ source }) => source))).toEqual(
      new Set(Object.keys(preset.sources)),
    )
  })

  test('is the same generator once written as a section and read again', () => {
    const spec = generatorSpec(preset.generate)
    if (spec.gaps.kind === 'curve') return
    const read = validated(generateSchema, sourceOf(generateSection(spec), 'written'))
    expect(generatorSpec(read)).toEqual(spec)
    const yaml = readYaml(generateText(spec), 'written.yaml').input
    expect(yaml).toEqual({ generate: generateSection(spec) })
  })
})

test('a preset of a source that it has not is refused', () => {
  const text = readFileSync(`${FOLDER}/ranking.json`, 'utf8').replace('"source": "own"', '"source": "mine"')
  expect(() => presetFrom(text, 'mine.json')).toThrow('mine.json: source "mine"; known: deeprecsys, own')
})

describe('a generate section', () => {
  const BASE = {
    requests: 10,
    arrivals: { process: 'poisson', rate_per_s: 1 },
    lengths: { input: { fixed: 10 }, output: { fixed: 20 } },
  }
  const sourceFrom = (change: object) => {
    return generated(generatorSpec(validated(generateSchema, sourceOf({ ...BASE, ...change }, 'test'))), 1)
  }

  test.each([
    { process: 'weibull', rate_per_s: 2, shape: 0.5 },
    {
      process: 'markov',
      states: [
        { rate_per_s: 1, stay_s: 1 },
        { rate_per_s: 9, stay_s: 2 },
      ],
    },
    { process: 'diurnal', rate_per_s: 2, hourly: Array(24).fill(1), start_hour: 5 },
    { process: 'weekly', rate_per_s: 2, hourly: Array(168).fill(1), gaps: { process: 'gamma', cv: 2 } },
    { process: 'sinusoid', rate_per_s: 2, swing: 0.5, peak_s: 100 },
    { process: 'flash-crowd', rate_per_s: 2, height: 5, start_s: 1, rise_s: 1, hold_s: 1, decay_s: 1 },
    { process: 'periodic', senders: 3, rate_per_s: 10 },
  ])('has arrivals by %j', arrivals => {
    const block = new ArrivalBlock()
    sourceFrom({ arrivals }).fill(block)
    expect(block.length).toBe(10)
    expect(block.arrivalS[9]).toBeGreaterThan(0)
  })

  test('begins a day at the hour it says', () => {
    const hourly = Array.from({ length: 24 }, (_, hour) => (hour === 6 ? 1 : 0))
    const block = new ArrivalBlock()
    sourceFrom({
      requests: 1000,
      arrivals: { process: 'diurnal', rate_per_s: 0.01, hourly, start_hour: 5, gaps: { process: 'even' } },
    }).fill(block)
    expect(block.arrivalS[1]).toBeCloseTo(3700, 6)
  })

  test.each<[object, string]>([
    [
      { deadline_s: 1, classes: [{ class: 'a', share: 1 }] },
      'deadline_s is 1 beside classes; each class must',
    ],
    [
      { prefixes: { levels: [{ nodes: 2, zipf: 1, tokens: { fixed: 9 } }], by_tenant: true } },
      'prefixes by_tenant is true without tenants; must have tenants',
    ],
    [{ classes: [{ class: 'a', share: 0.4 }] }, 'shares add up to 0.4; must to 1'],
  ])('that contradicts itself, %j, is refused', (change, message) => {
    expect(() => sourceFrom(change)).toThrow(message)
  })
})
