import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ONE_STAGE } from '../../src/latency/layout.ts'
import { weightBytes } from '../../src/latency/products.ts'
import { CATALOGUE_KINDS, factsIn } from '../../src/scenario/entries.ts'
import type { Device, Fact } from '../../src/scenario/facts.ts'
import { loadCatalogue } from '../../src/scenario/files.ts'
import { CONFIGS, catalogue, messageOf } from './helpers.ts'

const TRUTH = join(CONFIGS, '../../shared/data/truth')

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
      const ofPlainNumbers = kind === 'models' ? 'config' : 'shape'
      if (kind === 'models') expect(Object.keys(json.sources), path).toContain(ofPlainNumbers)
      for (const source of Object.keys(json.sources))
        expect([...used, ofPlainNumbers], path).toContain(source)
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
        // Lists and words have no range.
        if (grade !== 'estimate' || typeof value !== 'number') continue
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

  /** Billions of parameters as published; of text alone where there is more. */
  const PARAMETERS: Readonly<Record<string, number>> = {
    'bloom-176b': 176.2,
    'codellama-34b': 33.7,
    'deepseek-r1': 671,
    'deepseek-v3': 671,
    'falcon-180b': 179.5,
    'gemma-2-27b': 27.2,
    'gemma-2-9b': 9.24,
    'gemma-2b': 2.51,
    'gemma-7b': 8.54,
    'gpt-j-6b': 6.05,
    'gpt-oss-120b': 116.8,
    'gpt-oss-20b': 20.9,
    'internlm-20b': 20.1,
    'llama-2-13b': 13.02,
    'llama-2-70b': 68.98,
    'llama-2-7b': 6.74,
    'llama-3-70b': 70.55,
    'llama-3-8b': 8.03,
    'llama-3.1-405b': 405.9,
    'llama-3.1-70b': 70.55,
    'llama-3.1-8b': 8.03,
    'llama-3.3-70b': 70.55,
    'llama-30b': 32.5,
    'llama-4-maverick': 400,
    'llama-4-scout': 109,
    'llama-7b': 6.74,
    'minimax-m2.5': 230,
    'mistral-7b': 7.25,
    'mistral-nemo-12b': 12.2,
    'mixtral-8x22b': 141,
    'mixtral-8x7b': 46.7,
    'opt-13b': 12.9,
    'opt-175b': 175,
    'opt-66b': 65.7,
    'phi-2': 2.78,
    'phi-3-mini': 3.82,
    'qwen-72b': 72.3,
    'qwen2.5-32b': 32.8,
    'qwen2.5-72b': 72.7,
    'qwen2.5-7b': 7.62,
    'qwen3-14b': 14.8,
    'qwen3-235b-a22b': 235,
    'qwen3-30b-a3b': 30.5,
    'qwen3-32b': 32.76,
    'qwen3-8b': 8.19,
    'qwen3-coder-30b-a3b': 30.5,
    'qwen3-coder-480b-a35b': 480,
    'yi-34b': 34.4,
  }

  it.each([...catalogue.models.values()])('gives $id its parameters', model => {
    const widths = { tp: 1, ...ONE_STAGE, weightBytes: 1, kvBytes: 1, activationBytes: 1 }
    const ratio = weightBytes(model, widths) / 1e9 / PARAMETERS[model.id]
    expect(Math.abs(ratio - 1)).toBeLessThan(0.02)
  })

  it.each(['devices', 'models', 'engines'] as const)('gives no name of measurements to two %s', kind => {
    const entries = [...catalogue[kind].values()]
    const names = entries.flatMap(({ id, knownAs = [] }) => [...new Set([id, ...knownAs])])
    expect(new Set(names).size).toBe(names.length)
  })

  it('knows the hardware and models of the measurements', () => {
    if (!existsSync(TRUTH)) return console.warn(`SKIPPED: no measurements in ${TRUTH}`)
    const namesIn = (file: string) =>
      readFileSync(join(TRUTH, file), 'utf8')
        .trim()
        .split('\n')
        .slice(1)
        .map(line => line.split(',')[0])
    const known = (entries: Iterable<{ id: string; knownAs?: readonly string[] }>) =>
      [...entries].flatMap(({ id, knownAs = [] }) => [id, ...knownAs])
    expect(known(catalogue.devices.values())).toEqual(expect.arrayContaining(namesIn('hardware.csv')))
    expect(known(catalogue.models.values())).toEqual(expect.arrayContaining(namesIn('models.csv')))
  })

  it('divides nodes into whole islands', () => {
    for (const { id, devices, islandDevices } of catalogue.nodes.values()) {
      expect(devices % islandDevices, id).toBe(0)
    }
  })

  it('can join the devices of an island', () => {
    for (const { id, device: name, islandDevices } of catalogue.nodes.values()) {
      const { linkGbPerS, operators } = catalogue.devices.get(name)!
      if (islandDevices === 1) continue
      expect([linkGbPerS, operators.allReduce, operators.collective], id).not.toContain(undefined)
    }
  })

  it('computes in every format that it says how to compute in', () => {
    for (const device of catalogue.devices.values()) {
      const { operators, computesAs, peakTflops, id } = device
      const computed = [...Object.keys(operators.gemm), ...Object.values(computesAs)]
      for (const dtype of computed) expect(peakTflops, `${id} ${dtype}`).toHaveProperty(dtype)
      for (const dtype of Object.values(computesAs)) expect(operators.gemm, id).toHaveProperty(dtype)
      const isInt8Only = Object.keys(peakTflops).join() === 'int8'
      expect(operators.gemm, id).toHaveProperty(isInt8Only ? 'int8' : 'bf16')
      expect(operators.attentionDecode, id).toHaveProperty(isInt8Only ? 'int8' : 'bf16')
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

  it('is told of a second token that is accepted more often than the first', () => {
    const model = catalogue.models.get('deepseek-v3')!
    const [first, second] = model.predictionHead!.chances
    const told = (chances: readonly Fact[]) => {
      const folder = folderWith('models', 'm.json', { ...model, predictionHead: { layers: 1, chances } })
      return messageOf(() => loadCatalogue([CONFIGS, folder]))
    }
    const must = 'must not rise from one to the next, nor may low or high'
    expect(told([second, first])).toContain(must)
    expect(told([first, { ...second, low: first.low!, value: 0.7, high: 1 }])).not.toContain(must)
    expect(told([{ ...first, low: 0.1 }, second])).toContain(must)
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
    expect(messageOf(() => loadCatalogue(['nowhere']))).toBe(
      'catalogue nowhere: there is no such folder or file',
    )
  })

  it('is told of a key written twice', () => {
    const file = fileWith('{\n  "nodes": [],\n  "devices": [],\n  "nodes": []\n}')
    expect(messageOf(() => loadCatalogue([file]))).toBe(`${file}:4:3: Map keys must be unique`)
  })

  it('is told of a comma too few', () => {
    const file = fileWith('{ "nodes": [] "devices": [] }')
    expect(messageOf(() => loadCatalogue([file]))).toContain(`${file}:1:`)
  })
})

describe('one file of hardware', () => {
  const device = { ...catalogue.devices.get('trainium2')!, id: 'mine', knownAs: ['Mine'] }
  const node = { ...catalogue.nodes.get('aws-trn2.48xlarge')!, id: 'my-box', device: 'mine' }
  const written = (content: unknown) => fileWith(JSON.stringify(content, null, 2))

  it('adds a device and the node that carries it', () => {
    const extended = loadCatalogue([CONFIGS, written({ nodes: [node], devices: [device] })])
    expect(extended.devices.get('mine')).toEqual(device)
    expect(extended.nodes.get('my-box')!.device).toBe('mine')
    expect(extended.devices.size).toBe(catalogue.devices.size + 1)
  })

  it('is told where in the file a mistake is', () => {
    const file = written({ devices: [device], nodes: [node, { ...node, id: 'other', devices: 0 }] })
    const line =
      readFileSync(file, 'utf8')
        .split('\n')
        .findLastIndex(text => text.includes('"devices": 0')) + 1
    expect(messageOf(() => loadCatalogue([CONFIGS, file]))).toBe(
      `${file}:${line}:18: devices is 0; must be >= 1`,
    )
  })

  it('is told of ids that do not exist', () => {
    const file = written({ nodes: [{ ...node, device: 'min' }], devices: [device] })
    expect(messageOf(() => loadCatalogue([CONFIGS, file]))).toContain(
      'device is "min"; no device is called that: did you mean mine?',
    )
  })

  it.each<[what: string, content: unknown, message: string]>([
    ['an entry by itself', device, ': must have a list of entries under devices or nodes or'],
    ['nothing', {}, ': must have a list of entries under devices or nodes or'],
    ['an entry instead of a list', { nodes: node }, ':2:12: nodes is {'],
    ['an unknown kind', { nodes: [], device: [device] }, "no key 'device'; did you mean devices?"],
  ])('is told of %s', (_, content, message) => {
    const file = written(content)
    expect(messageOf(() => loadCatalogue([CONFIGS, file]))).toContain(message)
  })
})

function fileWith(text: string): string {
  const file = join(mkdtempSync(join(tmpdir(), 'catalogue-')), 'mine.json')
  writeFileSync(file, text)
  return file
}

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
