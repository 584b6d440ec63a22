import type { Source } from '../scenario/document.ts'
import type { Catalogue } from '../scenario/facts.ts'
import type { ExperimentSpec } from './experiment-schema.ts'
import type { Factor } from './factors.ts'
import type { MetricColumn } from './metrics.ts'
import type { Resampling } from './resampling.ts'
import type { ReplicationRule } from './rounds.ts'

/** What is run: a scenario, what is varied of it, how often, and what is read from the runs. */
export interface Experiment {
  /** Absolute, as all paths here. */
  readonly file: string
  readonly scenarioFile: string
  /** Files and folders beside the catalogue that comes with the program. */
  readonly catalogueFiles: readonly string[]
  /** As the file has it, defaults filled in. */
  readonly spec: ExperimentSpec
  readonly source: Source
  /** The scenario with the experiment's policies and seed in it. */
  readonly base: Source
  readonly catalogue: Catalogue
  readonly factors: readonly Factor[]
  readonly replications: ReplicationRule
  /** Absent where the workload decides. */
  readonly resampling?: Resampling
  readonly metrics: readonly MetricColumn[]
  /** What is read beside them because estimates rest on it. */
  readonly support: readonly MetricColumn[]
}
