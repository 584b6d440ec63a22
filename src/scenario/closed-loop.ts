import { z } from 'zod'
import { lengthsByTurn, sessionsByTurn } from '../arrivals/clients.ts'
import type { ClosedLoop } from '../fleet/course.ts'
import { sessions } from './generate-schema.ts'
import { sessionLaws } from './generators.ts'
import { durationSpec, lengthSpec, lengthsSpec } from './laws.ts'
import { duration, lengths } from './laws-schema.ts'

const count = () => z.int().min(1)

/** Clients that wait for their answer before they send again. */
export const closedLoopSchema = z
  .strictObject({
    clients: count().max(2 ** 21 - 1),
    think_s: z
      .union([z.number().min(0), duration])
      .describe('Pause before a client sends again: the mean of an exponential law, or a law'),
    requests: count(),
    lengths: lengths.describe('Of requests; in sessions the input is what a turn adds'),
    sessions: sessions
      .omit({ think_s: true })
      .optional()
      .describe('Sessions that each client has, one after the other, with a growing context'),
  })
  .describe('Clients that wait for their answer before they send again')

export type ClosedLoopLaws = z.output<typeof closedLoopSchema>

/** Throws a UserError that names the number and its bound. */
export function closedLoopOf(laws: ClosedLoopLaws, seed: string | number): ClosedLoop {
  const { clients, requests, think_s, lengths } = laws
  const thinkS = typeof think_s === 'number' ? think_s : durationSpec(think_s)
  return { clients, requests, thinkS, lengths: bodiesOf(laws, seed, lengths) }
}

function bodiesOf(
  { clients, sessions }: ClosedLoopLaws,
  seed: string | number,
  { input, output }: ClosedLoopLaws['lengths'],
): ClosedLoop['lengths'] {
  if (sessions === undefined) return lengthsByTurn(seed, lengthSpec(input), lengthSpec(output))
  // How long clients think is theirs, not their sessions'.
  const spec = sessionLaws({ ...sessions, think_s: { constant_s: 0 } })
  return sessionsByTurn(seed, clients, spec, lengthsSpec({ input, output }))
}
