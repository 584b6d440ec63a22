import { type Comparison, isPredicted, type Outcome, type Unpredicted } from '../../src/fidelity/contract.ts'
import type { Measurements } from '../../src/measurements/contract.ts'
import type { Catalogue, Device, Engine, Fact, LlmModel, NodeKind } from '../../src/scenario/facts.ts'

function fact(value: number): Fact {
  return { value, grade: 'measured', source: 'made up' }
}

function roofline(fixedUs: number) {
  return { fixedUs: fact(fixedUs), compute: fact(0.5), memory: fact(0.5) }
}

/** Round numbers: 100 TFLOP/s (200 in fp8), 1000 GB/s, 100 GB/s to the next, half of each reached. */
const chip: Device = {
  ...{
    id: 'toy-chip',
    vendor: 'Toys',
    kind: 'gpu',
    year: 2026,
    engines: ['toy-engine'],
    knownAs: ['Toy 80GB'],
  },
  ...{ peakTflops: { bf16: fact(100), fp8: fact(200) }, computesAs: {}, memoryGb: fact(80) },
  ...{ memoryGbPerS: fact(1000), linkGbPerS: fact(100), tdpW: fact(1000), idleW: fact(100) },
  operators: {
    gemm: { bf16: roofline(10), fp8: roofline(10) },
    attentionPrefill: roofline(20),
    attentionDecode: { bf16: { fixedUs: fact(5), perSequenceUs: fact(1), memory: fact(0.5) } },
    allReduce: { graphUs: fact(4), eagerUs: fact(20), hopUs: fact(1), link: fact(0.5) },
    collective: { fixedUs: fact(10), hopUs: fact(2), link: fact(0.5) },
    sendReceive: { fixedUs: fact(8), link: fact(0.5) },
  },
  power: { floor: fact(0.2), memory: fact(0.5), compute: fact(0.3) },
  sources: {},
}

const { linkGbPerS: _link, ...unlinked } = chip

const model: LlmModel = {
  ...{ id: 'toy-model', knownAs: ['Toy/Model', 'toy'], layers: 1, hidden: 1000, heads: 10, kvHeads: 5 },
  ...{ headDim: 100, ffn: 4000, gatedMlp: true, vocab: 10_000, tiedEmbedding: false },
  ...{ maxContextTokens: 8192, sources: {} },
}

const experts: LlmModel = {
  ...{ ...model, id: 'toy-experts', knownAs: ['Toy/Experts'], layers: 2, ffn: 0 },
  moe: { experts: 8, expertsPerToken: 2, expertFfn: 500, sharedExperts: 0, moeLayers: 2 },
}

const engine: Engine = {
  ...{ id: 'toy-engine', knownAs: ['toyserve'], graphs: true, blockTokens: 16, sources: {} },
  defaults: {
    ...{ batcher: 'chunked-prefill', reservesOutput: false },
    ...{ tokenBudget: fact(8192), maxSequences: fact(1024) },
  },
  ...{ stepUs: fact(100), layerUs: fact(10), sequenceUs: fact(1), moeLayerUs: fact(7) },
  ...{ prefillMultiplier: fact(1), frontEndMs: fact(0), memoryUtilization: fact(0.9), runtimeGb: fact(1) },
}

const { defaults: _defaults, ...unsaid } = engine
const bare: Engine = { ...unsaid, id: 'toy-bare', knownAs: ['bareserve'] }

const node: NodeKind = {
  ...{ id: 'toy-node', device: 'toy-chip', devices: 8, islandDevices: 8, sources: {} },
  ...{ hostIdleW: fact(500), hostLoadW: fact(1500) },
}

function byId<Entry extends { readonly id: string }>(...entries: readonly Entry[]) {
  return new Map(entries.map(entry => [entry.id, entry]))
}

export const toys: Catalogue = {
  devices: byId<Device>(chip, { ...unlinked, id: 'toy-card', knownAs: ['Toy card'] }),
  models: byId<LlmModel>(model, { ...model, id: 'toy-two', knownAs: ['Toy/Two'], layers: 2 }, experts),
  engines: byId(engine, bare, { ...engine, id: 'toy-eager', knownAs: ['toyserve-2023'], graphs: false }),
  nodes: byId(node),
  tasks: new Map(),
  regions: new Map(),
  prices: new Map(),
  owners: new Map(),
}

/** A file of measurements whose rows give some of its columns; `source` is given for all. */
export function made(
  name: string,
  columns: readonly string[],
  rows: readonly Readonly<Record<string, string | number>>[],
): Measurements {
  const line = (row: Readonly<Record<string, string | number>>) =>
    columns.map(column => JSON.stringify(String(row[column] ?? (column === 'source' ? 'me' : '')))).join(',')
  const text = [columns.join(','), ...rows.map(line)].join('\n')
  return { folder: 'made', names: [name], read: () => text }
}

/** The only outcome, which must be a comparison. */
export function comparisonOf(outcomes: Iterable<Outcome>): Comparison {
  const [outcome, ...others] = [...outcomes]
  if (outcome === undefined || others.length > 0) throw new Error(`${others.length + 1} outcomes, or none`)
  if (!isPredicted(outcome)) throw new Error(outcome.reason)
  return outcome
}

/** The only outcome, which must be a reason. */
export function reasonOf(outcomes: Iterable<Outcome>): Unpredicted {
  const [outcome, ...others] = [...outcomes]
  if (outcome === undefined || others.length > 0) throw new Error(`${others.length + 1} outcomes, or none`)
  if (isPredicted(outcome)) throw new Error(`predicted ${outcome.predicted}`)
  return outcome
}
