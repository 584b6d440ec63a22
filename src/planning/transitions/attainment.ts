import { atRate } from '../../experiments/prepare.ts'
import { race } from '../../experiments/race.ts'
import type { PlaceInRange } from '../../scenario/evidence.ts'
import { policyChoices } from '../../scenario/schema.ts'
import { preparedAt, preparedFor } from '../fleets/appraisal.ts'
import { type Share, scenarioOf } from '../fleets/scenario-of.ts'
import type { Transition } from './load-transition.ts'
import type { DrawnMarket } from './market.ts'
import { spedOption } from './rater.ts'
import { requestsIn } from './service-requests.ts'
import { thinned } from './thinned.ts'
import type { QuarterOutcome } from './unfold.ts'

/** A service's part of a fleet, small enough to be simulated. */
interface Sample {
  readonly service: number
  readonly fleet: readonly Share[]
  readonly ratePerS: number
}

/**
 * Share of the requests of each service that meet its SLO when a quarter's fleet is simulated, each service on the nodes
 * that work for it, in part where they are many, and on other requests than nodes are rated by. What was simulated before
 * is not simulated again.
 */
export class Attainments {
  readonly #transition: Transition
  readonly #placeOf: PlaceInRange | undefined
  readonly #known = new Map<string, number>()

  /** @param placeOf where estimates of the hardware lie; as given where absent */
  constructor(transition: Transition, placeOf?: PlaceInRange) {
    this.#transition = transition
    this.#placeOf = placeOf
  }

  /** By service; NaN of one without requests. */
  async of(market: DrawnMarket, outcome: QuarterOutcome): Promise<number[]> {
    const found: number[] = []
    for (const [service, ratePerS] of outcome.demand.entries()) {
      const isAsked = ratePerS > 0
      found.push(isAsked ? await this.#simulated(this.#sampleOf(market, outcome, service)) : Number.NaN)
    }
    return found
  }

  #sampleOf(market: DrawnMarket, { quarter, flow, used, demand }: QuarterOutcome, service: number): Sample {
    const kinds = [...used.keys()]
    const ways = kinds.map(kind => market.wayOf(quarter, kind, service))
    const ratesPerS = ways.map(way => way?.rating.ratePerS ?? 0)
    const parts = kinds.map(kind => used[kind] * timeShare(market, quarter, kind, flow[kind], service))
    const { nodes, share } = thinned(parts, ratesPerS, this.#transition.spec.attainment.most_nodes)
    const fleet = kinds
      .filter(kind => nodes[kind] > 0)
      .map(kind => ({
        option: spedOption(ways[kind]!.way.option, market.speedOf(quarter, kind)),
        nodes: nodes[kind],
      }))
    return { service, fleet, ratePerS: demand[service] * share }
  }

  async #simulated(sample: Sample): Promise<number> {
    const key = keyOf(sample)
    const known = this.#known.get(key)
    if (known !== undefined) return known
    const { services, catalogue, open } = this.#transition
    const { spec, plan, source, requests } = services[sample.service]
    const nodes = sample.fleet.reduce((sum, share) => sum + share.nodes, 0)
    const parsed = scenarioOf(plan, source, { fleet: sample.fleet, warmupS: 0, rateScale: 1 })
    const count = requestsIn(requests, sample.ratePerS, nodes * Math.ceil(spec.requests / 2))
    const given = await preparedFor(parsed, catalogue, open, { arrivals: requests.toSimulate }, count)
    const prepared = this.#placeOf === undefined ? given : await preparedAt(given, this.#placeOf)
    const [entrant] = policyChoices(parsed.scenario.policies)
    const [{ figures }] = await race(atRate(prepared, sample.ratePerS), [entrant])
    this.#known.set(key, figures.attainment)
    return figures.attainment
  }
}

/** Share of a kind's busy time that goes to a service. */
function timeShare(
  market: DrawnMarket,
  quarter: number,
  kind: number,
  flow: readonly number[],
  service: number,
): number {
  const timeOf = (id: number) =>
    flow[id] === 0 ? 0 : flow[id] / (market.wayOf(quarter, kind, id)?.rating.ratePerS ?? Number.NaN)
  const all = flow.reduce((sum, _, id) => sum + timeOf(id), 0)
  return all === 0 ? 0 : timeOf(service) / all
}

function keyOf({ service, fleet, ratePerS }: Sample): string {
  const shares = fleet.map(({ option, nodes }) => [option.name, option.pool.speedup ?? 1, nodes])
  return JSON.stringify([service, shares, ratePerS])
}
