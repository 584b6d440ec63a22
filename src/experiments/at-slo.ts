import { UserError } from '../core/errors.ts'
import { saturationRequestsPerS } from '../fleet/saturation.ts'
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

const LOWEST_LOAD = 0.05
const HIGHEST_LOAD = 1.2
const TOLERANCE = 0.01

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
  const found = (standing: Standing, ratePerS: number, bound: AtSlo['bound']) => ({
    entrant,
    standing,
    ratePerS,
    load: ratePerS / saturation,
    bound,
  })

  let low = lowestLoad * saturation
  let high = highestLoad * saturation
  let best = await runAt(low)
  if (!holds(best, prepared)) return found(best, Number.NaN, 'below')
  const top = await runAt(high)
  if (holds(top, prepared)) return found(top, high, 'above')
  while (high > low * (1 + tolerance)) {
    const middle = Math.sqrt(low * high)
    const run = await runAt(middle)
    if (holds(run, prepared)) {
      low = middle
      best = run
    } else high = middle
  }
  return found(best, low, 'found')
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
