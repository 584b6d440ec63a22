import { z } from 'zod'
import { MODALITIES } from '../arrivals/details.ts'
import { MOST_TURNS } from '../arrivals/sessions/turns.ts'
import { arrivals } from './arrivals-schema.ts'
import { duration, length, requestLengths } from './laws-schema.ts'

const count = () => z.int().min(1)
const share = () => z.number().min(0).max(1)
const turns = () => z.int().min(1).max(MOST_TURNS)

export const requestClass = z.string().min(1).default('all').describe('Name of the class of its requests')

const deadline = () =>
  z.number().positive().optional().describe('Seconds from arrival by which a request must have ended')

const classes = z
  .array(z.strictObject({ class: z.string().min(1), share: share(), deadline_s: deadline() }))
  .min(1)
  .describe('Classes in the place of one, and how many of the requests or sessions each has')

const tenants = z
  .union([
    z.strictObject({
      count: count().max(1e6),
      zipf: z.number().min(0).describe('The n-th comes n^-zipf times as often as the first'),
    }),
    z.array(z.strictObject({ tenant: z.string().min(1), share: share() })).min(1),
  ])
  .describe('Who sends them')

const turnsLaw = z
  .union([
    z.strictObject({ fixed: turns() }),
    z.strictObject({ geometric: z.strictObject({ mean_turns: z.number().min(1), max_turns: turns() }) }),
    z.strictObject({
      continues: z.strictObject({
        shares: z
          .array(share())
          .min(1)
          .describe(
            'How likely another turn is after the first, the second, ...; the last holds for the rest',
          ),
        max_turns: turns(),
      }),
    }),
    z.strictObject({
      table: z
        .array(z.tuple([turns(), share()]))
        .min(1)
        .describe('[turns, share of the sessions]'),
    }),
  ])
  .describe('How many turns sessions have')

/** Requests in sessions whose context grows. */
export const sessions = z.strictObject({
  turns: turnsLaw,
  think_s: duration.describe('From the end of a turn to the next: thinking, or the work of a tool'),
  first_input: length.optional().describe('Of the first turn; that of the others where it is left out'),
  max_context_tokens: z.int().min(2).describe('Of a prompt and its output'),
  at_cap: z
    .enum(['end', 'truncate'])
    .describe('Whether a session ends there or drops its oldest tokens behind the shared prefix'),
  kept_share: share()
    .optional()
    .describe('How full the context is after that; by default no more is dropped than needs be'),
})

const prefixes = z.strictObject({
  levels: z
    .array(
      z.strictObject({
        nodes: count().max(1e6).describe('Below each node of the level before'),
        zipf: z.number().min(0).describe('The n-th is taken n^-zipf times as often as the first'),
        tokens: length.describe('Of each node'),
      }),
    )
    .min(1)
    .describe('System prompts, then what follows them, such as documents'),
  by_tenant: z.boolean().default(false).describe('Whether every tenant has prefixes of its own'),
})

/** Requests drawn from laws. */
export const generateSchema = z
  .strictObject({
    requests: count().optional().describe('How many at most'),
    duration_s: z.number().positive().optional().describe('Requests, or sessions, begin before this time'),
    arrivals: arrivals.describe('Of requests, or of sessions'),
    lengths: requestLengths.describe('Of requests; in sessions the input is what a turn adds'),
    class: requestClass,
    deadline_s: deadline(),
    classes: classes.optional(),
    tenants: tenants.optional(),
    modality: z.enum(MODALITIES).optional(),
    items: length.optional().describe('Images, clips or frames of a request'),
    sessions: sessions.optional(),
    prefixes: prefixes.optional().describe('Beginnings of prompts that requests share'),
    block_tokens: count()
      .optional()
      .describe('Tokens of the blocks that prompts are listed in, so that caches can find them again'),
  })
  .refine(({ requests, duration_s }) => requests !== undefined || duration_s !== undefined, {
    error: 'must have requests or duration_s',
  })

export type GenerateSpec = z.output<typeof generateSchema>
export type SessionLaws = z.output<typeof sessions>
