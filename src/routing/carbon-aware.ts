import type { OptionSpecs } from '../core/options.ts'
import { type ClusterView, type PolicyFactory, type RequestView, WAIT } from './contract.ts'
import { cheapestWithinSlo, WITHIN_SLO_OPTIONS } from './within-slo.ts'

// Shifting what can wait to hours of a cleaner grid: "Let's Wait Awhile" (Wiesner et al. 2021), Google's carbon-aware computing (Radovanović et al. 2023).

const HOUR_S = 3600

export const CARBON_AWARE_OPTIONS = {
  ...WITHIN_SLO_OPTIONS,
  safety: {
    about: 'times the expected E2E that is left before the deadline, as what is expected may be too little',
    default: 2,
    min: 1,
  },
  horizon_h: {
    about: 'hours that it looks ahead at most',
    default: 24,
    min: 1,
    max: 8760,
    whole: true,
    unit: 'hours',
  },
} as const satisfies OptionSpecs

/**
 * A request with a deadline waits for the hour with the least grams per kWh that leaves time to serve it, the earliest of
 * those that tie, whatever its TTFT; one without goes at once. Then to the fewest joules within the SLO, else the fastest:
 * under one grid, that is the fewest grams. Asks every replica.
 */
export const carbonAware: PolicyFactory = setup => {
  const { safety, horizon_h } = setup.options
  const send = cheapestWithinSlo(setup, (cluster, replica, request) =>
    cluster.expectedJoules(replica, request),
  )
  return (request, cluster) => {
    const lastS = Math.min(endS(request), cluster.nowS + horizon_h * HOUR_S)
    // Whoever need not wait is spared the question how long it will take.
    if (!(cleanestS(cluster, lastS) > cluster.nowS)) return send(request, cluster)
    const replica = send(request, cluster)
    const servedS = safety * cluster.expectedE2eS(replica, request)
    const beginS = cleanestS(cluster, Math.min(lastS, endS(request) - servedS))
    if (!(beginS > cluster.nowS)) return replica
    setup.askAgainAt(beginS)
    return WAIT
  }
}

/** When it must have ended; NaN where there is no such moment. */
function endS({ arrivalS, deadlineS, slo }: RequestView): number {
  return arrivalS + Math.min(deadlineS, slo.e2eS ?? Number.POSITIVE_INFINITY)
}

/** Of now and the hours that begin up to `lastS`, when the grid is cleanest first. */
function cleanestS(cluster: ClusterView, lastS: number): number {
  let bestS = cluster.nowS
  let least = cluster.gramsPerKwh(bestS)
  for (let atS = HOUR_S * (Math.floor(bestS / HOUR_S) + 1); atS <= lastS; atS += HOUR_S) {
    const grams = cluster.gramsPerKwh(atS)
    if (grams >= least) continue
    least = grams
    bestS = atS
  }
  return bestS
}
