import { z } from 'zod'
import { type FormatName, formats } from '../arrivals/formats/registry.ts'
import { MOST_SORT_ROWS } from '../arrivals/order.ts'
import { arrivals } from './arrivals-schema.ts'
import { closedLoopSchema } from './closed-loop.ts'
import { generateSchema, requestClass } from './generate-schema.ts'
import { presetOptionsSchema } from './preset-schema.ts'
import { transformSchema } from './transform-schema.ts'

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

const changes = {
  transform: transformSchema.optional(),
  ...hits,
}

const FORMATS = ['auto', ...Object.keys(formats)] as ['auto', ...FormatName[]]

const trace = {
  trace: z.string().min(1).describe('File or folder, from the folder of the scenario'),
  format: z.enum(FORMATS).default('auto').describe('By default found out from its content'),
  class: requestClass.describe('Class of requests of which the trace says none'),
  on_bad_row: z
    .enum(['fail', 'skip'])
    .default('fail')
    .describe('Whether a row that cannot be used ends the run, or is left out and counted'),
  zero_output: z
    .enum(['drop', 'one', 'bad'])
    .optional()
    .describe(
      'Requests of no output tokens: left out, given one token, or bad rows; by default as the format has it',
    ),
  sort_rows: z
    .int()
    .min(0)
    .max(MOST_SORT_ROWS)
    .optional()
    .describe('How many rows a row may be late; 1024 by default'),
  block_tokens: count()
    .optional()
    .describe('Tokens of the prefix blocks made where the trace lists token ids; 16 by default'),
  characters_per_token: positive()
    .optional()
    .describe('Where the trace has texts and no token counts; 4 by default'),
  arrivals: arrivals
    .optional()
    .describe('When requests come, or sessions begin, of which the trace does not say when'),
  ...changes,
}

const generate = { generate: generateSchema, ...changes }

const preset = {
  preset: z.string().min(1).describe('Name of a workload that comes with Regatta, or its JSON file'),
  ...presetOptionsSchema.shape,
  ...changes,
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
  z.strictObject({ ...preset, rate_scale: rateScale }),
])

export const workloadSchema = z
  .union([
    z.strictObject({ ...trace, ...pace }),
    z.strictObject({ ...generate, ...pace }),
    z.strictObject({ ...preset, ...pace }),
    z.strictObject({ mix: z.array(part).min(1).describe('Several at once'), ...pace }),
    z.strictObject({ closed_loop: closedLoopSchema }),
  ])
  .describe('What requests come: a trace, a generator, a preset, several of them at once, or a closed loop')

export type Workload = z.output<typeof workloadSchema>
export type WorkloadPart = z.output<typeof part>
export type WorkloadTrace = Extract<WorkloadPart, { trace: string }>

/** The parts of a mix, or the one that a workload is; a closed loop has none. */
export function partsOf(workload: Workload): readonly WorkloadPart[] {
  if ('closed_loop' in workload) return []
  return 'mix' in workload ? workload.mix : [workload]
}
