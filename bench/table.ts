import { cases } from './cases.ts'
import { type BenchRecord, median, type Run, rates } from './measurement.ts'
import { columnsText } from './text.ts'

const HEAD = [
  'case',
  'per second',
  'min',
  'max',
  '',
  'events/request',
  'RSS MB',
  'prepare s',
  'wall s',
  'time',
]

/** One line a case: medians over its runs, and the peak of memory. */
export function tableText(record: BenchRecord): string {
  const lines = Object.entries(record.cases).map(([name, runs]) => lineOf(name, runs, record))
  const rounds = Math.max(...Object.values(record.cases).map(runs => runs.length))
  return [
    `${rounds} runs each, Node ${record.node}, ${record.cores} x ${record.cpu}, load before ${record.loadBefore}`,
    '',
    columnsText([HEAD, ...lines]),
    ...facts(record),
  ].join('\n')
}

/** How much faster each case is than it was before: above 1 is faster. */
export function comparisonText(now: BenchRecord, before: BenchRecord): string {
  const lines = Object.entries(now.cases)
    .filter(([name]) => before.cases[name] !== undefined)
    .map(([name, runs]) => {
      const [was, is] = [before.cases[name], runs].map(list => median(rates(list)))
      const best = Math.max(...rates(runs)) / Math.max(...rates(before.cases[name]))
      return [name, thousands(was), thousands(is), (is / was).toFixed(3), best.toFixed(3)]
    })
  const others = before.node === now.node && before.cpu === now.cpu ? '' : ', ANOTHER MACHINE OR NODE'
  return [
    `Against ${before.at} (Node ${before.node}, ${before.cpu}${others}); above 1 is faster`,
    '',
    columnsText([['case', 'was', 'is', 'ratio', 'of the best runs'], ...lines]),
  ].join('\n')
}

function lineOf(name: string, runs: readonly Run[], record: BenchRecord): string[] {
  const perS = rates(runs)
  const [{ unit, events, count, preemptions }] = runs
  const isKernel = unit !== 'requests'
  return [
    name,
    thousands(median(perS)),
    thousands(Math.min(...perS)),
    thousands(Math.max(...perS)),
    unit,
    isKernel ? '' : (events / count).toFixed(2),
    Math.max(...runs.map(run => run.peakRssMb)).toFixed(0),
    isKernel ? '' : median(runs.map(run => run.preparationS)).toFixed(2),
    median(runs.map(run => run.wallS)).toFixed(2),
    isKernel ? '' : median(runs.map(run => run.cpuS / run.seconds)).toFixed(2),
    [relativeTime(name, perS, record), preemptions > 0 ? `${preemptions} preemptions` : '']
      .filter(text => text !== '')
      .join(', '),
  ]
}

/** Time per request of the best runs, in percent of the base's: other work on the machine only ever adds time. */
function relativeTime(name: string, perS: readonly number[], record: BenchRecord): string {
  const { base } = cases[name]
  if (base === undefined) return ''
  const percent = (100 * Math.max(...rates(record.cases[base]))) / Math.max(...perS)
  return `${percent.toFixed(0)} % of ${base}`
}

/** What follows from two lines together, by their best runs. */
function facts({ cases: runs }: BenchRecord): string[] {
  const speed = (name: string) => Math.max(...rates(runs[name]))
  const rssMb = (name: string) => Math.max(...runs[name].map(run => run.peakRssMb))
  const pairs: [string, string, (a: string, b: string) => string][] = [
    ['base', 'stepped', (a, b) => `coalesced over stepped: ${times(speed(a) / speed(b))} as fast`],
    ['base 10 %', 'stepped 10 %', (a, b) => `the same at 10 %: ${times(speed(a) / speed(b))} as fast`],
    [
      'million 1024 replicas',
      'million 65 %',
      (a, b) => `1,024 over 64 replicas: ${times(speed(a) / speed(b))} as fast`,
    ],
    [
      'ten million',
      'million 65 %',
      (a, b) => `ten millions over one: ${times(rssMb(a) / rssMb(b))} the memory`,
    ],
  ]
  const lines = pairs.filter(([a, b]) => runs[a] && runs[b]).map(([a, b, text]) => text(a, b))
  return lines.length === 0 ? [] : ['', ...lines]
}

function times(ratio: number): string {
  return `${ratio.toFixed(2)} times`
}

function thousands(value: number): string {
  return Math.round(value).toLocaleString('en-US')
}
