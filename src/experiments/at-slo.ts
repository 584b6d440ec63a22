import { UserError } from '../core/errors.ts'
import { saturationRequestsPerS } from '../fleet/saturation.ts'
import { bracketOf } from './bracket.ts'
import { atRate, type Prepared } from './prepare.ts'
import { type Entrant, race, type Standing } from './race.ts'

/** Between which shares of the fleet's saturation to search, and how closely. */
export interface AtSloOptions {
  readonly lowestLoad?: number
  readonly highestLoad?: number
  readonly tolerance?: number
  readonly stepByStep?: boolean
  /** Told after every run how many have been made. */
  readonly onRun?: (runs: number) => void
}

/** The highest load at which a policy just holds the SLO, and its run there. */
export interface AtSlo {
  readonly entrant: Entrant
  /** NaN where the SLO does not hold even at the lowest load. */
  readonly ratePerS: number
  /** The rate over that at which the fleet saturates. */
  readonly load: number
  /** The run at that rate; where the SLO never holds, the run at the lowest. */
  readonly standing: Standing
  /** `above`: it holds at the highest load searched; `below`: it fails at the lowest. */
  readonly bound: 'found' | 'above' | 'below'
}

/** Where searches for a load begin and end, and how closely, if nobody says otherwise. */
export const LOWEST_LOAD = 0.05
export const HIGHEST_LOAD = 1.2
export const TOLERANCE = 0.01

/**
 * Bisects the rate of arrivals for the highest at which the scenario's share of requests meets the SLO and no queue
 * grows without bound. Takes for granted that what holds at a rate holds at every lower one; where a policy does
 * worse at a lower rate, the answer is one of its crossings.
 */
export async function atSlo(
  prepared: Prepared,
  entrant: Entrant,
  options: AtSloOptions = {},
): Promise<AtSlo> {
  const { lowestLoad = LOWEST_LOAD, highestLoad = HIGHEST_LOAD, tolerance = TOLERANCE } = options
  checkPaced(prepared)
  const saturation = saturationRequestsPerS(prepared.course)
  const runAt = runner(prepared, entrant, options)
  const standings = new Map<number, Standing>()
  const judge = async (ratePerS: number) => {
    const standing = await runAt(ratePerS)
    standings.set(ratePerS, standing)
    return holds(standing, prepared) ? 'holds' : 'fails'
  }

  const lowestPerS = lowestLoad * saturation
  const highestPerS = highestLoad * saturation
  const { holdsPerS } = await bracketOf(judge, { lowestPerS, highestPerS, tolerance })
  const isNone = Number.isNaN(holdsPerS)
  return {
    entrant,
    ratePerS: holdsPerS,
    load: holdsPerS / saturation,
    standing: standings.get(isNone ? lowestPerS : holdsPerS)!,
    bound: isNone ? 'below' : holdsPerS === highestPerS ? 'above' : 'found',
  }
}

/** Throws a UserError where requests do not come at a rate. */
export function checkPaced({ parsed, workload }: Prepared): void {
  if (workload.built.closedLoop === undefined) return
  throw new UserError(
    `${parsed.place(['workload'])}: workload is a closed loop, which sets its own pace; ` +
      'must be a trace or generated to find the load at the SLO',
  )
}

function runner(prepared: Prepared, entrant: Entrant, { stepByStep = false, onRun }: AtSloOptions) {
  let runs = 0
  return async (ratePerS: number): Promise<Standing> => {
    const [standing] = await race(atRate(prepared, ratePerS), [entrant], { stepByStep })
    onRun?.(++runs)
    return standing
  }
}

function holds({ figures, result }: Standing, { fleet }: Prepared): boolean {
  return figures.attainment >= fleet.attainment && !result.isSaturated
}
