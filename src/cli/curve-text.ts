import type { LoadCurve } from '../experiments/load-curve.ts'
import type { LoadPoint } from '../results/load-measures.ts'
import { CUT_NOTE, fittedTable, paragraph, percent, short, type TextColumn } from './print.ts'

interface Shown {
  readonly title: string
  readonly value: (point: LoadPoint) => number
  readonly text: (value: number) => string
}

const SHOWN: readonly Shown[] = [
  { title: 'TTFT s p50', value: ({ estimates }) => estimates.ttft_p50_s.estimate, text: short },
  { title: 'TTFT s p99', value: ({ estimates }) => estimates.ttft_p99_s.estimate, text: short },
  { title: 'TPOT ms p99', value: ({ estimates }) => 1000 * estimates.tpot_p99_s.estimate, text: short },
  { title: 'SLO met %', value: ({ estimates }) => estimates.slo_attainment.estimate, text: percent },
  { title: '$ per Mtok', value: ({ estimates }) => estimates.usd_per_mtok.estimate, text: short },
]

/** Each measure against load: a line a policy, with its shape drawn. All policies have the same loads. */
export function curveText(curves: readonly LoadCurve[]): string {
  const rows = SHOWN.flatMap(shown => rowsOf(shown, curves))
  const [{ points }] = curves
  const columns: TextColumn[] = [
    { heading: 'at load %', cells: rows.map(({ label }) => label), align: 'left' },
    ...points.map(({ load }, at) => ({
      heading: percent(load),
      cells: rows.map(({ cells }) => cells[at]),
      // The ends and the last loads are worth the most.
      ...(at > 0 && at < points.length - 1 && { spare: at }),
    })),
    { heading: 'shape', cells: rows.map(({ shape }) => shape), align: 'left' },
  ]
  const { text, isCut } = fittedTable(columns, 1)
  const isMarked = rows.some(({ cells }) => cells.some(cell => cell.endsWith(MARK)))
  return [
    paragraph(
      'Against load: means over replications; shapes on a scale of factors, the same for all policies',
    ),
    text,
    ...(isMarked
      ? [paragraph(`${MARK} the queue still grew in the end in most runs: latencies grow with their length.`)]
      : []),
    ...(isCut ? [paragraph(CUT_NOTE)] : []),
  ].join('\n')
}

interface Row {
  readonly label: string
  readonly cells: readonly string[]
  readonly shape: string
}

const MARK = '!'

/** By itself a policy has the measure's line; of several each has its own under it. */
function rowsOf({ title, value, text }: Shown, curves: readonly LoadCurve[]): Row[] {
  const draw = drawnBetween(curves.flatMap(({ points }) => points.map(value)))
  const rows = curves.map(({ entrant, points }) => ({
    label: curves.length === 1 ? title : `  ${entrant.label}`,
    cells: points.map(point => `${text(value(point))}${isGrowing(point) ? MARK : ' '}`),
    shape: points.map(point => draw(value(point))).join(''),
  }))
  return curves.length === 1
    ? rows
    : [{ label: title, cells: curves[0].points.map(() => ''), shape: '' }, ...rows]
}

function isGrowing({ saturated, replications }: LoadPoint): boolean {
  return saturated > replications / 2
}

const BARS = '▁▂▃▄▅▆▇█'

/** Bars whose height goes with the logarithm between the least and the greatest; a blank where there is no value. */
function drawnBetween(values: readonly number[]): (value: number) => string {
  const logs = values.filter(value => value > 0).map(Math.log)
  const [least, greatest] = [Math.min(...logs), Math.max(...logs)]
  return value => {
    if (!(value > 0)) return ' '
    const height = greatest === least ? 0 : (Math.log(value) - least) / (greatest - least)
    return BARS[Math.min(BARS.length - 1, Math.floor(height * BARS.length))]
  }
}
