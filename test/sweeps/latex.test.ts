import { expect, it } from 'vitest'
import { latexTable } from '../../src/sweeps/bundles/latex.ts'
import { estimatesOf } from '../../src/sweeps/estimates.ts'
import type { SweepPlan } from '../../src/sweeps/plan.ts'
import { planWith } from './fakes.ts'

it('a LaTeX table has what replications are, and no intervals over draws of unknowns', () => {
  const plan = planWith({ metrics: ['ttft_p99_s'] })
  const [point] = plan.points
  const rows = (value: number) => [{ group: 'all' as const, name: 'all', values: [value] }]
  const cells = [1, 2, 3].map((value, replication) => ({ replication, rows: rows(value) }))
  const tableOf = (changed: SweepPlan) =>
    latexTable(changed, [estimatesOf(changed, { point: changed.points[0], wanted: 3, cells })])
  const redrawn = { ...plan, points: [{ ...point, sampling: 'redrawn' as const }] }
  expect(tableOf(redrawn)).toContain('Means over 3 replications drawn from one trace, of all requests')
  const unknowns = { draws: 3, estimates: [], bySetting: [[]] }
  const drawn = tableOf({ ...plan, points: [point], unknowns })
  expect(drawn).toContain('Means over 3 draws of what is known in ranges, of all requests')
  expect(drawn).not.toContain('\\pm')
})
