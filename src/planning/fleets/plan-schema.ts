import { z } from 'zod'
import { DATE_PATTERN } from '../../costs/dates.ts'
import { BASES } from '../../costs/tariff.ts'
import { DTYPES } from '../../scenario/facts.ts'
import { policySchema } from '../../scenario/policy-schema.ts'
import { modelSlo, taskSlo } from '../../scenario/slo-schema.ts'
import { workloadSchema } from '../../scenario/workload-schema.ts'

const positive = () => z.number().positive()
const count = () => z.int().min(1)

/** One or several, of which each is a way to use the node. */
const ways = <T extends z.ZodType>(each: T) => z.union([each, z.array(each).min(1)]).optional()

const A_DATE = 'must be a date like 2026, 2026-03 or 2026-03-31'

/** YAML takes a year without quotes for a number. */
const date = () =>
  z.union([z.string(A_DATE).regex(DATE_PATTERN, A_DATE), z.int().min(1000).max(9999)]).transform(String)

const terms = {
  owner: z.string().optional().describe('Id of an owner, on whose terms nodes are owned'),
  date: date().optional().describe('Of the price; without one it is the undated price of the catalogue'),
  market: z.string().optional().describe('Whose price list, where there are several'),
}

const ownTariff = z
  .strictObject({ basis: z.enum(BASES).optional(), years: positive().optional(), ...terms })
  .describe("Where its terms are not the plan's")

const tariff = z
  .strictObject({
    basis: z.enum(BASES).default('on-demand').describe('Rented in one way or another, or owned'),
    years: positive()
      .optional()
      .describe(
        "Of a node's life, over which its embodied carbon is spread: 5 of a rented one, else the owner's",
      ),
    ...terms,
    owner: terms.owner.describe(
      "Id of an owner, on whose terms nodes are owned, and whose PUE is the site's where the plan gives none",
    ),
  })
  .prefault({})
  .describe('What nodes cost: rented or owned, and on what terms')

const candidate = z
  .looseObject({
    node: z.string().describe('Id of a node kind'),
    name: z.string().min(1).optional().describe('By default the node and what tells its uses apart'),
    model: ways(z.string()).describe("Of the plan's models those that it may serve; by default all"),
    most: z.int().min(0).optional().describe('Nodes that can be had; any number by default'),
    from: date().optional().describe('From which it can be had; the tariff must have a date then'),
    rack_units: positive().optional().describe('Height of a node'),
    usd_per_hour: z.number().min(0).optional().describe("Rent of a node, in place of the catalogue's"),
    tariff: ownTariff.optional(),
    replica: z
      .looseObject({ tp: ways(count()), weights: ways(z.enum(DTYPES)), kv: ways(z.enum(DTYPES)) })
      .optional(),
  })
  .describe('A kind of node and how to use it: a pool of a scenario without its number of nodes')

const limits = z
  .strictObject({
    usd_per_hour: positive().optional().describe('Most dollars an hour, power included'),
    capex_usd: positive().optional().describe('Most dollars for nodes bought'),
    rack_kw: positive().optional().describe('Most power that nodes can draw at once, at the facility'),
    rack_units: positive().optional().describe('Most height of all nodes'),
    nodes: count().optional().describe('Most nodes'),
    gpu_share: z.number().min(0).max(1).optional().describe('Least share of the requests that GPUs serve'),
  })
  .prefault({})
  .describe('What the fleet must keep to')

const classes = z
  .strictObject({
    input_tokens: z.array(count()).optional().describe('Prompt lengths at which a class ends'),
    output_tokens: z.array(count()).optional().describe('Output lengths at which a class ends'),
  })
  .prefault({})
  .describe('How requests are told apart beside their class and model; halved at the medians by default')

/** What a plan of a fleet is asked for. */
export const planSchema = z.strictObject({
  name: z.string().min(1),
  seed: z.union([z.int(), z.string()]).default(1),
  model: ways(z.string()).describe('Id of the model that requests ask for, or of each'),
  task: z.string().optional().describe('Id of a task, in place of a model'),
  region: z.string().describe('Id of a region: its grid and its electricity'),
  start_hour: z.int().min(0).max(23).default(0).describe('Local hour at which the workload begins'),
  pue: z.number().min(1).default(1.12).describe('Facility energy per unit of IT energy'),
  slo: z.union([modelSlo, taskSlo]),
  workload: workloadSchema.describe('What requests come; a load is of a fleet, and there is none yet'),
  candidates: z.array(candidate).min(1).describe('Kinds of node to choose from'),
  policy: policySchema.default('least-expected-latency').describe('Who routes requests in the fleet'),
  minimise: z.enum(['usd', 'joules', 'grams', 'watts']).default('usd').describe('What is to be least'),
  tariff,
  limits,
  classes,
  headroom: z
    .number()
    .positive()
    .max(1)
    .default(1)
    .describe("Share of a node's rating that may be planned for"),
  verify: z
    .strictObject({
      replications: z.int().min(2).default(8),
      confidence: z.number().positive().lt(1).default(0.95),
      most_fleets: count()
        .default(80)
        .describe(
          'Fleets that the search looks at before that, at most; a quarter as many again after each that fails',
        ),
    })
    .prefault({})
    .describe('Runs that the fleet must hold the SLO in, and how surely'),
})

export type PlanSpec = z.output<typeof planSchema>
export type Candidate = PlanSpec['candidates'][number]
