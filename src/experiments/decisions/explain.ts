import type { Course } from '../../fleet/course.ts'
import type { Candidate, Decision, Fate } from '../../results/decision.ts'
import type { PolicyChoice } from '../../simulate.ts'
import { fateBy } from './fates.ts'
import { detourOf, type Look, looksAt } from './looks.ts'
import { recordingOf } from './recording.ts'

export interface ExplainOptions {
  /** How many decisions to explain, spread evenly over those about requests that came in the window. */
  readonly decisions: number
  readonly stepByStep?: boolean
  /** Told of every run that has been made, of so many. */
  readonly onRun?: (runs: number, of: number) => void
}

/**
 * Decisions of a policy about requests that come, each with what the router was told of the replicas and with what would
 * have become of the request at each: found by running the course again, all other decisions being as recorded, by the
 * number of the request. Where requests wait for others to end, later ones may come at other times, and numbers change
 * hands.
 *
 * Throws what `simulate` throws, and a UserError where the policy decides otherwise when it is run again.
 */
export async function explain(
  course: Course,
  choice: PolicyChoice,
  { decisions, stepByStep = false, onRun = () => {} }: ExplainOptions,
): Promise<Decision[]> {
  const recording = await recordingOf(course, choice, stepByStep)
  const looks = await looksAt(course, choice, recording, spread(recording.numbers, decisions), stepByStep)
  const runs = looks.reduce((sum, look) => sum + othersIn(look), 0)
  const explained: Decision[] = []
  let made = 0
  for (const look of looks) {
    explained.push(
      await explainedBy(look, async replica => {
        const fate = await fateBy(course, choice, recording, detourOf(look, replica), stepByStep)
        onRun(++made, runs)
        return fate
      }),
    )
  }
  return explained
}

/** So many of the values, or all where there are no more, from the middles of equal parts. */
export function spread<T>(values: readonly T[], count: number): T[] {
  const taken = Math.min(count, values.length)
  return Array.from({ length: taken }, (_, i) => values[Math.floor(((i + 0.5) * values.length) / taken)])
}

function othersIn({ sights, chosen }: Look): number {
  return sights.filter(({ replica }) => replica !== chosen).length
}

async function explainedBy(look: Look, fateAt: (replica: number) => Promise<Fate>): Promise<Decision> {
  const { question, sights, chosen, fate } = look
  const candidates: Candidate[] = []
  for (const sight of sights) {
    const isChosen = sight.replica === chosen
    candidates.push({ ...sight, isChosen, fate: isChosen ? fate : await fateAt(sight.replica) })
  }
  return { ...question, candidates, fate }
}
