import { z } from 'zod'
import {
  type Device,
  DTYPES,
  type Engine,
  type Fact,
  GRADES,
  type LlmModel,
  type NodeKind,
  type Region,
} from './facts.ts'

const count = () => z.int().min(1)
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

export const deviceSchema = z.strictObject({
  id: z.string(),
  vendor: z.string(),
  kind: z.enum(['gpu', 'asic', 'cpu', 'edge']),
  year: z.int(),
  engines: z.array(z.string()).min(1),
  peakTflops: z.partialRecord(dtype, aboveZero),
  computesAs: z.partialRecord(dtype, dtype),
  memoryGb: aboveZero,
  memoryGbPerS: aboveZero,
  linkGbPerS: aboveZero.exactOptional(),
  tdpW: aboveZero,
  idleW: atLeastZero,
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
  }),
  power: z.strictObject({ floor: share, memory: atLeastZero, compute: atLeastZero }),
  sources,
}) satisfies z.ZodType<Device>

export const nodeSchema = z.strictObject({
  id: z.string(),
  device: z.string(),
  devices: count(),
  islandDevices: count(),
  hostIdleW: atLeastZero,
  hostLoadW: atLeastZero,
  usdPerHour: aboveZero.exactOptional(),
  sources,
}) satisfies z.ZodType<NodeKind>

export const modelSchema = z.strictObject({
  id: z.string(),
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
  sources,
}) satisfies z.ZodType<LlmModel>

const engineFacts = {
  stepUs: atLeastZero,
  layerUs: atLeastZero,
  moeLayerUs: atLeastZero,
  kernelMultiplier: aboveZero.exactOptional(),
  prefillMultiplier: fact(z.number().min(1)),
  frontEndMs: atLeastZero,
  memoryUtilization: share,
  runtimeGb: atLeastZero,
}

const someEngineFacts = z.strictObject({
  stepUs: atLeastZero.exactOptional(),
  layerUs: atLeastZero.exactOptional(),
  moeLayerUs: atLeastZero.exactOptional(),
  kernelMultiplier: aboveZero.exactOptional(),
  prefillMultiplier: engineFacts.prefillMultiplier.exactOptional(),
  frontEndMs: atLeastZero.exactOptional(),
  memoryUtilization: share.exactOptional(),
  runtimeGb: atLeastZero.exactOptional(),
})

export const engineSchema = z.strictObject({
  id: z.string(),
  graphs: z.boolean(),
  blockTokens: count(),
  ...engineFacts,
  onDevice: z.record(z.string(), someEngineFacts).exactOptional(),
  sources,
}) satisfies z.ZodType<Engine>

export const regionSchema = z.strictObject({
  id: z.string(),
  gramsPerKwh: aboveZero,
  hourlyShape: z.array(z.number().positive()).length(24).exactOptional(),
  usdPerKwh: aboveZero.exactOptional(),
  sources,
}) satisfies z.ZodType<Region>
