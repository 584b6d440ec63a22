import type { Course } from '../fleet/course.ts'
import { type Figures, figuresOf } from '../results/figures.ts'
import type { RunResult } from '../results/run-result.ts'
import { type PolicyChoice, type RunOptions, simulate } from '../simulate.ts'

/** A policy in a race, under the name that tables and files give it. */
export interface Entrant extends PolicyChoice {
  readonly label: string
  /** Of the text of the file that it comes from. */
  readonly sha256?: string
}

/** How one policy did. */
export interface Standing {
  readonly entrant: Entrant
  readonly result: RunResult
  readonly figures: Figures
}

export interface RaceHooks {
  readonly stepByStep?: boolean
  /** Asked once for each entrant: who is told of the requests that end under it. */
  readonly onEnd?: (entrant: Entrant) => RunOptions['onEnd']
  /** Told now and then of the requests that have arrived under this entrant. */
  readonly onProgress?: (entrant: Entrant, arrived: number) => void
  /** Waited for after each run. */
  readonly afterRun?: () => Promise<void>
}

/** Runs every entrant over the very same arrivals, one after the other. Throws what `simulate` throws. */
export async function race(
  course: Course,
  entrants: readonly Entrant[],
  hooks: RaceHooks = {},
): Promise<Standing[]> {
  const standings: Standing[] = []
  for (const entrant of entrants) {
    const result = await simulate(course, entrant, runOptions(entrant, hooks))
    await hooks.afterRun?.()
    standings.push({ entrant, result, figures: figuresOf(result) })
  }
  return standings
}

function runOptions(entrant: Entrant, { stepByStep, onEnd, onProgress }: RaceHooks): RunOptions {
  const ended = onEnd?.(entrant)
  return {
    ...(stepByStep === undefined ? {} : { stepByStep }),
    ...(ended === undefined ? {} : { onEnd: ended }),
    ...(onProgress === undefined ? {} : { onProgress: arrived => onProgress(entrant, arrived) }),
  }
}
