import type { GroupKind } from '../sweeps/contract.ts'
import type { Estimate } from '../sweeps/estimates.ts'
import { JOURNAL, type SweepFolder } from '../sweeps/folder.ts'
import type { CellCounts } from '../sweeps/manifest.ts'
import type { SweepPlan } from '../sweeps/plan.ts'
import { type ShortStop, shortStopsText } from '../sweeps/stopping.ts'
import type { ParquetFlag } from './flags.ts'
import { print, wrapped } from './print.ts'
import { SweepTable } from './sweep-table.ts'

/** Writes the results of what is finished, shows them at a glance and says where they are. */
export function writtenSweep(folder: SweepFolder, { parquet = false }: ParquetFlag): CellCounts {
  const { factors, confidence } = folder.plan
  const table = new SweepTable(factors)
  const stops: ShortStop[] = []
  const groups = new Set<GroupKind>()
  let points = 0
  const onPoint = (estimates: readonly Estimate[]) => {
    table.add(estimates)
    points++
    for (const { group } of estimates) groups.add(group)
    stops.push(...estimates.flatMap(({ short }) => short ?? []))
  }
  const { cells, files } = folder.writeResults({ parquet, onPoint })
  const text = table.text(confidence)
  if (text !== '') print(`${text}\n`)
  const notes = [
    shortStopsText(stops, points),
    cells.finished > 0 ? absentText(folder.plan, groups) : '',
    leftOutText(folder.journal.size - cells.finished),
  ]
  for (const note of notes) if (note !== '') print(`${wrapped(note)}\n`)
  print(`Written to ${folder.path}: ${files.join(', ')}`)
  return cells
}

/** Of cells that another experiment has left in the folder; empty where there are none. */
function leftOutText(cells: number): string {
  if (cells === 0) return ''
  const are = cells === 1 ? 'finished cell is' : 'finished cells are'
  return `${cells} ${are} not in these results, as the experiment no longer asks for them; ${JOURNAL} keeps them.`
}

const PLURALS: Readonly<Record<GroupKind, string>> = {
  all: 'all requests',
  class: 'classes',
  tenant: 'tenants',
}

/** Of groups that the experiment asks for and no run has; empty where there are none. */
function absentText({ experiment }: SweepPlan, present: ReadonlySet<GroupKind>): string {
  const { groups = [] } = experiment as { readonly groups?: readonly GroupKind[] }
  const absent = groups.filter(group => !present.has(group)).map(group => PLURALS[group])
  if (absent.length === 0) return ''
  return `There are no rows of ${absent.join(' or ')}, though groups asks for them: the workload has none to tell apart.`
}
