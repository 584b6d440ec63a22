import type { Column } from '../results/columns/column.ts'
import type { CsvFile } from '../results/columns/files.ts'
import type { Unpredicted } from './contract.ts'
import { type GroupErrors, type GroupKey, relativeError, type Tested } from './errors.ts'

/** A measurement that could not be predicted, and the test that tried. */
export interface TestedUnpredicted extends Unpredicted {
  readonly test: string
}

const keyColumns: Column<Omit<GroupKey, 'doubt'> & { readonly doubt?: string }>[] = [
  { name: 'test', about: 'Kind of measurement', value: ({ test }) => test },
  {
    name: 'device',
    about: 'Device, as the catalogue calls it, like model and engine',
    value: ({ device }) => device,
  },
  { name: 'model', about: 'Model; blank where shapes are given without one', value: ({ model }) => model },
  { name: 'engine', about: 'Engine; blank for operators', value: ({ engine }) => engine },
  {
    name: 'weights',
    about: "Format of the weights, or of an operator's inputs",
    value: ({ weights }) => weights,
  },
  { name: 'metric', about: 'What was measured', value: ({ metric }) => metric },
  {
    name: 'basis',
    about:
      "fitted: the engine's constants were fitted on runs of this device, model and format, or the device's watts on boards of its kind; new: on others",
    value: ({ basis }) => basis,
  },
  {
    name: 'doubt',
    about: 'Why the measurement is doubtful; blank where nothing is known against it',
    value: ({ doubt = '' }) => doubt,
  },
]

const comparisonColumns: Column<Tested>[] = [
  ...keyColumns,
  {
    name: 'detail',
    about: 'Lengths, concurrency, parallelism, and what had to be assumed',
    value: ({ detail }) => detail,
  },
  { name: 'measured', about: 'As measured, in the unit of the metric', value: ({ measured }) => measured },
  { name: 'predicted', about: 'As Regatta says', value: ({ predicted }) => predicted },
  { name: 'error_share', about: 'predicted / measured - 1', value: relativeError },
  { name: 'source', about: 'Who measured it', value: ({ source }) => source },
  { name: 'place', about: 'File and line of the measurement', value: ({ place }) => place },
]

const groupColumns: Column<GroupErrors>[] = [
  ...keyColumns,
  { name: 'count', about: 'Comparisons of the group', value: ({ count }) => count },
  { name: 'mean_error_share', about: 'Mean of |predicted / measured - 1|', value: ({ mean }) => mean },
  { name: 'median_error_share', about: 'Median of the same', value: ({ median }) => median },
  { name: 'p90_error_share', about: '90th percentile of the same', value: ({ p90 }) => p90 },
  {
    name: 'bias_share',
    about: 'Mean of predicted / measured - 1: above 0 where predictions are too high',
    value: ({ bias }) => bias,
  },
]

const unpredictedColumns: Column<TestedUnpredicted>[] = [
  { name: 'test', about: 'Kind of measurement', value: ({ test }) => test },
  { name: 'source', about: 'Who measured it', value: ({ source }) => source },
  { name: 'reason', about: 'Why it could not be predicted', value: ({ reason }) => reason },
  { name: 'place', about: 'File and line of the measurement', value: ({ place }) => place },
]

/** Every CSV file that a validation writes, by name. */
export const fidelityFiles = {
  'comparisons.csv': {
    about: 'Of validate: one row per measured number and its prediction.',
    columns: comparisonColumns,
  },
  'groups.csv': {
    about: 'Of validate: errors of the comparisons that agree in all of the first columns.',
    columns: groupColumns,
  },
  'unpredicted.csv': {
    about: 'Of validate: one row per measurement that could not be predicted.',
    columns: unpredictedColumns,
  },
} as const satisfies Record<string, CsvFile>
