import type { Measurements } from '../measurements/contract.ts'
import type { Catalogue } from '../scenario/facts.ts'
import type { Outcome } from './contract.ts'
import { disaggregatedRuns } from './disaggregated.ts'
import { iterations } from './iterations.ts'
import { offline } from './offline.ts'
import { operators } from './operators.ts'
import { power } from './power.ts'
import { replay } from './replay.ts'
import { served } from './served.ts'
import { speculativeRuns } from './speculative.ts'

/** Predicts one kind of measurement. */
export interface FidelityTest {
  readonly about: string
  /** Every measurement of the kind, predicted or with the reason why not; none where there are no such files. */
  readonly run: (
    measurements: Measurements,
    catalogue: Catalogue,
  ) => Iterable<Outcome> | AsyncIterable<Outcome>
}

/** Every test by name, in the order in which they run; help texts and flags are derived from this table. */
export const fidelityTests = {
  operators: {
    about: 'kernels and collectives, one by one: seconds of operator_times.csv',
    run: operators,
  },
  iterations: {
    about: 'single engine steps: seconds of iteration_times.csv',
    run: iterations,
  },
  served: {
    about: 'latencies and throughput of servers under clients or at a rate: server_results.csv',
    run: served,
  },
  disaggregated: {
    about: 'servers that compute prompts apart from decodes: server_results.csv',
    run: disaggregatedRuns,
  },
  speculative: {
    about: 'servers that propose tokens, as rows or like runs tell: server_results.csv',
    run: speculativeRuns,
  },
  offline: {
    about: 'highest throughputs, static batches and MLPerf results: server_results.csv',
    run: offline,
  },
  replay: {
    about: 'logs of real runs, request by request: requests/*.csv with *_meta.json',
    run: replay,
  },
  power: {
    about: 'watts of accelerators and nodes while they serve: power_energy.csv',
    run: power,
  },
} as const satisfies Record<string, FidelityTest>

export type FidelityTestName = keyof typeof fidelityTests
export const FIDELITY_TESTS = Object.keys(fidelityTests) as FidelityTestName[]
