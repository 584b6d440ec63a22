import { z } from 'zod'
import { DTYPES } from './facts.ts'

const positive = () => z.number().positive()
const count = () => z.int().min(1)

const batcher = z
  .strictObject({
    name: z.literal('dynamic').default('dynamic'),
    max_samples: count().describe('Samples of a full batch; requests of more are rejected'),
    max_requests: count().optional().describe('Requests of a full batch; by default no other bound'),
    timeout_ms: z
      .number()
      .min(0)
      .default(0)
      .describe(
        'For how long the oldest request waits for its batch to fill, from its arrival at the replica',
      ),
  })
  .describe('What a replica does next')

const latency = z
  .discriminatedUnion('model', [
    z.strictObject({
      model: z.literal('samples'),
      fixed_s: z.number().min(0).default(5e-4).describe('Launch and host time of a batch'),
      sample_s: positive().optional().describe("Measured time of a sample, in place of the device's peaks"),
    }),
    z.strictObject({ model: z.literal('fixed'), step_s: positive() }),
    z.strictObject({ model: z.literal('exponential'), mean_s: positive() }),
  ])
  .prefault({ model: 'samples' })
  .describe('How long a batch takes: work of its samples on the device, or a law of your own')

const replica = z
  .strictObject({
    weights: z.enum(DTYPES).default('bf16').describe('Format of weights and arithmetic'),
    replicas_per_node: count().optional().describe('By default one for each device of the node'),
  })
  .prefault({})
  .describe('One instance of the task on one device')

/** Like replicas that serve a task of the catalogue in place of a language model. */
export const taskPool = z.strictObject({
  name: z.string().min(1).optional().describe('Name of its replicas; by default the device'),
  node: z.string().describe('Id of a node kind'),
  nodes: count().describe('How many of them'),
  replica,
  batcher,
  latency,
  speedup: positive()
    .optional()
    .describe(
      'By how many times its batches are faster than `latency` says: better software on the same hardware',
    ),
  usd_per_hour: z.number().min(0).optional().describe("Price of a node, in place of the catalogue's"),
})

export type TaskPool = z.output<typeof taskPool>
