import type { Comparison } from '../planning/fleets/break-even.ts'
import { mtokPerHourOf } from '../planning/fleets/break-even-mix.ts'
import type { MixNode } from '../planning/fleets/break-even-nodes.ts'
import type { LeftOut } from '../planning/fleets/contract.ts'
import type { PlanSpec } from '../planning/fleets/plan-schema.ts'
import { pairText } from './break-even-sentences.ts'
import { loadTable, nodeTable, priceTable } from './break-even-tables.ts'
import { colours, short, wrapped } from './print.ts'

/** What a break-even found: what text and files tell of. */
export interface BreakEvenReport {
  readonly spec: PlanSpec
  readonly nodes: readonly MixNode[]
  readonly leftOut: readonly LeftOut[]
  readonly pairs: readonly Comparison[]
  /** Whether the pairs are those that the command line names. */
  readonly isAsked: boolean
}

/** Nodes, then by load and by price who is cheaper: in tables of all pairs at their best uses, in sentences of one asked for. */
export function breakEvenText(report: BreakEvenReport): string {
  const { nodes, pairs, isAsked } = report
  const told = pairs.filter(({ isOfBest }) => isOfBest)
  const sections = [
    titleOf(report),
    `${colours.bold('A full node of each')} at the SLO\n${nodeTable(nodes)}`,
    ...(isAsked ? pairs.map(pairText) : told.length > 0 ? tableSections(told) : [ONE_KIND]),
    ...leftOutSection(report),
  ]
  return sections.join('\n\n')
}

const ONE_KIND =
  'All options are of one kind of node: --between compares two of them, and --out writes every two.'

function tableSections(pairs: readonly Comparison[]): string[] {
  return [
    `${colours.bold('By load')}, best use of each: who is cheaper; between the two loads it depends on how full the last node is\n${loadTable(pairs)}`,
    `${colours.bold("By price of b's node")}: where both cost the same, and whether that lies in the range of today's price\n${priceTable(pairs)}`,
  ]
}

function titleOf({ spec, nodes }: BreakEvenReport): string {
  const mixes = [...new Set(nodes.map(({ mix }) => mix))]
  const loads = mixes.map(mix => {
    const mtok = short(mtokPerHourOf(mix, mix.ratePerS))
    return `${mix.name}: ${short(mix.ratePerS)} requests/s, ${mtok} M ${spec.task === undefined ? 'output tokens' : 'answers'} an hour`
  })
  return wrapped(`${colours.bold(spec.name)}, seed ${spec.seed}; ${loads.join('; ')}`)
}

function leftOutSection({ leftOut }: BreakEvenReport): string[] {
  if (leftOut.length === 0) return []
  const lines = leftOut.map(({ name, why }) => wrapped(`${name}: ${why}`))
  return [`${colours.bold('Left out')}\n${lines.join('\n')}`]
}
