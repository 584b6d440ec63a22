import type { CapacityQuestion } from '../experiments/capacity.ts'
import type { Behind, Ranked } from '../experiments/capacity-ranking.ts'
import type { Estimate, LoadMeasureName } from '../results/load-measures.ts'
import { rated } from './best.ts'
import { CUT_NOTE, fittedTable, paragraph, percent, short, type TextColumn } from './print.ts'

const TRACE_NOTE =
  'Replications are drawn from this one trace, and the confidence is of draws from it: how far another trace like it\n' +
  'may differ, more replications do not tell; a longer trace does.'

const SIGNS = { found: '', above: '>= ', below: '', open: '' } as const

/**
 * One line a policy, in the order given; what cannot be told; and which loads were not enough to tell anything.
 *
 * @param isRedrawn whether replications are drawn from one trace, of which alone the answer is sure
 */
export function capacityText(
  ranked: readonly Ranked[],
  question: CapacityQuestion,
  isRedrawn = false,
): string {
  const { objective, confidence } = question
  const { text, isCut } = fittedTable(columnsOf(ranked), 1)
  const notes = [
    `Sure to ${percent(confidence)} %, of up to ${question.replications} replications at each load, ` +
      'which all policies share. Between the two\nloads it cannot be told. Takes for granted that what holds at a load holds at every lower one.',
    ...(isRedrawn ? [TRACE_NOTE] : []),
    ...behindNotes(ranked, isRedrawn),
    ...endNotes(ranked),
    ...(isCut ? [CUT_NOTE] : []),
  ]
  return [
    paragraph(
      `Capacity: the highest load at which ${percent(objective)} % of the requests meet the SLO, and what tokens cost there`,
    ),
    text,
    ...notes.map(note => paragraph(note)),
  ].join('\n')
}

function columnsOf(ranked: readonly Ranked[]): TextColumn[] {
  const holds = ranked.map(({ capacity }) => capacity.holds)
  const at = (name: LoadMeasureName) => holds.map(point => point?.estimates[name])
  return [
    { heading: '\npolicy', cells: ranked.map(({ capacity }) => capacity.entrant.label), align: 'left' },
    { heading: '', cells: ranked.map(({ capacity }) => SIGNS[capacity.bound]) },
    rated({
      heading: 'holds at\nload % ',
      better: 'high',
      text: percent,
      values: holds.map(point => point?.load ?? Number.NaN),
    }),
    {
      heading: 'fails at\nload %',
      cells: ranked.map(({ capacity }) => percent(capacity.fails?.load ?? Number.NaN)),
    },
    { heading: 'holds at\nreq/s', cells: holds.map(point => short(point?.ratePerS ?? Number.NaN)) },
    ...costColumns('$ per\nMtok ', at('usd_per_mtok')),
    ...costColumns('J per\ntok ', at('j_per_mtok').map(perToken), 1),
    ...(ranked.some(({ behind }) => behind !== undefined) ? [behindColumn(ranked)] : []),
  ]
}

/** A value with the best marked, and how sure it is. */
function costColumns(
  heading: string,
  cells: readonly (Estimate | undefined)[],
  spare?: number,
): TextColumn[] {
  const values = cells.map(cell => cell?.estimate ?? Number.NaN)
  const wide = cells.map(cell => plusMinus(cell?.halfWidth ?? Number.NaN))
  return [
    rated({ heading, better: 'low', text: short, values, spare }),
    { heading: '', cells: wide, align: 'left', spare: 0 },
  ]
}

function behindColumn(ranked: readonly Ranked[]): TextColumn {
  const cells = ranked.map(({ behind }, place) => (place === 0 ? 'first' : behindText(behind)))
  return { heading: 'behind the first\nby load %', cells }
}

function behindText(behind: Behind | undefined): string {
  if (behind === undefined) return '-'
  const { estimate, halfWidth } = behind.load
  return `${behind.isSure ? '' : '? '}${percent(estimate)} ± ${percent(halfWidth)}`
}

function behindNotes(ranked: readonly Ranked[], isRedrawn: boolean): string[] {
  const unsure = ranked.flatMap(({ behind, capacity }) =>
    behind === undefined || behind.isSure
      ? []
      : [`${capacity.entrant.label}${isRedrawn && behind.more > 0 ? '' : moreText(behind.more)}`],
  )
  if (unsure.length === 0) return []
  return [`? cannot be told from the first: ${unsure.join(', ')}.`]
}

/** More than anybody will wait for is not worth telling. */
const MOST_TOLD = 1000

function moreText(more: number): string {
  if (more === 0) return ' (a smaller --tolerance may)'
  const replications = more === 1 ? 'replication' : 'replications'
  return more < MOST_TOLD ? ` (about ${more} more ${replications} would)` : ''
}

function endNotes(ranked: readonly Ranked[]): string[] {
  return ranked.flatMap(({ capacity: { entrant, bound, best, holds } }) => {
    const most = `most is ${percent(best.estimates.slo_attainment.estimate)} %, at load ${percent(best.load)} %`
    if (bound === 'above')
      return [`${entrant.label} meets the SLO at the highest load searched; --search goes further.`]
    if (bound === 'below') return [`${entrant.label} does not meet the SLO at any load searched: ${most}.`]
    if (bound === 'found') return []
    return holds === undefined
      ? [
          `${entrant.label}: it cannot be told at any load that the SLO is met: ${most}; more replications or requests may.`,
        ]
      : [`${entrant.label}: it cannot be told at any load that the SLO fails; --search goes further.`]
  })
}

function perToken(cell: Estimate | undefined): Estimate | undefined {
  return cell && { estimate: cell.estimate / 1e6, halfWidth: cell.halfWidth / 1e6 }
}

function plusMinus(halfWidth: number): string {
  return Number.isFinite(halfWidth) ? `± ${short(halfWidth)}` : ''
}
