import type { OwnedParts } from '../costs/owning.ts'
import { csvLines } from '../results/csv.ts'
import type { CostRow } from './cost-rows.ts'
import { short, type TextColumn, tableText, wrapped } from './print.ts'

interface CostColumn {
  /** In CSV. */
  readonly name: string
  /** In the table, lines broken by \n. */
  readonly heading: string
  readonly value: (row: CostRow) => number | string
}

const part = (name: string, heading: string, key: keyof OwnedParts): CostColumn => ({
  name,
  heading,
  value: ({ parts }) => parts?.[key] ?? Number.NaN,
})

const COLUMNS: readonly CostColumn[] = [
  { name: 'node', heading: '\nnode', value: ({ node }) => node.id },
  { name: 'terms', heading: '\nterms', value: ({ terms }) => terms },
  { name: 'usd_per_hour', heading: '\n$/h', value: ({ usdPerHour }) => usdPerHour },
  {
    name: 'usd_per_device_hour',
    heading: 'a\ndevice',
    value: ({ usdPerHour, node }) => usdPerHour / node.devices,
  },
  part('depreciation_usd_per_hour', '$/h: de-\npreciation', 'depreciationUsd'),
  part('capital_usd_per_hour', '\ncapital', 'capitalUsd'),
  part('network_usd_per_hour', '\nnetwork', 'networkUsd'),
  part('maintenance_usd_per_hour', '\nupkeep', 'maintenanceUsd'),
  part('colocation_usd_per_hour', '\nhousing', 'colocationUsd'),
  { name: 'energy_usd_per_hour', heading: '\nenergy', value: ({ energyUsdPerHour }) => energyUsdPerHour },
  { name: 'kwh_per_hour', heading: '\nkWh/h', value: ({ kwhPerHour }) => kwhPerHour },
  {
    name: 'embodied_grams_per_hour',
    heading: 'gCO2e/h\nembodied',
    value: row => row.embodiedGramsPerHour,
  },
  { name: 'operational_grams_per_hour', heading: '\nin use', value: row => row.operationalGramsPerHour },
  { name: 'grade', heading: '\ngrade', value: ({ grade }) => grade ?? '-' },
]

/** Costs side by side, and under them where prices come from, or why there are none. */
export function costText(rows: readonly CostRow[]): string {
  const nodes = new Set(rows.map(({ node }) => node))
  const columns = COLUMNS.filter(({ name }) => name !== 'node' || nodes.size > 1)
  const notes = rows
    .filter(({ note }) => note !== '')
    .map(row => wrapped(`${nodes.size > 1 ? `${row.node.id} ` : ''}${row.terms}: ${said(row.note, row)}`))
  const table = tableText(columns.map(column => textColumn(column, rows)))
  return [table, ...(notes.length > 0 ? [[...new Set(notes)].join('\n')] : [])].join('\n\n')
}

/** Without what the line begins with. */
function said(note: string, { node: { id }, terms }: CostRow): string {
  return note.replace(/^cost: /, '').replace(`${id}, ${terms.split(',')[0]}: `, '')
}

export function costCsv(rows: readonly CostRow[]): string {
  const cells = rows.map(row =>
    COLUMNS.map(({ value }) => value(row)).map(cell =>
      Number.isNaN(cell) || cell === '-' ? '' : String(cell),
    ),
  )
  return csvLines([COLUMNS.map(({ name }) => name), ...cells]).trimEnd()
}

function textColumn({ heading, value }: CostColumn, rows: readonly CostRow[]): TextColumn {
  const values = rows.map(value)
  const cells = values.map(cell => (typeof cell === 'number' ? short(cell) : cell))
  return { heading, cells, align: typeof values[0] === 'number' ? 'right' : 'left' }
}
