import { z } from 'zod'
import { generateSchema, lengths, requestClass } from './generate-schema.ts'

const positive = () => z.number().positive()
const count = () => z.int().min(1)

const hits = {
  prefix_hit_share: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .describe(
      'Share of every prompt whose KV the prefix caches hold already; it takes memory and no prefill',
    ),
}

const trace = {
  trace: z.string().min(1).describe('File, from the folder of the scenario'),
  format: z.enum(['auto', 'azure2023']).default('auto'),
  class: requestClass,
  ...hits,
}

const generate = { generate: generateSchema, ...hits }

const rateScale = positive().optional().describe('Times as many requests a second as it has by itself')

/** How often requests come: at most one of the three. */
const pace = {
  load: positive().optional().describe('Share of the rate at which the fleet saturates'),
  rate_scale: rateScale,
  rate_per_s: positive().optional().describe('Mean requests a second'),
}

const part = z.union([
  z.strictObject({ ...trace, rate_scale: rateScale }),
  z.strictObject({ ...generate, rate_scale: rateScale }),
])

export const workloadSchema = z
  .union([
    z.strictObject({ ...trace, ...pace }),
    z.strictObject({ ...generate, ...pace }),
    z.strictObject({ mix: z.array(part).min(1).describe('Several at once'), ...pace }),
    z.strictObject({
      closed_loop: z
        .strictObject({
          clients: count().max(2 ** 21 - 1),
          think_s: z.number().min(0).describe('Mean of the exponential pause before a client sends again'),
          requests: count(),
          lengths,
        })
        .describe('Clients that wait for their answer before they send again'),
    }),
  ])
  .describe('What requests come: a trace, a generator, several of them at once, or a closed loop')

export type Workload = z.output<typeof workloadSchema>
export type WorkloadPart = z.output<typeof part>
