import Papa from 'papaparse'
import type { Column } from '../../src/results/columns/column.ts'
import { csvCells, csvHeader, csvLines } from '../../src/results/csv.ts'
import { METRICS, type Metric, type Standing } from './standings.ts'

/** A line of league.csv. */
export interface LeagueRow {
  readonly course: string
  readonly standing: Standing
  /** What the course lacks of all that the policy acts on. */
  readonly lacks: string
}

/** A line of league.csv as it is read: blank cells are not there to be had. */
export type LeagueRecord = Readonly<Record<string, string>>

export const COLUMNS: readonly Column<LeagueRow>[] = [
  { name: 'course', about: 'Its experiment is configs/league/<course>.yaml.', value: ({ course }) => course },
  ofStanding('place', 'One more than policies of the league that did better.', ({ place }) => place),
  ofStanding('policy', 'With default options.', ({ policy }) => policy),
  ofStanding('entry', 'policy, or beside the league: control, oracle.', ({ entry }) => entry),
  ofStanding('against_best', 'By paired differences with Holm.', ({ againstBest }) => againstBest),
  ofStanding('behind_best', 'Attainment of the best less its own.', ({ behind }) => behind.mean),
  ofStanding('behind_best_half_width', 'Of its interval.', ({ behind }) => behind.halfWidth),
  ...METRICS.flatMap(metric => [
    ofStanding(metric, 'Over replications.', ({ figures }) => figures[metric]?.mean ?? Number.NaN),
    ofStanding(
      halfWidthOf(metric),
      'Of its interval.',
      ({ figures }) => figures[metric]?.halfWidth ?? Number.NaN,
    ),
  ]),
  ofStanding('replications', 'Each under the same requests.', ({ replications }) => replications),
  ofStanding('saturated_runs', 'Of them, those whose queue still grew.', ({ saturated }) => saturated),
  ofStanding('same_as', 'Has the very same figures in every replication.', ({ sameAs }) => sameAs),
  { name: 'lacks', about: 'What it finds nothing of to act on.', value: ({ lacks }) => lacks },
]

function ofStanding(
  name: string,
  about: string,
  value: (standing: Standing) => number | string,
): Column<LeagueRow> {
  return { name, about, value: ({ standing }) => value(standing) }
}

export function halfWidthOf(metric: Metric): string {
  return `${metric}_half_width`
}

export function leagueCsv(rows: readonly LeagueRow[]): string {
  return csvHeader(COLUMNS) + csvLines(rows.map(row => csvCells(COLUMNS, row)))
}

export function leagueRecords(csv: string): LeagueRecord[] {
  return Papa.parse<LeagueRecord>(csv, { header: true, skipEmptyLines: true }).data
}
