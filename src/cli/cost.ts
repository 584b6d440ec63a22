import { type Command, InvalidArgumentError, Option } from 'commander'
import { UserError } from '../core/errors.ts'
import { firstDay } from '../costs/dates.ts'
import { BASES, type Basis } from '../costs/tariff.ts'
import { entryOf } from '../scenario/entries.ts'
import type { Catalogue, NodeKind, Region, Stance } from '../scenario/facts.ts'
import { loadCatalogue } from '../scenario/files.ts'
import { SHIPPED_CATALOGUE } from '../scenario/shipped.ts'
import { type CostQuestion, costRows, RENTED_PUE, RENTED_YEARS } from './cost-rows.ts'
import { costCsv, costText } from './cost-text.ts'
import { collect, debugOption } from './flags.ts'
import { colours, print, short, wrapped } from './print.ts'

interface CostFlags {
  readonly region: string
  readonly basis?: Basis
  readonly owner?: string
  readonly date?: string
  readonly market?: string
  readonly utilisation: number
  readonly years?: number
  readonly pue?: number
  readonly stance: Stance
  readonly csv?: boolean
  readonly catalogue?: readonly string[]
}

const STANCES = ['given', 'optimistic', 'pessimistic'] as const satisfies readonly Stance[]

const EXAMPLES = `
An owned node is paid off at the cost of capital, with its network; housing is the power set aside for it, energy what it
draws. Rents include power. Without --date they are those of the node's entry. A dash stands where nothing is known; why is
said below the table. Nodes, owners and dated prices are entries of the catalogue: regatta catalogue nodes, owners or prices.

Examples, for nodes called my-box and other-box:
  regatta cost my-box
  regatta cost my-box other-box --owner neocloud --region us-texas --years 4 --utilisation 0.8
  regatta cost my-box --basis on-demand --date 2024-06
  regatta cost my-box --basis reserved --date 2026-03 --market one-year-index`

/** Nobody writes a node off in less. */
const LEAST_YEARS = 0.1

export function addCostCommand(program: Command): void {
  program
    .command('cost')
    .description('say what an hour of nodes costs: bought or rented, by part, with its energy and carbon')
    .argument('<nodes...>', 'nodes of the catalogue')
    .option('--region <id>', 'where they stand', 'us-virginia')
    .addOption(new Option('--basis <basis>', 'only on these terms').choices(BASES))
    .option('--owner <id>', 'only owned by this owner')
    .option('--date <date>', 'rents by the dated prices known on it: 2026, 2026-03 or 2026-03-31')
    .option('--market <name>', 'of the dated prices, those of this market')
    .option('--utilisation <share>', "of a node's time, the share in which it is busy", shareOf, 0.6)
    .option('--years <years>', `of a node's life; by default its owner's, ${RENTED_YEARS} if rented`, yearsOf)
    .option('--pue <number>', `by default its owner's, ${RENTED_PUE} if rented`, pueOf)
    .addOption(
      new Option('--stance <stance>', 'which end of the ranges of estimates')
        .choices(STANCES)
        .default('given'),
    )
    .option('--csv', 'the table as CSV')
    .option('--catalogue <path>', 'catalogue of your own, folder or JSON file; may be repeated', collect)
    .addOption(debugOption())
    .addHelpText('after', EXAMPLES)
    .action(showCosts)
}

function showCosts(ids: readonly string[], flags: CostFlags): void {
  checkTogether(flags)
  const catalogue = loadCatalogue([SHIPPED_CATALOGUE, ...(flags.catalogue ?? [])])
  const nodes = ids.map(id => entryOf(catalogue, 'nodes', id, 'cost: node'))
  const region = entryOf(catalogue, 'regions', flags.region, 'cost: --region')
  const rows = nodes.flatMap(node => costRows(node, questionOf(flags, region), catalogue))
  if (flags.csv) print(costCsv(rows))
  else print(`${titleOf(nodes, flags, catalogue)}\n\n${costText(rows)}`)
}

function questionOf({ csv: _, catalogue: __, ...flags }: CostFlags, region: Region): CostQuestion {
  return { ...flags, region, basis: flags.basis ?? (flags.owner === undefined ? undefined : 'owned') }
}

/** Throws a UserError where flags do not go together. */
function checkTogether({ basis, owner, date, market }: CostFlags): void {
  if (owner !== undefined && basis !== undefined && basis !== 'owned') {
    throw new UserError(`--owner ${owner} is for owned nodes, not for --basis ${basis}`)
  }
  if (market !== undefined && date === undefined) {
    throw new UserError(`--market ${market} needs --date: markets have dated prices`)
  }
  const isOwned = basis === 'owned' || owner !== undefined
  if (date !== undefined) firstDay(date, '--date')
  if (date !== undefined && isOwned) {
    throw new UserError(`--date ${date} is for rents: what a node costs to buy has no date`)
  }
}

function titleOf(nodes: readonly NodeKind[], flags: CostFlags, catalogue: Catalogue): string {
  const names = nodes.map(({ id, devices, device }) => `${colours.bold(id)} (${devices} x ${device})`)
  const busy = `busy ${short(100 * flags.utilisation)} % of the time`
  const { id, usdPerKwh } = catalogue.regions.get(flags.region)!
  const tariff = usdPerKwh === undefined ? 'tariff unknown' : `${usdPerKwh.value} $/kWh`
  return wrapped(`${names.join(', ')} in ${id} (${tariff}), ${busy}`)
}

function shareOf(text: string): number {
  const value = Number(text)
  if (text.trim() !== '' && value >= 0 && value <= 1) return value
  throw new InvalidArgumentError('It must be a number from 0 to 1.')
}

function yearsOf(text: string): number {
  const value = Number(text)
  if (value >= LEAST_YEARS && value < Number.POSITIVE_INFINITY) return value
  throw new InvalidArgumentError(`It must be a number >= ${LEAST_YEARS}.`)
}

function pueOf(text: string): number {
  const value = Number(text)
  if (text.trim() !== '' && value >= 1 && value < Number.POSITIVE_INFINITY) return value
  throw new InvalidArgumentError('It must be a number >= 1.')
}
