import { z } from 'zod'
import { BASES } from '../../costs/tariff.ts'
import { planSchema } from '../fleets/plan-schema.ts'
import { estimated } from './estimated.ts'
import { QUARTER_PATTERN, quarterOf } from './quarters.ts'
import { STRATEGY_NAMES } from './strategies.ts'

const positive = () => z.number().positive()
const factor = () => estimated(positive())
const years = () => estimated(z.number().min(0))

const quarter = () =>
  z.string().regex(QUARTER_PATTERN, 'must be a quarter such as 2026-Q1').transform(quarterOf)

const { model, task, slo, workload, candidates, policy } = planSchema.shape

const service = z
  .strictObject({
    name: z.string().min(1),
    model,
    task,
    slo,
    workload: workload.describe('What its requests are like; how many come, rate_per_s beside it says'),
    rate_per_s: positive().describe('Requests a second in its first quarter'),
    growth_a_year: factor().describe('Times as many requests a year later'),
    starts: quarter().optional().describe('First quarter of its requests; that of the transition by default'),
    requests: z
      .int()
      .min(100)
      .default(1000)
      .describe(
        'Of a run by which a node is rated, at least; half as many for each node of a fleet that is simulated. ' +
          'More where they do not last 6 times as long as a request may take, but for that no more than 16,000',
      ),
    candidates,
    policy,
  })
  .describe('Requests that are alike in what they ask for, and the nodes that may serve them')

const owner = z.string().describe('Id of whoever owns nodes, where they are bought')
const basis = z.enum(BASES).describe('Whether nodes are bought, under contract, or rented as they are used')
const lifeYears = factor().describe(
  'For which a node that is bought stays, and over which its making is spread; 5 by default',
)
const contractYears = positive().describe(
  'For which a node that is rented stays, at the price of the day that it came; a quarter by default',
)

const tariff = z
  .strictObject({
    basis,
    owner: owner.optional(),
    life_years: lifeYears.default(5),
    contract_years: contractYears.default(0.25),
  })
  .describe('What nodes cost, and for how long they stay')

const ownTariff = z
  .strictObject({
    basis: basis.exactOptional(),
    owner: owner.exactOptional(),
    life_years: lifeYears.exactOptional(),
    contract_years: contractYears.exactOptional(),
  })
  .describe("Where a node's terms differ")

const node = z
  .strictObject({
    available: quarter()
      .optional()
      .describe("First quarter in which it can be had; the last of its device's year by default"),
    measured: quarter()
      .optional()
      .describe("Quarter whose software the catalogue's speeds are of; that of `software` by default"),
    most: z.int().min(0).optional().describe('Nodes that can be added in a quarter; any number by default'),
    usd_per_hour: estimated(z.number().min(0))
      .optional()
      .describe("What a node costs by the hour, energy included, in place of the catalogue's tariff"),
    history: z
      .array(z.strictObject({ market: z.string(), basis: z.enum(BASES).exclude(['owned']) }))
      .min(1)
      .optional()
      .describe(
        'Whose dated prices of the device are replayed up to `prices.at`, in place of the path: together, each until the next',
      ),
    tariff: ownTariff.optional(),
  })
  .describe('What is to be known of a kind of node beside its catalogue entry')

const software = z
  .strictObject({
    first_year: years().describe("What a part gains by its first year's work, over its speed at release"),
    settling_years: factor().describe('In which that comes to 1 - 1/e of it'),
    per_year: factor().describe('Times as fast every year after the first'),
    support_years: years().describe(
      'Years from its release for which a part goes on gaining, whenever work on it began',
    ),
    asic_lag_years: years().describe('Years that work on the software of an ASIC begins later'),
    measured: quarter()
      .optional()
      .describe("Quarter whose software the catalogue's speeds are of; a part's release by default"),
  })
  .describe(
    'How software gets faster on the same hardware: no faster than its matrix products would be at the full bandwidth of its memory',
  )

const path = z.strictObject({
  per_year: factor().describe('Times the price a year later'),
  log_sd: z.number().min(0).default(0).describe('Volatility: standard deviation of the logarithm in a year'),
  half_life_years: positive().default(1).describe('In which half of a departure from the path is gone'),
})

const prices = z
  .strictObject({
    at: quarter().describe('Quarter of which the prices are that the catalogue has no date for'),
    gpu: path,
    asic: path.describe('Of whatever is no GPU'),
  })
  .describe('Which way the prices of new nodes go')

/** A fleet over the years: what is asked of it, what it may be made of, and what is not known. */
export const transitionSchema = z
  .strictObject({
    name: z.string().min(1),
    seed: z.union([z.int(), z.string()]).default(1),
    from: quarter().describe('First quarter'),
    to: quarter().describe('Last quarter'),
    region: planSchema.shape.region,
    pue: planSchema.shape.pue,
    grid_per_year: factor()
      .default(1)
      .describe('Times the grams a kWh of the region, which are of `prices.at`, a year later'),
    strategies: z.array(z.enum(STRATEGY_NAMES)).min(1).default(STRATEGY_NAMES),
    minimise: z.enum(['usd', 'joules', 'grams']).default('usd').describe('What nodes are added and used for'),
    headroom: positive().max(1).default(0.9).describe("Share of a node's rating that may be planned for"),
    tariff,
    prices,
    software,
    services: z.array(service).min(1),
    nodes: z.record(z.string(), node).default({}),
    draws: z
      .int()
      .min(0)
      .refine(draws => draws !== 1, { error: 'must be 0, or 2 or more: one draw has no band' })
      .default(32)
      .describe('Draws of all that is not known'),
    rating_draws: z
      .int()
      .min(0)
      .default(2)
      .describe("Draws of the hardware's estimates, each rated by simulation and shared by many draws"),
    attainment: z
      .strictObject({
        draws: z.int().min(0).default(1).describe('Draws beside the values as given'),
        most_nodes: z
          .int()
          .min(1)
          .default(12)
          .describe('Of larger fleets so many nodes are simulated, with their part of the requests'),
      })
      .prefault({})
      .describe('Simulations of what the SLO comes to'),
  })
  .refine(({ from, to }) => from <= to, { error: 'must have from <= to' })

export type TransitionSpec = z.output<typeof transitionSchema>
export type ServiceSpec = TransitionSpec['services'][number]
export type NodeSpec = TransitionSpec['nodes'][string]
export type PricePathSpec = TransitionSpec['prices']['gpu']
