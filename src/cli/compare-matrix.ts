import type { Comparison } from '../sweeps/analysis/comparisons.ts'
import type { Context } from '../sweeps/analysis/contexts.ts'
import { betterOf } from '../sweeps/known-metrics.ts'
import { colours, tableText } from './print.ts'

/** By outcome of the row's contender against the column's, where higher is better. */
const SIGNS = { above: '+', below: '-', same: '=', open: '?' } as const
const TURNED = { above: 'below', below: 'above', same: 'same', open: 'open' } as const

export const MATRIX_NOTE =
  '+ the one of the line is better than the one of the column (higher, where neither way is better), - it is worse, = the same, ? it cannot be told.'

/** Every contender of a context against every other on one metric; columns are numbered as lines are. */
export function matrixText({ contenders }: Context, comparisons: readonly Comparison[]): string {
  const labels = contenders.map(({ label }) => label)
  const numbered = contenders.map(({ title }, i) => `${i + 1} ${title}`)
  const columns = labels.map((column, i) => ({
    heading: String(i + 1),
    cells: labels.map(row => (row === column ? '.' : signOf(row, column, comparisons))),
  }))
  return tableText([{ heading: '', cells: numbered, align: 'left' }, ...columns])
}

function signOf(row: string, column: string, comparisons: readonly Comparison[]): string {
  const found = comparisons.find(
    ({ a, b }) => (a.label === row && b.label === column) || (a.label === column && b.label === row),
  )
  if (found === undefined) return ''
  const isTurned = (found.a.label !== row) !== (betterOf(found.metric) === 'lower')
  const sign = SIGNS[isTurned ? TURNED[found.outcome] : found.outcome]
  return sign === '+' ? colours.green(sign) : sign === '-' ? colours.red(sign) : sign
}
