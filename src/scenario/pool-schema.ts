import { z } from 'zod'
import { type BatcherName, batchers } from '../batching/registry.ts'
import { type OrderName, orders } from '../ordering/registry.ts'
import { compiled, kv, outside, prefixCache, speculation } from './deployment-schema.ts'
import { DTYPES } from './facts.ts'

const positive = () => z.number().positive()
const count = () => z.int().min(1)

/** The dynamic batcher waits for samples of tasks. */
const MODEL_BATCHERS = (Object.keys(batchers) as BatcherName[]).filter(name => name !== 'dynamic')

const orderName = z.enum(Object.keys(orders) as OrderName[])

const order = z
  .union([
    orderName,
    z.object({ name: orderName }).catchall(z.number()).describe('An order with its options'),
  ])
  .default('fcfs')
  .describe('Who goes first of those that wait, and is preempted last')

const batcher = z
  .strictObject({
    name: z.enum(MODEL_BATCHERS).default('chunked-prefill'),
    order,
    token_budget: count()
      .default(2048)
      .describe('Most tokens in a step of an attention rank and pipeline stage; at least max_sequences'),
    chunk_budget: count().optional().describe('Most prompt tokens among them'),
    max_sequences: count().default(256).describe('Most requests that run at once on an attention rank'),
    max_prefills: count().optional().describe('Most of them whose prompts are being computed'),
    max_model_len: count()
      .optional()
      .describe("Most tokens of prompt and output; by default the model's, as far as the KV pool holds them"),
    watermark_share: z
      .number()
      .min(0)
      .max(0.5)
      .default(0)
      .describe('Share of the KV blocks that admission leaves free'),
  })
  .prefault({})
  .describe('What a replica does next')

const latency = z
  .discriminatedUnion('model', [
    z.strictObject({ model: z.literal('operators') }),
    z.strictObject({
      model: z.literal('linear'),
      step_s: z.number().min(0),
      token_s: z.number().min(0).describe('Per token that the step computes'),
      context_token_s: z.number().min(0).describe('Per context token that it reads'),
    }),
    z.strictObject({ model: z.literal('fixed'), step_s: positive() }),
    z.strictObject({ model: z.literal('exponential'), mean_s: positive() }),
  ])
  .default({ model: 'operators' })
  .describe('How long a step takes: calibrated operators of the device, or a law of your own')

const replica = z
  .strictObject({
    tp: count().default(1).describe('Devices that share every layer, all in one island: tensor parallelism'),
    pp: count().default(1).describe('Stages of a pipeline, each on tp devices of an island'),
    attention_dp: count()
      .default(1)
      .describe('Ranks among the tp devices that each do the attention of their own requests'),
    ep: count().default(1).describe('Groups among the tp devices that each hold their own experts'),
    weights: z.enum(DTYPES).default('bf16'),
    kv: z.enum(DTYPES).default('bf16'),
    replicas_per_node: count().optional().describe('By default as many as its islands hold'),
  })
  .prefault({})
  .describe('One model instance')

const onItsOwn = {
  node: z.string().describe('Id of a node kind'),
  nodes: count().describe('How many of them'),
  usd_per_hour: z.number().min(0).optional().describe("Price of a node, in place of the catalogue's"),
}

const beside = { on: z.string().describe('Name of the pool on whose nodes it stands') }

const pool = {
  name: z.string().min(1).optional().describe('Name of its replicas; by default device and tp'),
  model: z
    .union([z.string(), z.array(z.string()).min(2)])
    .optional()
    .describe(
      "Id of its model, or of several of which each replica runs one at a time; the scenario's by default",
    ),
  patience_s: z
    .number()
    .min(0)
    .optional()
    .describe('For how long at most requests of another model wait before the running one takes no more in'),
  role: z
    .enum(['both', 'prefill', 'decode'])
    .default('both')
    .describe('Whether its replicas compute prompts only, or decode only'),
  replicas: count().optional().describe('How many in all; by default as many as fit'),
  replica,
  engine: z.string().describe('Id of an engine that runs on the device'),
  batcher,
  kv,
  prefix_cache: prefixCache.optional(),
  compiled: compiled.optional(),
  speculation: speculation.optional(),
  outside: outside.optional(),
  latency,
  speedup: positive()
    .optional()
    .describe(
      'By how many times its steps are faster than `latency` says: better software on the same hardware. Front end, start, loading of weights and transfers take what they take',
    ),
}

/** Like replicas that serve a language model, on nodes of their own or beside another pool's. */
const ownNodesPool = z.strictObject({ ...pool, ...onItsOwn })
export const modelPool = z.union([ownNodesPool, z.strictObject({ ...pool, ...beside })])

export type Pool = z.output<typeof modelPool>
export type OwnNodesPool = z.output<typeof ownNodesPool>
