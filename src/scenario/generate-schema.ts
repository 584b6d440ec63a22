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

export const lengths = z.strictObject({ input: length, output: length })

const rate = () =>
  positive().optional().describe('Requests a second; may be left out where the workload has a load or a rate')

export const arrivals = z.discriminatedUnion('process', [
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

export const requestClass = z.string().min(1).default('all').describe('Name of the class of its requests')

/** Requests drawn from laws. */
export const generateSchema = z.strictObject({
  requests: count(),
  arrivals,
  lengths,
  class: requestClass,
})

export type GenerateSpec = z.output<typeof generateSchema>
export type LengthLaw = z.output<typeof length>
export type ArrivalLaw = z.output<typeof arrivals>
