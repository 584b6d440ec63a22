import { z } from 'zod'

const positive = () => z.number().positive()
const count = () => z.int().min(1)
const tokens = () => z.int().min(1)

const lognormal = { median_tokens: z.number().min(1), sigma: z.number().min(0) }
const bounds = { min_tokens: tokens().default(1), max_tokens: tokens() }

/** How long prompts or outputs are. */
const length = z
  .union([
    z.strictObject({ fixed: tokens() }),
    z.strictObject({ uniform: z.strictObject({ min_tokens: tokens(), max_tokens: tokens() }) }),
    z.strictObject({ lognormal: z.strictObject({ ...lognormal, ...bounds }) }),
    z.strictObject({
      two_lognormals: z.strictObject({
        first_share: z.number().min(0).max(1),
        first: z.strictObject(lognormal),
        second: z.strictObject(lognormal),
        ...bounds,
      }),
    }),
    z.strictObject({
      quantiles: z
        .array(z.tuple([z.number().min(0).max(1), z.number().min(1)]))
        .min(2)
        .describe('[share, tokens] from share 0 to share 1'),
    }),
  ])
  .describe('A law of lengths in tokens')

const lengths = z.strictObject({ input: length, output: length })

const rate = () =>
  positive().optional().describe('Requests a second; may be left out where the workload has a load or a rate')

const arrivals = z.discriminatedUnion('process', [
  z.strictObject({ process: z.literal('poisson'), rate_per_s: rate() }),
  z.strictObject({
    process: z.literal('gamma'),
    rate_per_s: rate(),
    cv: positive().describe('Coefficient of variation of the gaps: above 1 is burstier than Poisson'),
  }),
  z.strictObject({ process: z.literal('even'), rate_per_s: rate() }),
  z.strictObject({
    process: z.literal('on-off'),
    on_rate_per_s: positive(),
    off_rate_per_s: z.number().min(0),
    on_s: positive().describe('Mean length of a spell at the first rate'),
    off_s: positive(),
  }),
  z.strictObject({
    process: z.literal('profile'),
    step_s: positive(),
    rates_per_s: z
      .array(z.number().min(0))
      .min(1)
      .describe('Rate of each step; after the last comes the first'),
    cv: positive().default(1),
  }),
])

const requestClass = z.string().min(1).default('all').describe('Name of the class of its requests')

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

const generate = {
  generate: z.strictObject({
    requests: count(),
    arrivals,
    lengths,
    class: requestClass,
  }),
  ...hits,
}

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
export type GenerateSpec = z.output<typeof generate.generate>
export type LengthLaw = z.output<typeof length>
export type ArrivalLaw = z.output<typeof arrivals>
