import type { Aim, Choice, Demand } from '../fleets/programme.ts'
import { grown } from './growth.ts'
import type { Kind, Transition } from './load-transition.ts'
import { type Quarter, quarterText, yearsBetween } from './quarters.ts'
import type { RatingTable } from './rater.ts'
import { type BestWay, bestWay } from './ratings.ts'
import { type Story, speedOf } from './story.ts'

/** A kind of node as strategies see it. */
export interface MarketKind {
  readonly name: string
  readonly isGpu: boolean
  readonly isAsic: boolean
  /** For which nodes stay once they have come. */
  readonly termQuarters: number
}

/** What is asked and what can be had, quarter by quarter. */
export interface Market {
  readonly quarters: readonly Quarter[]
  readonly kinds: readonly MarketKind[]
  readonly aim: Aim
  readonly headroom: number
  /** By service. */
  demandsIn(quarter: Quarter): readonly Demand[]
  /** A node of each kind, new; without ratings where it cannot be had. */
  offersIn(quarter: Quarter): readonly Choice[]
  /** Why a kind of node does not serve a service in a quarter. */
  whyNot(quarter: Quarter, kind: number, service: number): string
}

/** The market of a draw. */
export class DrawnMarket implements Market {
  readonly quarters: readonly Quarter[]
  readonly kinds: readonly MarketKind[]
  readonly aim: Aim
  readonly headroom: number
  readonly #transition: Transition
  readonly #story: Story
  readonly #table: RatingTable

  constructor(transition: Transition, story: Story, table: RatingTable) {
    const { spec, quarters, kinds } = transition
    this.quarters = quarters
    this.aim = spec.minimise
    this.headroom = spec.headroom
    this.kinds = kinds.map(({ node, device }, kind) => ({
      name: node.id,
      isGpu: device.kind === 'gpu',
      isAsic: device.kind === 'asic',
      termQuarters: story.costs[kind].termQuarters,
    }))
    this.#transition = transition
    this.#story = story
    this.#table = table
  }

  demandsIn(quarter: Quarter): readonly Demand[] {
    return this.#transition.services.map(({ spec, starts }, i) => ({
      name: spec.name,
      ratePerS:
        quarter < starts ? 0 : spec.rate_per_s * grown(this.#story.growths[i], yearsBetween(starts, quarter)),
    }))
  }

  offersIn(quarter: Quarter): readonly Choice[] {
    return this.#transition.kinds.map((kind, i) => this.#offer(quarter, kind, i))
  }

  whyNot(quarter: Quarter, kind: number, service: number): string {
    const { node, available } = this.#transition.kinds[kind]
    if (quarter < available) return `it cannot be had before ${quarterText(available)}`
    const ways = this.#waysOf(service, node.id)
    if (ways.length === 0) return 'it is no candidate'
    return ways.find(({ why }) => why !== undefined)?.why ?? 'its software is too slow yet'
  }

  /** How a service uses a kind of node in a quarter; undefined where it cannot. */
  wayOf(quarter: Quarter, kind: number, service: number): BestWay | undefined {
    const of = this.#transition.kinds[kind]
    const speed = speedOf(this.#transition, this.#story, of, quarter)
    return quarter < of.available ? undefined : bestWay(this.#waysOf(service, of.node.id), speed)
  }

  /** Times as fast as the catalogue has it. */
  speedOf(quarter: Quarter, kind: number): number {
    return speedOf(this.#transition, this.#story, this.#transition.kinds[kind], quarter)
  }

  #offer(quarter: Quarter, { node, spec, device }: Kind, kind: number): Choice {
    const { services } = this.#transition
    const { tariff, factors } = this.#story.costs[kind]
    const place = quarter - this.quarters[0]
    const ways = services.map((_, service) => this.wayOf(quarter, kind, service))
    return {
      name: node.id,
      isGpu: device.kind === 'gpu',
      node: node.id,
      usdPerHour: tariff.usdPerHour * factors[place],
      usdPerKwh: tariff.usdPerKwh,
      idleWatts: ways.find(way => way !== undefined)?.way.idleWatts ?? Number.NaN,
      embodiedGramsPerHour: tariff.embodiedGramsPerHour,
      gramsPerKwh: this.#story.gramsPerKwh[place],
      maxWatts: Number.NaN,
      capexUsd: Number.NaN,
      ...(spec.most !== undefined && { most: spec.most }),
      ratings: ways.map(way => way?.rating),
    }
  }

  #waysOf(service: number, node: string) {
    return this.#table[service].filter(({ option }) => option.node.id === node)
  }
}
