import { z } from 'zod'
import { type AdmissionName, admissions } from '../gateway/admission/registry.ts'
import { TIERS } from '../gateway/contract.ts'

const positive = () => z.number().positive()
const count = () => z.int().min(1)

const admissionName = z.enum(Object.keys(admissions) as AdmissionName[])

const admission = z.union([
  admissionName,
  z.object({ name: admissionName }).catchall(z.number()).describe('An admission with its options'),
])

const queue = z
  .strictObject({
    ttl_s: z
      .union([positive(), z.partialRecord(z.enum(TIERS), positive())])
      .describe(
        'Seconds that a request is held at most: of all, or by tier, without bound of those left out',
      ),
  })
  .describe('Requests that are held: the higher tier first, then who came first')

const hold = z
  .strictObject({
    requests: count()
      .optional()
      .describe('Requests outstanding at which a replica has no room; by default its max_sequences'),
  })
  .describe('Late binding: requests are held until a replica has room')

const retries = z
  .strictObject({
    most: count().describe('How often a client tries again'),
    backoff_s: positive().describe('Seconds to the first new try'),
    growth: z.number().min(1).max(10).default(2).describe('How many times longer each further one waits'),
  })
  .describe('What clients do whose requests are refused, expire or time out')

const hedge = z
  .strictObject({ after_s: positive().describe('Seconds without a first token') })
  .describe('A second replica is tried; the first to answer is kept')

/** What stands between the arrivals and the router. */
export const gateway = z
  .strictObject({
    admission: z
      .array(admission)
      .min(1)
      .optional()
      .describe('Who is asked whether a request is let in; the first to say no refuses it'),
    queue: queue.optional(),
    hold: hold.optional(),
    retries: retries.optional(),
    timeout_s: positive()
      .optional()
      .describe('Seconds from the beginning of a try within which a client wants its first token'),
    hedge: hedge.optional(),
  })
  .describe('What stands between the arrivals and the router')
