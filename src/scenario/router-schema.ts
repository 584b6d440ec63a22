import { z } from 'zod'
import { oneOf } from './validate.ts'

const capacity = z
  .strictObject({
    base_us: z.number().min(0).default(0).describe('Microseconds of a decision'),
    per_replica_us: z
      .number()
      .min(0)
      .default(0)
      .describe('Microseconds more for each replica to choose from'),
    servers: z.int().min(1).default(1).describe('Decisions made side by side'),
  })
  .describe('What a decision costs the router; requests wait for it')

const clock = z
  .strictObject({
    tick_s: z
      .number()
      .positive()
      .describe('Seconds between the moments at which it looks at what has come since the last'),
  })
  .describe('The clock by which the router decides; at once without')

const every = z.number().positive().describe('Seconds between refreshes, made at the multiples of it')
const lag = z.number().min(0).default(0).describe('Seconds that a refresh takes to reach the router')

const polled = z.strictObject({ every_s: every, lag_s: lag })

const signals = z
  .strictObject({
    load: polled.optional().describe('Requests and tokens that wait and run at a replica'),
    kv: polled.optional().describe('Its free KV memory'),
    cache: z
      .strictObject({ every_s: every.optional(), lag_s: lag })
      .optional()
      .describe('What its prefix cache holds; told block by block without every_s'),
  })
  .describe('What the router is told late of its replicas: of what is left out here, at once')

const PREDICTORS = ['class-mean', 'oracle', 'none'] as const

const lengths = z
  .union([
    z.enum(PREDICTORS, { error: ({ input }) => oneOf(input, [...PREDICTORS, '{ noisy: { error } }']) }),
    z.strictObject({
      noisy: z
        .strictObject({
          error: z
            .number()
            .positive()
            .describe('Standard deviation of the logarithm of prediction over truth'),
        })
        .describe('The truth, times a log-normal error'),
    }),
  ])
  .describe(
    'Output lengths as predicted: the mean of the finished requests of the class (as without this key), the truth, the truth with errors, or the same for all',
  )

/** What the router knows, and how fast it is. */
export const router = z
  .strictObject({
    signals: signals.optional(),
    lengths: lengths.optional(),
    clock: clock.optional(),
    capacity: capacity.optional(),
  })
  .describe('What the router knows, and how fast it is')
