import type { Column } from './column.ts'
import { linkColumns } from './links.ts'
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
  'replicas.csv': { about: 'One row per policy and replica, over the window.', columns: replicaColumns },
  'links.csv': {
    about: 'One row per policy and link, over the window, where KV goes from replica to replica.',
    columns: linkColumns,
  },
  'timeseries.csv': {
    about: 'One row per policy, sampling instant and kind of replica.',
    columns: timeseriesColumns,
  },
  'requests.csv': { about: 'One row per policy and request, in order of end.', columns: requestColumns },
} as const satisfies Record<string, CsvFile>
