import type { Standing } from '../experiments/race.ts'
import { type Figures, perGoodMtok } from '../results/figures.ts'
import { rated } from './best.ts'
import { colours, fittedTable, percent, short, type TextColumn, tableText, widthOf } from './print.ts'

/** A table, and what it calls saturated policies. */
export interface StandingsTable {
  readonly text: string
  readonly saturated: string
  readonly isCut: boolean
}

/** A column of the table of standings. */
interface Figure {
  readonly heading: string
  readonly better: 'low' | 'high' | 'neither'
  readonly value: (standing: Standing) => number
  readonly text?: (value: number) => string
  readonly spare?: number
}

const MEASURES: readonly Figure[] = [
  { heading: 'TTFT s\np50 ', better: 'low', value: ({ result }) => result.ttft.p50 },
  { heading: '\np99 ', better: 'low', value: ({ result }) => result.ttft.p99 },
  { heading: 'TPOT ms\np50 ', better: 'low', value: ({ result }) => 1000 * result.tpot.p50 },
  { heading: '\np99 ', better: 'low', value: ({ result }) => 1000 * result.tpot.p99 },
  { heading: 'E2E s\np99 ', better: 'low', value: ({ result }) => result.e2e.p99 },
  { heading: 'SLO\nmet % ', better: 'high', value: ({ figures }) => figures.attainment, text: percent },
  { heading: 'goodput\nreq/s ', better: 'high', value: ({ figures }) => figures.goodputRps, spare: 3 },
  { heading: '$ per\ngood Mtok ', better: 'low', value: perGood(({ usd }) => usd.total) },
  { heading: 'J per\ngood tok ', better: 'low', value: perGood(({ joules }) => joules.total / 1e6) },
  {
    heading: 'gCO2 per\ngood Mtok ',
    better: 'low',
    value: perGood(({ grams }) => grams.total),
    spare: 1,
  },
  {
    heading: 'busy\n% ',
    better: 'neither',
    value: ({ figures }) => figures.busyFraction,
    text: percent,
    spare: 2,
  },
]

function perGood(amount: (figures: Figures) => number): (standing: Standing) => number {
  return ({ figures, result }) => perGoodMtok(amount(figures), result)
}

/** One line a policy, in the order given; without what can be spared where lines are longer than `most` characters. */
export function standingsTable(standings: readonly Standing[], most: number): StandingsTable {
  const text = wideText(standings)
  if (widthOf(text) <= most) return { text, saturated: 'saturated', isCut: false }
  return { ...narrowTable(standings, most), saturated: `${MARK} saturated` }
}

const MARK = '!'

function wideText(standings: readonly Standing[]): string {
  const flags = standings.map(({ result }) => (result.isSaturated ? colours.red('saturated') : ''))
  const flagged = flags.some(flag => flag !== '')
    ? [{ heading: '', cells: flags, align: 'left' as const }]
    : []
  const labels = standings.map(({ entrant }) => entrant.label)
  return tableText([policyColumn(labels), ...columnsOf(standings), ...flagged], 1)
}

function narrowTable(standings: readonly Standing[], most: number) {
  const labels = standings.map(({ entrant, result }) =>
    result.isSaturated ? `${entrant.label} ${colours.red(MARK)}` : entrant.label,
  )
  return fittedTable([policyColumn(labels), ...columnsOf(standings)], 1, most)
}

function policyColumn(cells: readonly string[]): TextColumn {
  return { heading: '\npolicy', cells, align: 'left' }
}

function columnsOf(standings: readonly Standing[]): TextColumn[] {
  return MEASURES.map(({ value, text = short, ...column }) =>
    rated({ ...column, text, values: standings.map(value) }),
  )
}
