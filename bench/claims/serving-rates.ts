import { DrawnPlaces } from '../../src/experiments/drawn-places.ts'
import { atRate, type Prepared } from '../../src/experiments/prepare.ts'
import { race, type Standing } from '../../src/experiments/race.ts'
import {
  appraised,
  preparedAt,
  preparedFor,
  type Refusal,
  refusedOr,
} from '../../src/planning/fleets/appraisal.ts'
import type { Evidence, PlaceInRange } from '../../src/scenario/evidence.ts'
import { buildWorkload } from '../../src/scenario/workload.ts'
import type { ClaimFile } from './claim-file.ts'
import { ownEstimates, replicaScenario, type Serving, type Way, waysOf } from './replica-scenario.ts'

/** What a replica does at a share of its highest rate: units are output tokens, or samples of a task. */
export interface Work {
  readonly unitsPerS: number
  /** At the facility, its share of the host included. */
  readonly watts: number
}

interface Laid {
  readonly way: Way
  readonly devices: number
  /** What that rests on. */
  readonly evidence: Evidence
}

/** A replica at the highest rate at which it holds the SLO. */
export interface Rated extends Laid {
  /** What it does at a share of that rate. */
  at(utilisation: number): Promise<Work>
}

/** A replica that runs, but holds the SLO at no rate. */
export interface Missed extends Laid {
  readonly missed: string
}

export type Found = Rated | Missed | Refusal

/** The given values, or one of the draws, numbered from 0. */
export type Draw = number | 'given'

/** Rates of replicas by themselves under works, each found once. */
export class ServingRates {
  readonly #file: ClaimFile
  readonly #places: DrawnPlaces
  readonly #found = new Map<string, Promise<Found>>()

  constructor(file: ClaimFile) {
    this.#file = file
    this.#places = new DrawnPlaces(file.claim.draws, file.claim.seed)
  }

  /** Where a draw has an estimate in its range: the same for whoever rests on it. */
  placeOf(draw: Draw): PlaceInRange {
    return draw === 'given' ? () => 0.5 : this.#places.of(draw)
  }

  /** A refusal where the replica cannot serve the work at all. */
  of(serving: Serving, draw: Draw): Promise<Found> {
    const key = JSON.stringify([serving, draw])
    const found =
      this.#found.get(key) ?? (draw === 'given' ? this.#best(serving) : this.#drawn(serving, draw))
    this.#found.set(key, found)
    return found
  }

  /** Of the ways, the one of which a device serves most; where none holds the SLO, the last that runs. */
  async #best(serving: Serving): Promise<Found> {
    const ways = waysOf(this.#file.claim.pools[serving.pool])
    let best: Found | undefined
    let most = Number.NEGATIVE_INFINITY
    for (const way of ways) {
      const prepare = this.#preparing(serving, way, 'given')
      const found = await refusedOr(async () => rated(await prepare(), way))
      const worth = await worthOf(found)
      if (worth >= most) [best, most] = [found, worth]
    }
    return best!
  }

  async #drawn(serving: Serving, draw: number): Promise<Found> {
    const given = await this.of(serving, 'given')
    if ('why' in given) return given
    const { way } = given
    const own = ownEstimates(serving.pool, this.#file.claim.pools[serving.pool])
    const prepare = this.#preparing(serving, way, own.length === 0 ? 'given' : draw)
    return refusedOr(async () => rated(await preparedAt(await prepare(), this.placeOf(draw)), way))
  }

  /** Mistakes of the file show at once; what follows them are refusals. */
  #preparing(serving: Serving, way: Way, draw: Draw): () => Promise<Prepared> {
    const parsed = replicaScenario(this.#file, serving, way, this.placeOf(draw))
    const { catalogue, open } = this.#file
    const arrivals = () => buildWorkload(parsed, open).arrivals()
    return async () => warmed(await preparedFor(parsed, catalogue, open, { arrivals }))
  }
}

/** Units a second and device; less where the SLO is missed, and least where nothing runs. */
async function worthOf(found: Found): Promise<number> {
  if ('why' in found) return -2
  return 'missed' in found ? -1 : (await found.at(1)).unitsPerS / found.devices
}

async function rated(prepared: Prepared, way: Way): Promise<Rated | Missed> {
  const { kinds, evidence } = prepared.fleet
  const laid = { way, devices: kinds[0].devices, evidence }
  const appraisal = await appraised(prepared)
  if ('why' in appraisal) return { ...laid, missed: appraisal.why }
  const { ratePerS, standing } = appraisal
  const at = once(async utilisation => {
    if (utilisation === 1) return workOf(standing, prepared)
    const [slower] = await race(atRate(prepared, utilisation * ratePerS), [standing.entrant])
    return workOf(slower, prepared)
  })
  return { ...laid, at }
}

/** Remembers what was found at each share. */
function once(find: (utilisation: number) => Promise<Work>): (utilisation: number) => Promise<Work> {
  const found = new Map<number, Promise<Work>>()
  return utilisation => {
    const work = found.get(utilisation) ?? find(utilisation)
    found.set(utilisation, work)
    return work
  }
}

/** Batches of hundreds take long to fill: the beginning is left out. */
function warmed(prepared: Prepared): Prepared {
  const { course, workload } = prepared
  return { ...prepared, course: { ...course, warmupS: WARM_UP * workload.spanS } }
}

const WARM_UP = 0.25

function workOf({ figures, result }: Standing, { parsed }: Prepared): Work {
  const [{ busyJ, idleJ }] = result.replicas
  return {
    unitsPerS: 'task' in parsed.scenario ? figures.promptTokensPerS : figures.outputTokensPerS,
    watts: (busyJ + idleJ) / result.windowS,
  }
}
