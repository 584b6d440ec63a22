import { saturationRequestsPerS } from '../fleet/saturation.ts'
import type { Bound, CostBound } from '../planning/bound.ts'
import type { Gap } from '../planning/gaps.ts'
import type { LatencyBound, Quantiles } from '../planning/latency-bound.ts'
import { rated } from './best.ts'
import { colours, facts, percent, short, tableText, wrapped } from './print.ts'
import type { LoadedScenario } from './scenario.ts'

/** How near some policy comes to the bound. */
const CLOSENESS =
  'Within 5 % of what can be reached where requests go one at a time, or are all alike and keep replicas full and are\n' +
  'sent evenly; elsewhere, and at low load above all, nobody may come near it.'

/** What no policy can beat, in words. */
export function boundText(loaded: LoadedScenario, bound: Bound, least: CostBound): string {
  const mtok = bound.outputTokens / 1e6
  const lines = facts([
    ['busy $', `${short(least.busyUsd)}: replicas' seconds in steps at their prices`],
    ['busy energy', `${short(least.aboveIdleJ / 1e6)} MJ at the facility above replicas idle for as long`],
    [
      'energy',
      `${short(least.totalJ / 1e6)} MJ with the ${short(bound.idleJ / 1e6)} MJ that the fleet draws idle`,
    ],
    [
      '$ per good Mtok',
      `${short(bound.fleetUsd / mtok)} were all tokens good: the fleet costs $${short(bound.fleetUsd)} in any case`,
    ],
    ['J per good tok', `${short(least.totalJ / bound.outputTokens)} were all tokens good`],
  ])
  return [
    `${colours.bold('Bound')}: no policy under which ${percent(least.attainment)} % of the requests meet their SLO spends less`,
    lines,
    CLOSENESS,
    ...overloadNotes(loaded),
    `\nNo request takes less than alone on the kind that serves it fastest:`,
    latencyText(bound.latency),
  ].join('\n')
}

/** Where the fleet is thought to be too small for what comes. */
function overloadNotes({ course, workload }: LoadedScenario): string[] {
  const load = workload.ratePerS / saturationRequestsPerS(course)
  if (!(load > 1)) return []
  const text =
    `${colours.yellow('warning')}: the load is ${percent(load)} % of what saturates the fleet (estimate). That policies meet ` +
    'the SLO there is not said: the bound lets work wait until it is due, and spreads it evenly over replicas.'
  return [wrapped(text)]
}

function latencyText({ ttft, tpot, e2e }: LatencyBound): string {
  const rows = [
    ['TTFT s', ttft, 1],
    ['TPOT ms', tpot, 1000],
    ['E2E s', e2e, 1],
  ] as const
  const column = (heading: string, of: (quantiles: Quantiles) => number) => ({
    heading,
    cells: rows.map(([, quantiles, scale]) => short(scale * of(quantiles))),
  })
  return tableText([
    { heading: '', cells: rows.map(([name]) => name), align: 'left' },
    column('mean', ({ mean }) => mean),
    column('p50', ({ p50 }) => p50),
    column('p90', ({ p90 }) => p90),
    column('p99', ({ p99 }) => p99),
  ])
}

/** How far runs are from it, one line each. */
export function gapsText(gaps: readonly Gap[]): string {
  const column = (
    heading: string,
    better: 'low' | 'high',
    text: (value: number) => string,
    of: (gap: Gap) => number,
  ) => rated({ heading, better, text, values: gaps.map(of) })
  const own = gaps.filter(({ isAtOwn }) => isAtOwn).map(({ standing }) => standing.entrant.label)
  const table = tableText(
    [
      { heading: '\npolicy', cells: gaps.map(({ standing }) => standing.entrant.label), align: 'left' },
      column('SLO\nmet % ', 'high', percent, ({ standing }) => standing.figures.attainment),
      column('busy\n$ ', 'low', short, ({ spent }) => spent.busyUsd),
      column('\nabove % ', 'low', percent, ({ usd }) => usd),
      column('energy\nMJ ', 'low', short, ({ totalJ }) => totalJ / 1e6),
      column('\nabove % ', 'low', percent, ({ joules }) => joules),
      column('mean TTFT\nabove % ', 'low', percent, ({ ttft }) => ttft),
      column('mean E2E\nabove % ', 'low', percent, ({ e2e }) => e2e),
    ],
    1,
  )
  const notes =
    own.length === 0
      ? []
      : [
          `Held against the bound for what they reach, as they miss the attainment asked for: ${own.join(', ')}.`,
        ]
  return [
    table,
    'Meters run from the end of warm-up to the last end; above: beyond the bound, by the bound.',
    ...notes,
  ].join('\n')
}
