import type { Entrant } from '../experiments/race.ts'
import { ownPolicy } from '../scenario/own-policies.ts'
import type { PolicyChoice } from '../scenario/schema.ts'
import { settled, watchHere } from './watched.ts'

/** The policy loaded, under the eyes of whoever watches this thread; undefined where it is not the user's own. */
export async function ownEntrant(choice: PolicyChoice, scenarioFile: string): Promise<Entrant | undefined> {
  const own = await ownPolicy(choice, scenarioFile, watchHere())
  if (own !== undefined) await settled()
  return own
}
