import type { AtSlo } from '../experiments/at-slo.ts'
import { perMtok } from '../results/figures.ts'
import { rated } from './best.ts'
import { CUT_NOTE, fittedTable, paragraph, percent, short } from './print.ts'

const SIGNS = { found: '', above: '>= ', below: '' } as const

/** One line a policy, the one that carries the most first. */
export function atSloText(found: readonly AtSlo[], attainment: number): string {
  const rows = found.toSorted((a, b) => rank(b) - rank(a))
  const column = (
    heading: string,
    better: 'low' | 'high',
    value: (row: AtSlo) => number,
    { text = short, spare }: { readonly text?: typeof short; readonly spare?: number } = {},
  ) => {
    const values = rows.map(row => (row.bound === 'below' ? Number.NaN : value(row)))
    return rated({ heading, better, text, values, spare })
  }
  const { text: table, isCut } = fittedTable(
    [
      { heading: '\npolicy', cells: rows.map(({ entrant }) => entrant.label), align: 'left' },
      { heading: '', cells: rows.map(({ bound }) => SIGNS[bound]) },
      column('load\n% ', 'high', ({ load }) => load, { text: percent }),
      column('arrivals\nreq/s ', 'high', ({ ratePerS }) => ratePerS),
      column('$ per\nMtok ', 'low', ({ standing }) => perMtok(standing.figures.usd.total, standing.result)),
      column(
        'J per\ntok ',
        'low',
        ({ standing }) => perMtok(standing.figures.joules.total, standing.result) / 1e6,
      ),
      column(
        'gCO2 per\nMtok ',
        'low',
        ({ standing }) => perMtok(standing.figures.grams.total, standing.result),
        { spare: 1 },
      ),
      column('TTFT s\np99 ', 'low', ({ standing }) => standing.result.ttft.p99),
      column('TPOT ms\np99 ', 'low', ({ standing }) => 1000 * standing.result.tpot.p99),
    ],
    1,
  )
  const failing = found.filter(({ bound }) => bound === 'below').map(({ entrant }) => entrant.label)
  return [
    paragraph(
      `At the SLO: the highest load at which ${percent(attainment)} % of the requests meet it, and what tokens cost there`,
    ),
    table,
    paragraph(
      'Found by bisection to 1 %, taking for granted that what holds at a load holds at every lower one.',
    ),
    ...(isCut ? [paragraph(CUT_NOTE)] : []),
    ...(failing.length === 0
      ? []
      : [paragraph(`Blank: the SLO fails even at the lowest load tried, under ${failing.join(', ')}.`)]),
  ].join('\n')
}

function rank({ load }: AtSlo): number {
  return Number.isNaN(load) ? 0 : load
}
