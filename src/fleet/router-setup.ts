import type { Calendar } from '../core/calendar.ts'
import type { CarbonIntensity } from '../energy/contract.ts'
import type { RequestTable } from '../requests/table.ts'
import type { Slo } from '../routing/contract.ts'
import type { SeenLengths } from './expectations.ts'
import type { Loads } from './loads.ts'
import type { Signals } from './signals.ts'

/** What all routers of a fleet go by. */
export interface RouterSetup {
  readonly calendar: Calendar
  readonly requests: RequestTable
  /** Of all replicas of the fleet. */
  readonly loads: Loads
  readonly signals: Signals
  /** Names of the request classes, and what is promised to each. */
  readonly classes: readonly string[]
  readonly slos: readonly Slo[]
  readonly seen: SeenLengths
  readonly pue: number
  readonly carbon: CarbonIntensity
}
