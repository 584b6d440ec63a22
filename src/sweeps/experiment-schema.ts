import { z } from 'zod'
import { policySchema } from '../scenario/policy-schema.ts'

const positive = () => z.number().positive()
const count = () => z.int().min(1)

const levels = z.union([
  z.array(z.unknown()).min(1).describe('Levels that are called by their values'),
  z
    .record(z.string(), z.unknown())
    .refine(map => Object.keys(map).length > 0, 'must have 1 level or more')
    .describe('Levels by what results call them; an empty one leaves the key out of the scenario'),
])

const until = z
  .strictObject({
    metric: z.string().describe('One of the metrics, over all requests'),
    half_width: positive()
      .max(1)
      .describe('Half the width of its confidence interval over its mean, at which a point has enough'),
  })
  .describe('When a point has enough replications')

const sequential = z
  .strictObject({
    least: z.int().min(2).default(5).describe('Replications of every point'),
    most: z.int().min(2).optional().describe('Replications at which a point stops in any case'),
    until: until.optional(),
  })
  .describe('Replications until a metric is known well enough')

const blockBootstrap = z.strictObject({
  'block-bootstrap': z.strictObject({
    block_s: positive()
      .optional()
      .describe(
        "Seconds of a block at the workload's own rate, before load, rate_scale or rate_per_s squeezes it; by default a twentieth of the workload",
      ),
  }),
})

const slices = z.strictObject({
  slices: z.strictObject({
    count: z.int().min(2).optional().describe('How many; by default the most replications'),
  }),
})

export const experimentSchema = z.strictObject({
  name: z.string().min(1),
  scenario: z.string().min(1).describe('File of the scenario, from the folder of the experiment'),
  catalogue: z
    .array(z.string().min(1))
    .optional()
    .describe('Folders or files of entries beside those that come with Regatta, from the same folder'),
  policies: z
    .array(policySchema)
    .min(1)
    .optional()
    .describe("As in a scenario, in place of the scenario's; files count from the scenario's folder"),
  factors: z
    .record(z.string(), levels)
    .optional()
    .describe('What is varied: levels by key paths of the scenario, such as workload.load or fleet.0.nodes'),
  replications: z
    .union([count().describe('Of every point'), sequential])
    .optional()
    .describe('How often every point is run; must be given, but with uncertainty'),
  resampling: z
    .union([z.enum(['seeds', 'block-bootstrap', 'slices']), blockBootstrap, slices])
    .optional()
    .describe(
      'Where the requests of a replication come from: drawn under a seed of its own, blocks of time of the workload ' +
        'drawn with replacement, or a slice of its own; by default block-bootstrap with traces and else seeds',
    ),
  warmup: z
    .literal('mser-5')
    .optional()
    .describe(
      "In place of the scenario's warmup_s: found by a run of the first policy, for all policies and replications; " +
        'half of the run where it does not settle',
    ),
  uncertainty: z
    .strictObject({ draws: z.int().min(2).describe('Draws, each taken by a replication') })
    .optional()
    .describe("Replications that draw estimates from the catalogue's ranges, all under the same chance"),
  metrics: z
    .array(z.string())
    .min(1)
    .optional()
    .describe('Columns of summary.csv and classes.csv; by default those most asked for'),
  groups: z
    .array(z.enum(['all', 'class', 'tenant']))
    .min(1)
    .default(['all'])
    .describe('Whose figures: of all requests, and of those of each class or tenant'),
  confidence: z.number().gt(0.5).lt(1).default(0.95).describe('Of intervals and comparisons'),
  seed: z.union([z.int(), z.string()]).optional().describe("By default the scenario's"),
})

export type ExperimentSpec = z.output<typeof experimentSchema>

/** The experiment file's JSON Schema, for editors: what configs/experiment.schema.json holds. */
export function experimentJsonSchema(): object {
  return {
    title: 'Regatta experiment',
    ...z.toJSONSchema(experimentSchema, { io: 'input', reused: 'ref' }),
  }
}
