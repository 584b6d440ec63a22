import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { weightBytes } from '../../src/latency/transformer.ts'
import { CATALOGUE_KINDS, factsIn } from '../../src/scenario/entries.ts'
import type { Device, Fact } from '../../src/scenario/facts.ts'
import { loadCatalogue } from '../../src/scenario/files.ts'
import { CONFIGS, catalogue, messageOf } from './helpers.ts'

const files = CATALOGUE_KINDS.flatMap(kind =>
  readdirSync(join(CONFIGS, kind)).map(name => ({ kind, name, path: join(CONFIGS, kind, name) })),
)
const contents = files.map(file => ({ ...file, json: JSON.parse(readFileSync(file.path, 'utf8')) }))

describe('the shipped catalogue', () => {
  it('names each file by its id', () => {
    for (const { name, json } of contents) expect(name).toBe(`${json.id}.json`)
  })

  it('cites a source for every number and uses every source', () => {
    for (const { path, kind, json } of contents) {
      const used = [...factsIn(json)].map(([, fact]) => fact.source)
      for (const source of used) expect(Object.keys(json.sources), path).toContain(source)
      if (kind === 'models') expect(Object.keys(json.sources), path).toEqual(['config'])
      else for (const source of Object.keys(json.sources)) expect([...used, 'shape'], path).toContain(source)
    }
  })

  it('cites documents and no place on a machine', () => {
    for (const { path, json } of contents) {
      for (const citation of Object.values<string>(json.sources)) {
        expect(citation, path).not.toMatch(/\.\.\/|\/(home|work|root|tmp)\//)
        expect(citation.length, path).toBeGreaterThan(10)
      }
    }
  })

  it('bounds every estimate', () => {
    for (const { path, json } of contents) {
      for (const [key, { value, grade, low, high }] of factsIn(json)) {
        if (grade !== 'estimate') continue
        expect(low, `${path} ${key}`).toBeLessThanOrEqual(value)
        expect(high, `${path} ${key}`).toBeGreaterThanOrEqual(value)
        expect(high! - low!, `${path} ${key}`).toBeGreaterThan(0)
      }
    }
  })

  it('has hourly shapes of mean 1', () => {
    const shapes = [...catalogue.regions.values()].flatMap(region =>
      region.hourlyShape ? [region.hourlyShape] : [],
    )
    expect(shapes.length).toBeGreaterThan(4)
    for (const shape of shapes) expect(shape.reduce((sum, factor) => sum + factor, 0) / 24).toBeCloseTo(1, 3)
  })

  it('leaves unknown prices out', () => {
    for (const id of ['meta-mtia2i-server', 'msft-maia100-server']) {
      expect(catalogue.nodes.get(id)!.usdPerHour).toBeUndefined()
    }
  })

  it.each([
    ['llama-3.1-8b', 8.03],
    ['llama-3.1-70b', 70.55],
    ['llama-2-70b', 68.98],
    ['mixtral-8x7b', 46.7],
    ['qwen3-32b', 32.76],
  ])('gives %s its %d billion parameters', (id, billions) => {
    const widths = { tp: 1, weightBytes: 1, kvBytes: 1, activationBytes: 1 }
    expect(weightBytes(catalogue.models.get(id)!, widths) / 1e9).toBeCloseTo(billions, 1)
  })

  it('computes in every format that it says how to compute in', () => {
    for (const device of catalogue.devices.values()) {
      const { operators, computesAs, peakTflops, id } = device
      const computed = [...Object.keys(operators.gemm), ...Object.values(computesAs)]
      for (const dtype of computed) expect(peakTflops, `${id} ${dtype}`).toHaveProperty(dtype)
      for (const dtype of Object.values(computesAs)) expect(operators.gemm, id).toHaveProperty(dtype)
      expect(operators.gemm, id).toHaveProperty('bf16')
    }
  })
})

describe("a user's catalogue", () => {
  it('adds a device by one file', () => {
    const mine: Device = { ...catalogue.devices.get('h100-sxm')!, id: 'mine', memoryGb: fact(200) }
    const extended = loadCatalogue([CONFIGS, folderWith('devices', 'mine.json', mine)])
    expect(extended.devices.size).toBe(catalogue.devices.size + 1)
    expect(extended.devices.get('mine')!.memoryGb.value).toBe(200)
    expect(extended.nodes).toEqual(catalogue.nodes)
  })

  it('takes the place of an entry of the same id', () => {
    const node = { ...catalogue.nodes.get('aws-p5.48xlarge')!, devices: 4, islandDevices: 4 }
    const extended = loadCatalogue([CONFIGS, folderWith('nodes', 'any-name.json', node)])
    expect(extended.nodes.get('aws-p5.48xlarge')!.devices).toBe(4)
    expect(extended.nodes.size).toBe(catalogue.nodes.size)
  })

  const region = { id: 'here', gramsPerKwh: fact(100), sources: { test: 'made up for this test' } }
  const cases: [what: string, region: object, message: string][] = [
    [
      'an unknown key',
      { ...region, gramPerKwh: 1 },
      "11:3: the file has no key 'gramPerKwh'; did you mean gramsPerKwh?",
    ],
    ['a wrong bound', { ...region, gramsPerKwh: fact(0) }, '4:14: gramsPerKwh.value is 0; must be > 0'],
    [
      'no citation',
      { ...region, gramsPerKwh: fact(1, 'tst') },
      '6:15: gramsPerKwh.source is "tst"; did you mean test?',
    ],
    [
      'a value outside its range',
      { ...region, gramsPerKwh: { ...fact(9), low: 1, high: 2 } },
      '4:14: gramsPerKwh.value is 9; must be from low, 1, to high, 2',
    ],
  ]
  it.each(cases)('is told of %s', (_, entry, message) => {
    const folder = folderWith('regions', 'here.json', entry)
    expect(messageOf(() => loadCatalogue([folder]))).toBe(
      `${join(folder, 'regions', 'here.json')}:${message}`,
    )
  })

  it('is told of ids that do not exist', () => {
    const folder = folderWith('nodes', 'n.json', {
      ...catalogue.nodes.get('aws-p5.48xlarge')!,
      device: 'h100-sxn',
    })
    expect(messageOf(() => loadCatalogue([CONFIGS, folder]))).toBe(
      `${join(folder, 'nodes', 'n.json')}:3:13: device is "h100-sxn"; no device is called that: did you mean h100-sxm or h200-sxm?`,
    )
  })

  it('must exist', () => {
    expect(messageOf(() => loadCatalogue(['nowhere']))).toBe('catalogue nowhere: there is no such folder')
  })
})

function fact(value: number, source = 'test'): Fact {
  return { value, grade: 'vendor', source }
}

function folderWith(kind: string, name: string, entry: object): string {
  const folder = mkdtempSync(join(tmpdir(), 'catalogue-'))
  const withSource =
    'sources' in entry
      ? { ...entry, sources: { ...(entry.sources as object), test: 'made up for this test' } }
      : entry
  mkdirSync(join(folder, kind))
  writeFileSync(join(folder, kind, name), JSON.stringify(withSource, null, 2))
  return folder
}
