import type { Calendar } from '../core/calendar.ts'
import type { Replica } from '../replicas/replica.ts'
import { FreshReadings, type Readings } from './readings.ts'
import { SampledReadings } from './sampled-readings.ts'
import type { SignalsSpec, SignalTiming } from './signal-timing.ts'

/** What the routers of a fleet are told of its replicas. Made when first asked for: then all replicas are there. */
export class Signals {
  readonly spec: SignalsSpec
  readonly #calendar: Calendar
  readonly #replicas: readonly Replica[]
  #fresh: Readings | undefined
  #load: Readings | undefined
  #kv: Readings | undefined

  constructor(calendar: Calendar, replicas: readonly Replica[], spec: SignalsSpec = {}) {
    this.#calendar = calendar
    this.#replicas = replicas
    this.spec = spec
  }

  get load(): Readings {
    this.#load ??= this.#readings(this.spec.load)
    return this.#load
  }

  get kv(): Readings {
    const { load, kv } = this.spec
    const isSame = load?.everyS === kv?.everyS && load?.lagS === kv?.lagS
    this.#kv ??= isSame ? this.load : this.#readings(kv)
    return this.#kv
  }

  #readings(timing: SignalTiming | undefined): Readings {
    if (timing !== undefined) return new SampledReadings(this.#calendar, this.#replicas, timing)
    this.#fresh ??= new FreshReadings(this.#calendar, this.#replicas)
    return this.#fresh
  }
}
