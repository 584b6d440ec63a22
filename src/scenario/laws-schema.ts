import { z } from 'zod'

const atLeastZero = () => z.number().min(0)
const tokens = () => z.int().min(1)
const share = () => z.number().min(0).max(1)

const lognormal = { median_tokens: z.number().min(1), sigma: atLeastZero() }
const bounds = { min_tokens: tokens().default(1), max_tokens: tokens() }

const simpleLengths = [
  z.strictObject({ fixed: tokens() }),
  z.strictObject({ uniform: z.strictObject({ min_tokens: tokens(), max_tokens: tokens() }) }),
  z.strictObject({ lognormal: z.strictObject({ ...lognormal, ...bounds }) }),
  z.strictObject({
    two_lognormals: z.strictObject({
      first_share: share(),
      first: z.strictObject(lognormal),
      second: z.strictObject(lognormal),
      ...bounds,
    }),
  }),
  z.strictObject({
    quantiles: z
      .array(z.tuple([share(), z.number().min(1)]))
      .min(2)
      .describe('[share, tokens] from share 0 to share 1'),
  }),
] as const

/** How long prompts or outputs are. */
export const length = z
  .union([
    ...simpleLengths,
    z.strictObject({
      mixture: z
        .array(z.strictObject({ share: share(), law: z.union(simpleLengths) }))
        .min(1)
        .describe('One of several laws; shares add up to 1'),
    }),
  ])
  .describe('A law of lengths in tokens')

export const lengths = z.strictObject({ input: length, output: length })

const range = () => z.tuple([tokens(), tokens()]).describe('Least and most tokens, both included')

/** Lengths of prompts and outputs, which may go together. */
export const requestLengths = z.union([
  z.strictObject({
    input: length,
    output: length,
    rank_correlation: z
      .number()
      .min(-0.999)
      .max(0.999)
      .optional()
      .describe("Spearman's, of prompt and output; independent without it"),
  }),
  z.strictObject({
    input: length,
    reasoning: length.describe('Tokens of the thoughts before the answer'),
    answer: length,
    max_output_tokens: tokens().describe('Where thoughts and answer together are cut'),
  }),
  z.strictObject({
    bins: z
      .array(z.strictObject({ share: share(), input: range(), output: range() }))
      .min(1)
      .describe('What goes with what; shares add up to 1'),
  }),
])

const simpleDurations = [
  z.strictObject({ constant_s: atLeastZero() }),
  z.strictObject({ exponential: z.strictObject({ mean_s: atLeastZero() }) }),
  z.strictObject({
    lognormal: z.strictObject({ median_s: atLeastZero(), sigma: atLeastZero(), max_s: atLeastZero() }),
  }),
  z.strictObject({
    quantiles: z
      .array(z.tuple([share(), atLeastZero()]))
      .min(2)
      .describe('[share, seconds] from share 0 to share 1'),
  }),
] as const

/** How long users think, or tools take. */
export const duration = z
  .union([
    ...simpleDurations,
    z.strictObject({
      mixture: z
        .array(z.strictObject({ share: share(), law: z.union(simpleDurations) }))
        .min(1)
        .describe('One of several laws; shares add up to 1'),
    }),
  ])
  .describe('A law of times in seconds')

export type LengthLaw = z.output<typeof length>
export type DurationLaw = z.output<typeof duration>
export type RequestLengths = z.output<typeof requestLengths>
