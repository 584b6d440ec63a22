import { boundColumns } from './bound.ts'
import { capacityColumns, curveColumns } from './capacity.ts'
import { classColumns } from './classes.ts'
import type { Column } from './column.ts'
import { decisionColumns } from './decisions.ts'
import { intervalColumns } from './intervals.ts'
import { linkColumns } from './links.ts'
import { predictionColumns } from './predictions.ts'
import { regretColumns } from './regret.ts'
import { replicaColumns } from './replicas.ts'
import { requestColumns } from './requests.ts'
import { atSloColumns, rangeColumns, summaryColumns } from './summary.ts'
import { timeseriesColumns } from './timeseries.ts'

/** A CSV file that a race writes. */
export interface CsvFile {
  readonly about: string
  // biome-ignore lint/suspicious/noExplicitAny: files have rows of different types
  readonly columns: readonly Column<any>[]
}

/** Every CSV file by name. */
export const csvFiles = {
  'summary.csv': {
    about: 'One row per policy. Quantiles are within 0.8 % of the exact ones; all else is exact.',
    columns: summaryColumns,
  },
  'ranges.csv': {
    about: "The same at both ends of the ranges of the catalogue's estimates.",
    columns: rangeColumns,
  },
  'at-slo.csv': {
    about: 'With --at-slo: one row per policy, at the highest load at which the SLO just holds.',
    columns: atSloColumns,
  },
  'intervals.csv': {
    about:
      'With --intervals: one row per policy and figure: how sure it is by this one run. Batch means over requests in order of arrival, warm-up removed.',
    columns: intervalColumns,
  },
  'classes.csv': {
    about:
      'One row per policy and class or tenant, over the window, where there are several classes, objectives of classes, or tenants.',
    columns: classColumns,
  },
  'regret.csv': {
    about: 'With --explain: one row per policy, over the decisions explained.',
    columns: regretColumns,
  },
  'decisions.csv': {
    about:
      'With --explain: one row per policy, decision explained and replica tried, in order of decision. What would have become of the request there is found by running the workload again, all other decisions being as they were, by the number of the request.',
    columns: decisionColumns,
  },
  'bound.csv': {
    about: 'With bound and race --bound: what no policy can beat, and how far from it runs are.',
    columns: boundColumns,
  },
  'capacity.csv': {
    about: 'With capacity: one row per policy, the one that carries the most first.',
    columns: capacityColumns,
  },
  'curve.csv': {
    about: 'With capacity --curve: one row per policy and load, over replications.',
    columns: curveColumns,
  },
  'replicas.csv': { about: 'One row per policy and replica, over the window.', columns: replicaColumns },
  'links.csv': {
    about: 'One row per policy and link, over the window, where KV goes from replica to replica.',
    columns: linkColumns,
  },
  'predictions.csv': {
    about: 'One row per policy and quantity that it goes by: how far off that was.',
    columns: predictionColumns,
  },
  'timeseries.csv': {
    about: 'One row per policy, sampling instant and kind of replica.',
    columns: timeseriesColumns,
  },
  'requests.csv': { about: 'One row per policy and request, in order of end.', columns: requestColumns },
} as const satisfies Record<string, CsvFile>
