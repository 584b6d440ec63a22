import { z } from 'zod'
import type { ArrivalSource } from '../arrivals/contract.ts'
import type { Chance, Open } from '../arrivals/transforms/contract.ts'
import {
  type Transform,
  type TransformName,
  type TransformSpecs,
  transforms,
} from '../arrivals/transforms/registry.ts'

const positive = () => z.number().positive()
const count = () => z.int().min(1)
const share = () => z.number().min(0).max(1)
const by = z
  .enum(['session', 'request'])
  .default('session')
  .describe('Whether the turns of a session are chosen together or each by itself')

const slice = z.strictObject({
  from_s: z.number().min(0).default(0).describe('Seconds from the first arrival'),
  to_s: positive().optional().describe('Requests that arrive then or later go; by default none'),
})
const thin = z.strictObject({ share: positive().max(1).describe('Share that stays'), by })
const rate = z.union([
  z.strictObject({ factor: positive() }),
  z.strictObject({ per_s: positive().describe('Mean requests a second') }),
])
const stretch = z.strictObject({
  factor: positive().describe('Above 1 is slower'),
  think_times: z.boolean().default(false).describe('Whether the pauses of sessions are stretched too'),
})
const shift = z.strictObject({
  by_s: z.number().describe('How much later everything comes; below 0 earlier'),
  period_s: positive().describe(
    'After which the workload begins again; no less than the time of its last arrival',
  ),
})
const spread = z.strictObject({
  how: z.enum(['even', 'uniform']).default('even').describe('At even steps, or each by a seeded draw'),
  most_s: positive().optional().describe('Over how many seconds at most, where the next instant is far'),
})
const superpose = z.strictObject({
  copies: z.int().min(2).max(1024).describe('How many, with the workload itself'),
  shift_s: positive().optional().describe('Every other copy begins up to that much later'),
  period_s: positive().optional().describe('Every other copy is moved around within it; in place of shift_s'),
})
const loop = z.strictObject({
  duration_s: positive().optional(),
  requests: count().optional().describe('At most that many in all'),
  period_s: positive()
    .optional()
    .describe('Length of a lap; by default the time of the last arrival and the mean gap'),
})
const bootstrap = z.strictObject({
  block_s: positive().describe('Length of a block, such as 86400'),
  blocks: count().optional().describe('How many are drawn; by default as many as the workload has'),
  period_s: positive()
    .optional()
    .describe(
      'A number of blocks: each place is filled from blocks of its phase, such as hours of its hour of day',
    ),
})
const cap = z.strictObject({
  input_tokens: count().optional(),
  output_tokens: count().optional(),
  total_tokens: z.int().min(2).optional().describe('Prompt and output together'),
  keep: z.enum(['start', 'end']).default('start').describe('Which part of a cut prompt stays'),
  total_from: z.enum(['output', 'input']).default('output').describe('What a total is first cut from'),
})
const tag = z.strictObject({
  class: z.string().min(1).optional(),
  tenant: z.string().min(1).optional(),
  model: z.string().min(1).optional(),
  deadline_s: positive().optional().describe('Seconds from arrival by which a request must have ended'),
  share: share().default(1).describe('Share of the sessions, or of the requests, that gets them'),
  by,
})

const ITEMS = {
  slice,
  head: count().describe('How many requests'),
  thin,
  rate,
  stretch,
  shift,
  spread,
  superpose,
  loop,
  bootstrap,
  cap,
  tag,
  sessions: z.enum(['open', 'closed']),
} satisfies Record<TransformName, z.ZodType>

/** One transform: a map of its name alone. */
export const transformItemSchema = z
  .strictObject(ITEMS)
  .partial()
  .refine(item => Object.keys(item).length === 1, {
    message: `must have one transform of ${Object.keys(ITEMS).join(', ')}`,
  })
  .meta({ minProperties: 1, maxProperties: 1 })

/** What is done to a workload, one thing after the other. */
export const transformSchema = z
  .array(transformItemSchema)
  .describe('What is done to the requests, in this order')

export type TransformItem = z.output<typeof transformItemSchema>

/**
 * A workload with the list of transforms done to it. Throws a UserError that names the number and its bound.
 *
 * @param open opens the workload anew; some transforms read it more than once
 * @param name prefix of the names of the streams of chance; workloads of one run need different ones
 */
export function transformedBy(
  open: Open,
  list: readonly TransformItem[],
  seed: string | number,
  name: string,
): ArrivalSource {
  const chain = list.reduce<Open>(
    (before, item, i) => () => applied(before, item, { seed, name: `${name}/transform/${i}` }),
    open,
  )
  return chain()
}

function applied(open: Open, item: TransformItem, chance: Chance): ArrivalSource {
  const [name] = Object.keys(item) as [TransformName]
  const transform = transforms[name] as Transform<unknown>
  return transform.apply(open, specOf[name](item[name] as never), chance)
}

type Written = { readonly [Name in TransformName]: z.output<(typeof ITEMS)[Name]> }

/** From a transform as it is written down to what it must be told. */
const specOf: { readonly [Name in TransformName]: (item: Written[Name]) => TransformSpecs[Name] } = {
  slice: camel,
  head: requests => ({ requests }),
  thin: camel,
  rate: camel,
  stretch: camel,
  shift: camel,
  spread: camel,
  superpose: camel,
  loop: camel,
  bootstrap: camel,
  cap: camel,
  tag: camel,
  sessions: pace => ({ pace }),
}

type CamelKey<Key> = Key extends `${infer Head}_${infer Tail}` ? `${Head}${Capitalize<CamelKey<Tail>>}` : Key
type Camel<T> = T extends unknown ? { [Key in keyof T as CamelKey<Key>]: T[Key] } : never

/** The same values under keys such as `fromS` for `from_s`. */
function camel<T extends object>(written: T): Camel<T> {
  const entries = Object.entries(written).map(([key, value]) => [
    key.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase()),
    value,
  ])
  return Object.fromEntries(entries) as Camel<T>
}
