import type { Column } from '../../results/columns/column.ts'
import { labelCell } from '../labels.ts'
import { type Context, POLICY } from './contexts.ts'

/** What tells contexts apart, and whose requests they are about. */
export function contextColumns<Row>(contexts: readonly Context[], of: (row: Row) => Context): Column<Row>[] {
  const names = contexts[0].at.map(([name]) => name)
  return [
    ...names.map((name, i) => {
      const cell = labelCell(contexts.map(({ at }) => at[i][1]))
      const about = name === POLICY ? 'Routing policy.' : 'Level of this factor.'
      return { name, about, value: (row: Row) => cell(of(row).at[i][1]) }
    }),
    {
      name: 'group',
      about: 'Whose requests: all, or those of a class or a tenant.',
      value: row => of(row).group,
    },
    { name: 'name', about: 'Of the class or tenant; all of all.', value: row => of(row).name },
  ]
}
