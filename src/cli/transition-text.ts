import type {
  Band,
  QuarterReport,
  StrategyReport,
  TransitionResult,
} from '../planning/transitions/contract.ts'
import type { Overtaking } from '../planning/transitions/overtaking.ts'
import { QUARTERS_PER_YEAR, type Quarter, quarterText } from '../planning/transitions/quarters.ts'
import { BASELINE } from '../planning/transitions/strategies.ts'
import type { TransitionSpec } from '../planning/transitions/transition-schema.ts'
import { CUT_NOTE, colours, fittedTable, percent, short, type TextColumn, wrapped } from './print.ts'
import { fleetText, leastAttainment } from './transition-columns.ts'

/** An influence that chance explains this often is not told. */
const CLEAR = 0.05
const MOST_TOLD = 3

/** The table, the fleets at the end, when strategies overtake, what decides it, and what all of it rests on. */
export function transitionText({ name, seed, minimise }: TransitionSpec, result: TransitionResult): string {
  const title = `${colours.bold(name)}, seed ${seed}: a quarter's dollars, energy and carbon, each quarter's fleet with the least ${minimise}`
  return [
    wrapped(title),
    tableOf(result),
    fleetsText(result),
    linesOf(result.strategies.flatMap(overtakingLines)),
    linesOf(result.strategies.flatMap(influenceLines)),
    linesOf(result.strategies.flatMap(strategy => shortfallLines(strategy, result))),
    linesOf(uselessLines(result)),
    notesOf(result),
  ]
    .filter(text => text !== '')
    .join('\n\n')
}

/** The last quarter of each year, and the last of all. */
function shownQuarters({ quarters }: TransitionResult): number[] {
  return [...quarters.keys()].filter(
    i => quarters[i] % QUARTERS_PER_YEAR === QUARTERS_PER_YEAR - 1 || i === quarters.length - 1,
  )
}

interface Scale {
  readonly unit: string
  readonly times: number
}

function tableOf(result: TransitionResult): string {
  const shown = shownQuarters(result)
  const usd = scaleOf(result, ({ outcome }) => outcome.usd, ['$', 'k$', 'M$'])
  const kwh = scaleOf(result, ({ outcome }) => outcome.kwh, ['kWh', 'MWh', 'GWh'])
  const grams = scaleOf(result, ({ outcome }) => outcome.operationalGrams / 1000, ['kg', 't', 'kt'])
  const blocks = result.strategies.flatMap(({ strategy, quarters }, block): TextColumn[] => {
    const cells = (text: (report: QuarterReport) => string) => shown.map(i => text(quarters[i]))
    const money = ({ outcome, usd: band }: QuarterReport) => amountText(outcome.usd, band, usd)
    return [
      { heading: `${strategy}\n${usd.unit}`, cells: cells(money), align: 'left' },
      {
        heading: `\n${kwh.unit}`,
        cells: cells(({ outcome }) => short(outcome.kwh / kwh.times)),
        spare: 2 - block,
      },
      {
        heading: `\n${grams.unit} CO2e`,
        cells: cells(({ outcome }) => short(outcome.operationalGrams / 1000 / grams.times)),
        spare: -block,
      },
      {
        heading: '\nSLO %',
        cells: cells(({ attainments }) => percent(leastAttainment(attainments.slice(0, 1)))),
      },
    ]
  })
  const quarters = { heading: '\nquarter', cells: shown.map(i => quarterText(result.quarters[i])) }
  const { text, isCut } = fittedTable([{ ...quarters, align: 'left' }, ...blocks], 2)
  return isCut ? `${text}\n${CUT_NOTE}` : text
}

/** The unit, thousands apart, in which the largest has at most four digits or so. */
function scaleOf(
  { strategies }: TransitionResult,
  of: (report: QuarterReport) => number,
  units: readonly string[],
): Scale {
  const most = Math.max(...strategies.flatMap(({ quarters }) => quarters.map(of)))
  const steps = most >= 1e6 ? 2 : most >= 1e3 ? 1 : 0
  return { unit: units[steps], times: [1, 1e3, 1e6][steps] }
}

/** `1.20 (1.02 to 1.51)`, without a band where nothing was drawn. */
function amountText(value: number, { p5, p95 }: Band, { times }: Scale): string {
  const [given, low, high] = [value, p5, p95].map(amount => short(amount / times))
  return Number.isNaN(p5) ? given : `${given} (${low} to ${high})`
}

function fleetsText({ strategies, kinds, quarters }: TransitionResult): string {
  const last = quarterText(quarters.at(-1)!)
  return strategies
    .map(({ strategy, quarters }) => {
      const { present } = quarters.at(-1)!.outcome
      return wrapped(`Nodes in ${last}, ${strategy}: ${fleetText(kinds, present)}.`)
    })
    .join('\n')
}

const MEASURES = { running: 'a quarter', cumulative: 'in all so far' } as const

function overtakingLines({ strategy, overtakings = [] }: StrategyReport): string[] {
  return overtakings.map(overtaking => {
    const { measure, given } = overtaking
    const when =
      given === undefined
        ? `never costs clearly less than ${BASELINE} to the end`
        : `costs less than ${BASELINE} from ${quarterText(given)} on`
    return `${strategy} ${when}, by $ ${MEASURES[measure]}${bandText(overtaking)}.`
  })
}

function bandText({ p5, p50, p95, never }: Overtaking): string {
  if (Number.isNaN(never)) return ''
  const rarely = never === 0 ? '' : `; never in ${percent(never)} % of draws`
  return ` (of the draws: median ${untilText(p50)}, band ${untilText(p5)} to ${untilText(p95)}${rarely})`
}

function untilText(quarter: Quarter | undefined): string {
  return quarter === undefined ? 'never' : quarterText(quarter)
}

function influenceLines({ strategy, influences }: StrategyReport): string[] {
  if (influences === undefined || influences.length === 0) return []
  const clear = influences.filter(({ adjustedP }) => adjustedP < CLEAR).slice(0, MOST_TOLD)
  if (clear.length === 0)
    return [`What ${strategy} saves goes clearly with no one unknown; more --draws may tell.`]
  const texts = clear.map(
    ({ unknown, correlation }) =>
      `${unknown} (${correlation < 0 ? '-' : '+'}${Math.abs(correlation).toFixed(2)})`,
  )
  return [`What ${strategy} saves goes most with ${texts.join(', ')}.`]
}

/** Services that miss their objective with all as given. */
function shortfallLines({ strategy, quarters }: StrategyReport, { services }: TransitionResult): string[] {
  return services.flatMap(({ name, objective }, service) => {
    const missed = quarters.filter(({ attainments }) => attainments[0][service] < objective)
    if (missed.length === 0) return []
    const least = missed.reduce((a, b) => (b.attainments[0][service] < a.attainments[0][service] ? b : a))
    const worst = `${percent(least.attainments[0][service])} % in ${quarterText(least.outcome.quarter)}`
    return [
      `Under ${strategy}, ${name} is below its ${percent(objective)} % in ${missed.length} of ${quarters.length} quarters: ${worst} at worst.`,
    ]
  })
}

/** Ways to use a node that serve nothing at any speed. */
function uselessLines({ ratings }: TransitionResult): string[] {
  return ratings
    .filter(({ way }) => way.ratings.every(rating => rating === undefined))
    .map(({ service, way }) => `${way.option.name} never serves ${service}: ${way.why}.`)
}

function notesOf({ draws, ratingDraws, attainmentDraws }: TransitionResult): string {
  const drawn =
    draws === 0
      ? 'Nothing is drawn: all estimates are as given.'
      : `In brackets are the 5th and 95th percentile of ${draws} draws of growth, software, prices and the catalogue's estimates; ` +
        `how fast the hardware is was drawn and simulated ${ratingDraws} times, which the draws share in turn.`
  const simulated =
    `SLO % is that of the service that does worst, simulated with all as given${attainmentDraws === 0 ? '' : ` and in ${attainmentDraws} of the draws (in the files)`}. ` +
    'Dollars are rent or levelled cost of every node that is there, and energy; carbon is that of the energy.'
  return `${wrapped(drawn)}\n${wrapped(simulated)}`
}

function linesOf(lines: readonly string[]): string {
  return lines.map(line => wrapped(`- ${line}`)).join('\n')
}
