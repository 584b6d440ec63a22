import type { Command } from 'commander'
import { mixNodes } from '../planning/fleets/break-even-nodes.ts'
import type { Plan } from '../planning/fleets/load.ts'
import { checkBreakEvenFolder, writeBreakEven } from './break-even-files.ts'
import { pairsOf, type Side, sidesOf } from './break-even-sides.ts'
import { type BreakEvenReport, breakEvenText } from './break-even-text.ts'
import { aboveZero, catalogueOption, debugOption, type ParquetFlag, parquetOption, seedOf } from './flags.ts'
import { loadedPlan, type PlanChanges } from './plan-load.ts'
import { PlanProgress } from './plan-progress.ts'
import { print } from './print.ts'
import { intoFolder } from './session.ts'

interface BreakEvenFlags extends Pick<PlanChanges, 'catalogue' | 'ratePerS' | 'seed'>, ParquetFlag {
  readonly between?: string
  readonly out?: string
}

const EXAMPLES = `
A node of each option of a plan file is rated on the whole mix of its requests at its SLO, and priced on its terms. Said
of two of them: who is cheaper below and above which load, with whole nodes and divisible ones; the price of a node of
the second at which both cost the same, beside its price today and the range of that; energy and carbon per token.
Without --between it is the best use of each candidate against that of each other; --out has every two options.
A rate is one search on a sample of the requests: where break-even and today's price lie within a few per cent of each
other, who is cheaper cannot be told.

Examples:
  regatta break-even configs/plans/chat-70b.yaml
  regatta break-even mine.yaml --between old,new
  regatta break-even mine.yaml --between "old tp4,new tp1" --rate-per-s 20
  regatta break-even mine.yaml --catalogue my-devices.json --out results/break-even`

export function addBreakEvenCommand(program: Command): void {
  program
    .command('break-even')
    .description(
      'say from which load on, and below which price, one kind of hardware is cheaper than another',
    )
    .argument('<plan>', 'plan file, YAML')
    .option('--between <a,b>', 'two options, or candidates at their best use; by default every two')
    .option('--out <folder>', 'write break-even.csv and manifest.json there')
    .option('--rate-per-s <requests>', "mean requests a second, in place of the workload's pace", aboveZero)
    .option('--seed <seed>', "seed in place of the plan's", seedOf)
    .addOption(catalogueOption())
    .addOption(parquetOption())
    .addOption(debugOption())
    .addHelpText('after', EXAMPLES)
    .action(breakEvenFile)
}

async function breakEvenFile(file: string, flags: BreakEvenFlags): Promise<void> {
  const { between, out, parquet = false } = flags
  const plan = loadedPlan(file, flags)
  const sides = between === undefined ? undefined : sidesOf(between, plan)
  if (out !== undefined) checkBreakEvenFolder(out)
  await intoFolder(flags, async folder => {
    const report = await reportOf(plan, sides)
    print(breakEvenText(report))
    if (folder !== undefined) {
      writeBreakEven(folder, report, { plan, file, parquet, ...(between !== undefined && { between }) })
    }
  })
}

/** Rates what is to be compared, under a bar. */
async function reportOf(plan: Plan, sides?: readonly [Side, Side]): Promise<BreakEvenReport> {
  const named = sides?.flatMap(side => side.options)
  const options = plan.options.filter(option => named?.includes(option) ?? true)
  const progress = new PlanProgress()
  try {
    const found = await mixNodes(plan, options, progress.hooks())
    const leftOut = [...(sides === undefined ? plan.late : []), ...found.leftOut]
    const { nodes } = found
    return {
      spec: plan.spec,
      nodes,
      leftOut,
      pairs: pairsOf({ nodes, leftOut }, sides),
      isAsked: sides !== undefined,
    }
  } finally {
    progress.stop()
  }
}
