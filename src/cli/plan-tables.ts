import type { PlanResult } from '../planning/fleets/contract.ts'
import { fleetName, isSameFleet, letterOf, nodesIn, type PlanReport, promisedShares } from './plan-report.ts'
import { latencyText, VERDICTS, withWidth } from './plan-verdict.ts'
import { fittedTable, percent, short, type TextColumn } from './print.ts'

/** Options with nodes, chosen or promised, each with what its nodes cost and draw. */
export function chosenTable(report: PlanReport): string {
  const { result, terms } = report
  const { options, chosen, promise, classes } = result
  const rows = [...options.keys()].filter(i => chosen.nodes[i] + promise.nodes[i] > 0)
  const isPromise = isSameFleet(chosen.nodes, promise.nodes)
  const shares = promisedShares(result)
  const columns: TextColumn[] = [
    { heading: '\noption', cells: rows.map(i => options[i].name), align: 'left' },
    number('\nnodes', rows, i => chosen.nodes[i], String),
    ...(isPromise ? [] : [number('pro-\nmised', rows, i => promise.nodes[i], String)]),
    number('\n$/h', rows, i => chosen.nodes[i] * terms[i].usdPerHour),
    number('kW at\nmost', rows, i => (chosen.nodes[i] * terms[i].maxWatts) / 1000),
    ...classes.map((_, c) => ({
      ...number(`${c === 0 ? 'promised: % of\n' : '\n'}${letterOf(c)}`, rows, i => shares[i][c], percent),
      spare: classes.length - c,
    })),
  ]
  return fitted(columns)
}

/** What the letters of other tables stand for. */
export function classTable({ classes }: PlanResult): string {
  const of = (value: (each: (typeof classes)[number]) => string): string[] => classes.map(value)
  return fitted([
    { heading: '', cells: classes.map((_, c) => letterOf(c)), align: 'left' },
    { heading: 'class', cells: of(({ requestClass }) => requestClass.name), align: 'left' },
    { heading: 'requests/s', cells: of(({ ratePerS }) => short(ratePerS)) },
    { heading: 'mean prompt', cells: of(({ requestClass }) => short(requestClass.meanInputTokens)) },
    { heading: 'mean output', cells: of(({ requestClass }) => short(requestClass.meanOutputTokens)) },
  ])
}

/** By option, requests a second of a node. */
export function ratingsTable({ result, terms }: PlanReport): string {
  const { options, ratings, classes } = result
  const rows = [...options.keys()]
  return fitted([
    { heading: '\noption', cells: options.map(({ name }) => name), align: 'left' },
    number('a node:\n$/h', rows, i => terms[i].usdPerHour),
    ...classes.map((_, c) => ({
      ...number(`${c === 0 ? 'requests/s of\n' : '\n'}${letterOf(c)}`, rows, i => ratings[i][c]),
      spare: classes.length - c,
    })),
  ])
}

/** Fleets verified that no other beats in dollars, latency and energy at once, cheapest first. */
export function frontTable({ tried, chosen, options }: PlanResult): string {
  const front = tried
    .filter(({ isFront }) => isFront)
    .toSorted((a, b) => a.measured.usdPerHour.estimate - b.measured.usdPerHour.estimate)
  const of = (text: (measured: (typeof front)[number]['measured']) => string) =>
    front.map(({ measured }) => text(measured))
  return fitted([
    { heading: '', cells: of(({ nodes }) => (isSameFleet(nodes, chosen.nodes) ? '*' : '')) },
    { heading: 'nodes', cells: of(({ nodes }) => String(nodesIn(nodes))), spare: 1 },
    { heading: '$/h', cells: of(({ usdPerHour }) => short(usdPerHour.estimate)) },
    { heading: 'TTFT p99', cells: of(({ ttftP99S }) => latencyText(ttftP99S)) },
    { heading: 'J/tok', cells: of(({ joulesPerMtok }) => withWidth(joulesPerMtok, 1e-6)) },
    { heading: 'SLO %', cells: of(({ attainment }) => percent(attainment.estimate)), spare: 2 },
    { heading: '', cells: front.map(({ verdict }) => VERDICTS[verdict]), align: 'left' },
    { heading: 'fleet', cells: of(({ nodes }) => fleetName(options, nodes)), align: 'left' },
  ])
}

function number(
  heading: string,
  rows: readonly number[],
  value: (row: number) => number,
  text = short,
): TextColumn {
  return { heading, cells: rows.map(row => text(value(row))) }
}

function fitted(columns: readonly TextColumn[]): string {
  return fittedTable(columns, 2).text
}
