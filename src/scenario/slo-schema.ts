import { z } from 'zod'
import { TIERS } from '../gateway/contract.ts'

const seconds = () => z.number().positive()

const attainment = z
  .number()
  .positive()
  .max(1)
  .default(0.95)
  .describe('Share of requests that must meet it, where a load or a fleet is sized to hold the SLO')

const tier = z
  .enum(TIERS)
  .default('standard')
  .describe('How much the class matters, in falling priority; the last three may be shed')

const modelObjectives = {
  ttft_s: seconds().describe('Seconds from arrival to the first token'),
  tpot_s: seconds().describe('Mean seconds between the tokens after the first'),
  e2e_s: seconds().optional().describe('Seconds from arrival to the last token'),
  worst_itl_s: seconds().optional().describe('Longest gap between two tokens of a request'),
}

const taskObjectives = { e2e_s: seconds().describe('Seconds from arrival to the answer') }

/** Of requests to a language model. */
export const modelSlo = sloSchema(modelObjectives)

/** Of requests to a task, which have one answer and no gaps. */
export const taskSlo = sloSchema(taskObjectives)

function sloSchema<Objectives extends z.ZodRawShape>(objectives: Objectives) {
  const own = z.strictObject(objectives).partial().extend({ tier })
  return z
    .strictObject({
      ...objectives,
      attainment,
      classes: z
        .record(z.string(), own)
        .optional()
        .describe(
          'By class of the workload; what one leaves out is as for all, and who is not named is standard',
        ),
    })
    .describe('Service level objective of a request')
}
