import { z } from 'zod'
import { type BatcherName, batchers } from '../batching/registry.ts'
import { DATE_PATTERN } from '../costs/dates.ts'
import { BASES } from '../costs/tariff.ts'
import {
  type Device,
  DTYPES,
  type Engine,
  type Fact,
  GRADES,
  type LlmModel,
  type NodeKind,
  type Owner,
  type PriceList,
  type Region,
  TASK_TYPES,
  type Task,
} from './facts.ts'

const count = () => z.int().min(1)

/** A list that a source gives, or a word in place of it. */
const listFact = <S extends z.ZodType>(value: S) =>
  z.strictObject({
    value,
    grade: z.enum(GRADES).describe('How far the list can be trusted'),
    source: z.string().describe("Key into the file's sources"),
  })

const sources = z
  .record(z.string(), z.string().min(1))
  .describe('Citations by the short keys that facts name')

/** A fact whose value and bounds lie in `number`'s range. */
const fact = (number: z.ZodNumber) =>
  z.strictObject({
    value: number,
    grade: z.enum(GRADES).describe('How far the number can be trusted'),
    source: z.string().describe("Key into the file's sources"),
    low: number.exactOptional(),
    high: number.exactOptional(),
  }) satisfies z.ZodType<Fact>

const atLeastZero = fact(z.number().min(0))
const aboveZero = fact(z.number().positive())
const share = fact(z.number().positive().max(1))

const roofline = z.strictObject({ fixedUs: atLeastZero, compute: share, memory: share })
const dtype = z.enum(DTYPES)
const knownAs = z.array(z.string().min(1)).min(1).exactOptional()

export const deviceSchema = z.strictObject({
  id: z.string(),
  vendor: z.string(),
  kind: z.enum(['gpu', 'asic', 'cpu', 'edge']),
  year: z.int(),
  engines: z.array(z.string()).min(1),
  knownAs,
  peakTflops: z.partialRecord(dtype, aboveZero),
  computesAs: z.partialRecord(dtype, dtype),
  memoryGb: aboveZero,
  memoryGbPerS: aboveZero,
  linkGbPerS: aboveZero.exactOptional(),
  nicGbPerS: aboveZero.exactOptional(),
  hostLinkGbPerS: aboveZero.exactOptional(),
  hostHopUs: atLeastZero.exactOptional(),
  models: listFact(z.array(z.string()).min(1)).exactOptional(),
  tdpW: aboveZero,
  idleW: atLeastZero,
  priceUsd: aboveZero.exactOptional(),
  operators: z.strictObject({
    gemm: z.partialRecord(dtype, roofline),
    attentionPrefill: roofline,
    attentionDecode: z.partialRecord(
      dtype,
      z.strictObject({ fixedUs: atLeastZero, perSequenceUs: atLeastZero, memory: share }),
    ),
    allReduce: z
      .strictObject({ graphUs: atLeastZero, eagerUs: atLeastZero, hopUs: atLeastZero, link: share })
      .exactOptional(),
    collective: z.strictObject({ fixedUs: atLeastZero, hopUs: atLeastZero, link: share }).exactOptional(),
    sendReceive: z.strictObject({ fixedUs: atLeastZero, link: share }).exactOptional(),
  }),
  power: z.strictObject({ floor: share, memory: atLeastZero, compute: atLeastZero }),
  sources,
}) satisfies z.ZodType<Device>

export const nodeSchema = z.strictObject({
  id: z.string(),
  device: z.string(),
  devices: count(),
  islandDevices: count(),
  slices: listFact(z.array(count()).min(1)).exactOptional(),
  hostIdleW: atLeastZero,
  hostLoadW: atLeastZero,
  usdPerHour: aboveZero.exactOptional(),
  reservedUsdPerHour: aboveZero.exactOptional(),
  capexUsd: aboveZero.exactOptional(),
  embodiedKg: aboveZero.exactOptional(),
  market: z.string().min(1).exactOptional(),
  typicalW: aboveZero.exactOptional(),
  maxW: aboveZero.exactOptional(),
  hostMemoryGb: aboveZero.exactOptional(),
  nicGbPerS: aboveZero.exactOptional(),
  nicUs: atLeastZero.exactOptional(),
  storageGbPerS: aboveZero.exactOptional(),
  sources,
}) satisfies z.ZodType<NodeKind>

/** Chances of one token, of two, ...: none above the one before, nor its bounds above theirs. */
const chances = z
  .array(share)
  .min(1)
  .refine(
    facts =>
      facts.every(
        (fact, i) => i === 0 || bounds(fact).every((value, end) => value <= bounds(facts[i - 1])[end]),
      ),
    { error: 'must not rise from one to the next, nor may low or high' },
  )

function bounds({ value, low = value, high = value }: Fact): readonly number[] {
  return [low, value, high]
}

export const modelSchema = z.strictObject({
  id: z.string(),
  knownAs,
  layers: count(),
  hidden: count(),
  heads: count(),
  kvHeads: count(),
  headDim: count(),
  ffn: z.int().min(0),
  gatedMlp: z.boolean(),
  vocab: count(),
  tiedEmbedding: z.boolean(),
  maxContextTokens: count(),
  moe: z
    .strictObject({
      experts: count(),
      expertsPerToken: count(),
      expertFfn: count(),
      sharedExperts: z.int().min(0),
      moeLayers: count(),
    })
    .exactOptional(),
  mla: z
    .strictObject({
      kvRank: count(),
      queryRank: z.int().min(0).describe('0 where queries are not compressed'),
      nopeDim: count(),
      ropeDim: count(),
      valueDim: count(),
    })
    .exactOptional(),
  window: z.strictObject({ tokens: count(), layers: count() }).exactOptional(),
  predictionHead: z.strictObject({ layers: count(), chances }).exactOptional(),
  sources,
}) satisfies z.ZodType<LlmModel>

export const taskSchema = z.strictObject({
  id: z.string(),
  type: z.enum(TASK_TYPES),
  parameters: aboveZero,
  gflopsPerSample: aboveZero.exactOptional(),
  denseWeightMb: aboveZero,
  embeddingBytesPerSample: atLeastZero,
  inputBytesPerSample: aboveZero.exactOptional(),
  sources,
}) satisfies z.ZodType<Task>

const engineFacts = {
  stepUs: atLeastZero,
  layerUs: atLeastZero,
  sequenceUs: atLeastZero,
  moeLayerUs: atLeastZero,
  gemmMultiplier: z.partialRecord(dtype, aboveZero).exactOptional(),
  attentionMultiplier: aboveZero.exactOptional(),
  expertMultiplier: aboveZero.exactOptional(),
  kvMultiplier: z.partialRecord(dtype, aboveZero).exactOptional(),
  floor: z.strictObject({ layerUs: atLeastZero, sequenceUs: atLeastZero }).exactOptional(),
  prefillMultiplier: fact(z.number().min(1)),
  frontEndMs: atLeastZero,
  memoryUtilization: share,
  runtimeGb: atLeastZero,
}

const sizes = listFact(z.union([z.array(count()).min(1), z.enum(['largest', 'exact'])]))

const compiled = z
  .strictObject({
    batch: sizes,
    context: sizes,
    prompt: sizes,
    paging: z.boolean(),
    compileS: atLeastZero,
    warmupS: atLeastZero,
    hostSampling: z.strictObject({ stepUs: atLeastZero, sequenceUs: atLeastZero }).exactOptional(),
  })
  .exactOptional()

const someEngineFacts = z.strictObject({
  stepUs: atLeastZero.exactOptional(),
  layerUs: atLeastZero.exactOptional(),
  sequenceUs: atLeastZero.exactOptional(),
  moeLayerUs: atLeastZero.exactOptional(),
  gemmMultiplier: engineFacts.gemmMultiplier,
  attentionMultiplier: engineFacts.attentionMultiplier,
  expertMultiplier: engineFacts.expertMultiplier,
  kvMultiplier: engineFacts.kvMultiplier,
  floor: engineFacts.floor,
  prefillMultiplier: engineFacts.prefillMultiplier.exactOptional(),
  frontEndMs: atLeastZero.exactOptional(),
  memoryUtilization: share.exactOptional(),
  runtimeGb: atLeastZero.exactOptional(),
  compiled,
})

export const engineSchema = z.strictObject({
  id: z.string(),
  knownAs,
  graphs: z.boolean(),
  blockTokens: count(),
  kvLayout: z.string().min(1).exactOptional(),
  compiled,
  ...engineFacts,
  fittedOn: z.array(z.string().regex(/^\S+ \S+ \S+$/, 'must be "device model weights"')).exactOptional(),
  defaults: z
    .strictObject({
      batcher: z.enum(Object.keys(batchers) as BatcherName[]),
      tokenBudget: fact(count()),
      maxSequences: fact(count()),
      reservesOutput: z.boolean(),
      draftTokens: z.strictObject({ oneRank: fact(count()), manyRanks: fact(count()) }).exactOptional(),
    })
    .exactOptional(),
  onDevice: z.record(z.string(), someEngineFacts).exactOptional(),
  sources,
}) satisfies z.ZodType<Engine>

const hourlyShape = z.array(z.number().positive()).length(24).exactOptional()

export const regionSchema = z.strictObject({
  id: z.string(),
  gramsPerKwh: aboveZero,
  hourlyShape,
  usdPerKwh: aboveZero.exactOptional(),
  usdHourlyShape: hourlyShape,
  sources,
}) satisfies z.ZodType<Region>

const datedPrice = z.strictObject({
  date: z.string().regex(DATE_PATTERN, 'must be like "2026", "2026-03" or "2026-03-31"'),
  market: z.string().min(1),
  basis: z.enum(BASES).exclude(['owned']),
  usdPerDeviceHour: aboveZero,
})

export const pricesSchema = z.strictObject({
  id: z.string(),
  device: z.string(),
  points: z.array(datedPrice).min(1),
  annualLogSd: aboveZero.exactOptional(),
  halfLifeYears: aboveZero.exactOptional(),
  sources,
}) satisfies z.ZodType<PriceList>

const shareOrNone = fact(z.number().min(0).max(1))

export const ownerSchema = z.strictObject({
  id: z.string(),
  priceShare: aboveZero,
  depreciationYears: aboveZero,
  residualShare: fact(z.number().min(0).lt(1)),
  costOfCapital: shareOrNone,
  networkShare: atLeastZero,
  maintenanceShare: shareOrNone,
  colocationUsdPerKwMonth: atLeastZero,
  pue: fact(z.number().min(1)),
  sources,
}) satisfies z.ZodType<Owner>
