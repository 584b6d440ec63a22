/** Compares the traces of this folder with the statistics of the services they are shaped like. */
import type { Arrivals } from '../src/arrivals/memory.ts'

/** A statistic of a trace, what the real trace has, and how far a generated one may be from it. */
export interface Statistic {
  readonly name: string
  readonly real: number
  readonly of: (trace: Arrivals) => number
  /** As a fraction of `real`. */
  readonly tolerance: number
}

/** The quantiles of lengths to compare. */
const SHARES = [0.05, 0.25, 0.5, 0.75, 0.9, 0.99, 1]

/** By trace file: the statistics of Azure LLM inference 2023. Conversation figures are of its first half hour. */
export const STATISTICS: Readonly<Record<string, readonly Statistic[]>> = {
  'azure-conv-like.csv': [
    statistic('requests', 19_366, 0, trace => trace.length),
    statistic('mean rate, 1/s', 5.53, 0.01, meanRate),
    statistic('busiest minute, 1/s', 8, 0.05, trace => Math.max(...counts(trace, 60)) / 60),
    statistic('quietest minute, 1/s', 3.183, 0.05, trace => Math.min(...counts(trace, 60)) / 60),
    statistic('gap CV', 1.0727, 0.02, trace => variation(gaps(trace))),
    statistic('gap p50, s', 0.1197, 0.05, trace => quantile(gaps(trace), 0.5)),
    statistic('gap p99, s', 0.856, 0.1, trace => quantile(gaps(trace), 0.99)),
    statistic('Fano 1 s', 1.306, 0.05, trace => fano(trace, 1)),
    statistic('Fano 10 s', 3.052, 0.1, trace => fano(trace, 10)),
    statistic('Fano 60 s', 12.491, 0.1, trace => fano(trace, 60)),
    ...lengths(
      'input',
      trace => trace.inputTokens,
      [1237.23, 1169.23, 181, 398, 1035, 1200, 4075, 4122, 14_050],
    ),
    share('input 4,060-4,142', 0.107, trace => trace.inputTokens, 4060, 4142),
    ...lengths('output', trace => trace.outputTokens, [221.3, 169.32, 38, 81, 140, 397, 428, 611.6, 1000]),
    share('output 390-430', 0.2304, trace => trace.outputTokens, 390, 430),
  ],
  'azure-code-like.csv': [
    statistic('requests', 8819, 0, trace => trace.length),
    statistic('mean rate, 1/s', 2.5664, 0.001, meanRate),
    statistic('busiest minute, 1/s', 10.533, 0.1, trace => Math.max(...counts(trace, 60)) / 60),
    statistic('empty minutes', 12, 0.2, trace => counts(trace, 60).filter(count => count === 0).length),
    statistic('gap CV', 13.1513, 0.02, trace => variation(gaps(trace))),
    statistic('gaps below 5 ms', 0.3434, 0.02, trace => portion(gaps(trace), 0, 0.005)),
    statistic('gaps 90-115 ms', 0.2159, 0.1, trace => portion(gaps(trace), 0.09, 0.115)),
    statistic('gap p50, s', 0.0638, 0.05, trace => quantile(gaps(trace), 0.5)),
    statistic('gap p90, s', 0.2729, 0.1, trace => quantile(gaps(trace), 0.9)),
    statistic('gap p99, s', 2.205, 0.1, trace => quantile(gaps(trace), 0.99)),
    statistic('silences over 10 s', 45, 0, trace => gaps(trace).filter(gapS => gapS > 10).length),
    statistic('silences over 120 s', 6, 0, trace => gaps(trace).filter(gapS => gapS > 120).length),
    statistic('longest silence, s', 217.2, 0.05, trace => quantile(gaps(trace), 1)),
    statistic('Fano 1 s', 13.186, 0.1, trace => fano(trace, 1)),
    statistic('Fano 10 s', 71.641, 0.1, trace => fano(trace, 10)),
    statistic('Fano 60 s', 163.965, 0.15, trace => fano(trace, 60)),
    ...lengths(
      'input',
      trace => trace.inputTokens,
      [2047.85, 1973.77, 75, 578, 1469, 2744.5, 5187.6, 7436, 7437],
    ),
    ...lengths('output', trace => trace.outputTokens, [27.88, 59.86, 6, 9, 13, 24, 55, 251.5, 1899]),
    share('output exactly 6', 0.083, trace => trace.outputTokens, 6, 6),
  ],
}

/** A Markdown table of every statistic of a generated trace beside the real one. */
export function fitTable(statistics: readonly Statistic[], trace: Arrivals): string {
  const body = statistics.map(({ name, real, of }) => [name, shown(real), shown(of(trace))])
  const rows = [['statistic', 'real', 'generated'], ...body]
  const widths = [0, 1, 2].map(column => Math.max(...rows.map(row => row[column].length)))
  const lines = rows.map(row => `| ${row.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`)
  const rule = `| ${widths.map(width => '-'.repeat(width)).join(' | ')} |`
  return [lines[0], rule, ...lines.slice(1)].join('\n')
}

function statistic(
  name: string,
  real: number,
  tolerance: number,
  of: (trace: Arrivals) => number,
): Statistic {
  return { name, real, tolerance, of }
}

type Column = (trace: Arrivals) => Int32Array

/** @param real mean, standard deviation and the quantiles at `SHARES` */
function lengths(name: string, column: Column, real: readonly number[]): Statistic[] {
  return [
    statistic(`${name} mean`, real[0], 0.02, trace => mean(Array.from(column(trace)))),
    statistic(`${name} sd`, real[1], 0.08, trace => deviation(Array.from(column(trace)))),
    ...SHARES.map((at, i) =>
      statistic(`${name} p${100 * at}`, real[2 + i], 0.03, trace => quantile(Array.from(column(trace)), at)),
    ),
  ]
}

function share(name: string, real: number, column: Column, least: number, most: number): Statistic {
  return statistic(name, real, 0.03, trace => portion(Array.from(column(trace)), least, most))
}

function shown(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(4)))
}

function gaps(trace: Arrivals): number[] {
  return Array.from(trace.arrivalS.subarray(1), (timeS, i) => timeS - trace.arrivalS[i])
}

function meanRate(trace: Arrivals): number {
  return (trace.length - 1) / trace.arrivalS[trace.length - 1]
}

/** Arrivals in every whole window from the first arrival on. */
export function counts(trace: Arrivals, windowS: number): number[] {
  const windows: number[] = new Array(Math.floor(trace.arrivalS[trace.length - 1] / windowS)).fill(0)
  for (const timeS of trace.arrivalS) {
    const window = Math.floor(timeS / windowS)
    if (window < windows.length) windows[window]++
  }
  return windows
}

/** Variance of the counts over their mean: 1 for a Poisson process. */
export function fano(trace: Arrivals, windowS: number): number {
  const windows = counts(trace, windowS)
  return (deviation(windows) * deviation(windows)) / mean(windows)
}

export function mean(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0) / values.length
}

export function deviation(values: readonly number[]): number {
  const centre = mean(values)
  return Math.sqrt(mean(values.map(value => (value - centre) * (value - centre))))
}

export function variation(values: readonly number[]): number {
  return deviation(values) / mean(values)
}

/** Linear between order statistics. */
export function quantile(values: readonly number[], at: number): number {
  const sorted = Float64Array.from(values).sort()
  const place = at * (sorted.length - 1)
  const below = Math.floor(place)
  return sorted[below] + (place - below) * ((sorted[below + 1] ?? sorted[below]) - sorted[below])
}

function portion(values: readonly number[], least: number, most: number): number {
  return values.filter(value => value >= least && value <= most).length / values.length
}
