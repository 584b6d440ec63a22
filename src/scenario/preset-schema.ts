import { z } from 'zod'
import { WEEKDAYS } from '../arrivals/generators/week.ts'
import { GRADES } from './facts.ts'
import { generateSchema } from './generate-schema.ts'

const basis = {
  grade: z.enum(GRADES).describe('How far it can be trusted'),
  source: z.string().describe("Key into the file's sources"),
}

const fact = (number: z.ZodNumber) =>
  z.strictObject({ value: number, ...basis, low: number.exactOptional(), high: number.exactOptional() })

const quantiles = z.strictObject({
  ...basis,
  points: z.array(z.tuple([z.number().min(0).max(1), z.number().min(1)])).min(2),
})

/** One service of a week. */
const service = z.strictObject({
  requests: fact(z.number().min(1)),
  gap_shape: fact(z.number().positive()).describe('Shape of the Weibull law of gaps'),
  requests_per_minute: z.strictObject({ ...basis, values: z.array(z.number().min(0)).min(7) }),
  input_tokens: quantiles,
  output_tokens: quantiles,
})

const common = {
  id: z.string().min(1),
  about: z.string().min(1).describe('One line on what it is like'),
  sources: z.record(z.string(), z.string().min(1)),
}

/** A workload that comes with Regatta: the week of some services, or the `generate` section of a scenario. */
export const presetSchema = z.union([
  z.strictObject({ ...common, week: z.record(z.string(), service) }),
  z.strictObject({
    ...common,
    generate: generateSchema,
    basis: z
      .record(z.string(), z.strictObject(basis))
      .describe('What parts of it rest on, by their keys such as `lengths.input`'),
  }),
])

/** Which part of a preset to take, and how much of it. */
export const presetOptionsSchema = z.strictObject({
  services: z.array(z.string()).min(1).exactOptional().describe('Classes of a week; all by default'),
  first_day: z.enum(WEEKDAYS).exactOptional().describe('Of a week; sunday by default'),
  days: z.int().min(1).max(7).exactOptional().describe('Of a week, from the first day on; 7 by default'),
  scale: z
    .number()
    .positive()
    .exactOptional()
    .describe('Times as many requests in a week of the same length'),
  requests: z.int().min(1).exactOptional().describe('How many, of a preset other than a week'),
})

export type Preset = z.output<typeof presetSchema>
export type PresetOptions = z.output<typeof presetOptionsSchema>
