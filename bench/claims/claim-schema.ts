import { z } from 'zod'
import { BASES } from '../../src/costs/tariff.ts'
import { MEASURES as OVERTAKING_MEASURES } from '../../src/planning/transitions/overtaking.ts'
import { QUARTER_PATTERN } from '../../src/planning/transitions/quarters.ts'
import { modelSlo, taskSlo } from '../../src/scenario/slo-schema.ts'
import { workloadSchema } from '../../src/scenario/workload-schema.ts'
import { MEASURES, type MeasureName } from './measures.ts'

const positive = () => z.number().positive()
const count = () => z.int().min(1)
const names = z.array(z.string()).min(1)

/** A number by itself, or as an estimate with its range, which draws take. */
const ranged = z.union([positive(), z.strictObject({ value: positive(), low: positive(), high: positive() })])

const claimed = z
  .strictObject({
    low: positive().describe('Least ratio of which the claim is true'),
    high: positive().optional().describe('Most that it speaks of; more is true all the more'),
  })
  .describe('How many times better than the other the subject must be')

const modelError = z
  .strictObject({ factor: z.number().min(1), source: z.string() })
  .describe(
    "By what factor the ratio may be off for the simulator's own sake, beside what the ranges of the catalogue say",
  )

const pool = z
  .looseObject({
    node: z.string(),
    speedup: ranged.optional(),
    ways: z
      .array(z.looseObject({}))
      .min(1)
      .optional()
      .describe('Replicas to try at the given values, of which the best stands for the pool'),
    replica: z.looseObject({}).optional(),
  })
  .describe('A pool of a scenario without its nodes: one replica on its share of one')

const work = z
  .strictObject({
    model: z.string().optional(),
    task: z.string().optional(),
    slo: z.union([modelSlo, taskSlo]),
    workload: workloadSchema,
  })
  .describe('What is to be served, and how well')

const terms = z
  .strictObject({
    basis: z.enum(BASES),
    owner: z.string().optional(),
    years: positive().optional(),
    date: z.string().optional(),
    market: z.string().optional(),
  })
  .describe('How a node is come by')

const measured = z
  .strictObject({
    subject: positive().optional(),
    against: positive().optional(),
    ratio: positive(),
    source: z.string(),
    miss: z.string().optional().describe('Why the simulation is as far off as it is'),
  })
  .describe('The same on real hardware')

const cases = z
  .strictObject({
    works: names,
    subjects: names,
    against: names,
    measure: z.enum(Object.keys(MEASURES) as MeasureName[]),
    utilisation: z
      .array(z.number().positive().max(1))
      .min(1)
      .default([1])
      .describe('Shares of the highest rate at which the SLO holds'),
    terms: z
      .array(z.strictObject({ subject: z.string(), against: z.string() }))
      .min(1)
      .optional(),
    claimed: claimed.optional(),
    is_what_if: z.boolean().default(false).describe('Not of what there is: no part of the verdict'),
    model_error: modelError.optional(),
    measured: measured.optional(),
  })
  .describe('Every work, subject, other, price and utilisation together')

const path = z
  .strictObject({
    work: z.string(),
    rented: z.string(),
    against: z.string(),
    terms: z.string().describe('Of the other'),
    list: z.string().describe('Id of the dated prices of the rented device'),
    market: z.string(),
    basis: z.enum(BASES).exclude(['owned']),
    until: z.string().describe('Month up to which prices are replayed'),
    months: count().describe('Months that are drawn beyond'),
    annual_log_sd: z.strictObject({ low: positive(), high: positive() }),
    half_life_years: positive(),
  })
  .describe('A device rented at a price that moves, against a node whose price stands')

const quarter = () => z.string().regex(QUARTER_PATTERN, 'must be like "2026-Q1"')

const transition = z
  .strictObject({
    file: z.string().describe('Of `regatta transition`, from this file'),
    draws: count(),
    overtakings: z
      .array(
        z.strictObject({
          strategy: z.string(),
          measure: z.enum(OVERTAKING_MEASURES),
          from: quarter(),
          to: quarter(),
        }),
      )
      .min(1)
      .describe('When a strategy is claimed to begin to cost less than GPUs alone'),
  })
  .describe('Fleets over the years')

/** What a claim is, and the experiments that try it. */
export const claimSchema = z.strictObject({
  id: z.string().min(1),
  title: z.string().min(1),
  says: z.string().min(1).describe('The claim as its side puts it'),
  true_if: z.string().min(1).describe('What would count as true'),
  is_anchor: z.boolean().default(false).describe('No claim, but what was measured'),
  claimed,
  model_error: modelError,
  seed: z.union([z.int(), z.string()]),
  draws: count().describe('Draws of what is not known of the hardware'),
  region: z.string(),
  pue: z.number().min(1),
  catalogue: z.array(z.string()).default([]).describe('Entries beside the shipped ones, from this file'),
  evidence: z.array(z.strictObject({ what: z.string(), source: z.string() })).default([]),
  works: z.record(z.string(), work).default({}),
  pools: z.record(z.string(), pool).default({}),
  terms: z.record(z.string(), terms).default({}),
  cases: z.array(cases).default([]),
  paths: z.array(path).default([]),
  transition: transition.optional(),
})

export type Claim = z.output<typeof claimSchema>
export type CaseGroup = Claim['cases'][number]
export type PricePath = Claim['paths'][number]
export type Claimed = z.output<typeof claimed>
export type Measured = z.output<typeof measured>
export type Pool = z.output<typeof pool>
/** As it is written, which places of mistakes go by. */
export type ClaimInput = z.input<typeof claimSchema>
