import type { CsvFile } from '../../results/columns/files.ts'
import { drawColumns } from '../draw-rows.ts'
import { estimateColumns } from '../estimates.ts'
import { resultColumns } from '../result-columns.ts'
import { bandColumns } from './bands.ts'
import { chanceColumns } from './chances.ts'
import { comparisonColumns } from './comparison-columns.ts'
import { type Context, POLICY } from './contexts.ts'
import { influenceColumns } from './sensitivity.ts'

const PLAN = { factors: [], points: [], metrics: [] }
const CONTEXTS: readonly Context[] = [{ at: [], group: 'all', name: 'all', contenders: [] }]
const FACTORS = 'The levels of factors come first, a column each.'

/** Every CSV file of sweeps and of what is made of them, without the columns of an experiment's own. */
export const sweepFiles = {
  'results.csv': {
    about: `With sweep: one row per point, replication and group. ${FACTORS} Last come the metrics asked for, as in summary.csv and classes.csv, and other such columns on which estimates rest.`,
    columns: resultColumns(PLAN),
  },
  'estimates.csv': {
    about: `With sweep: one row per point, group and metric, over replications. ${FACTORS}`,
    columns: estimateColumns(PLAN),
  },
  'draws.csv': {
    about: 'With sweep, where replications draw estimates: one row per replication and estimate.',
    columns: drawColumns,
  },
  'comparisons.csv': {
    about: `With compare --out: one row per metric and pair, at each combination of all else. ${FACTORS}`,
    columns: comparisonColumns(CONTEXTS),
  },
  'uncertainty.csv': {
    about: `With compare --out, where replications draw estimates: one row per metric and policy. ${FACTORS}`,
    columns: bandColumns(CONTEXTS, POLICY),
  },
  'chances.csv': {
    about: `With compare --out, where replications draw estimates: one row per metric and pair, which of them is better how often. ${FACTORS}`,
    columns: chanceColumns(CONTEXTS),
  },
  'sensitivity.csv': {
    about: `With compare --out, where replications draw estimates: one row per metric, policy or pair, and estimate, the most influential first. ${FACTORS}`,
    columns: influenceColumns(CONTEXTS),
  },
} as const satisfies Record<string, CsvFile>
