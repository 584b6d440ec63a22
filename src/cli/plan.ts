import { type Command, Option } from 'commander'
import type { Aim } from '../planning/fleets/contract.ts'
import type { Plan } from '../planning/fleets/load.ts'
import { planFleet } from '../planning/fleets/plan.ts'
import { aboveZero, catalogueOption, debugOption, type ParquetFlag, parquetOption, seedOf } from './flags.ts'
import { severalOf } from './loads.ts'
import { checkPlanFolder, writePlan } from './plan-files.ts'
import { loadedPlan, type PlanChanges } from './plan-load.ts'
import { PlanProgress } from './plan-progress.ts'
import { type PlanReport, termsOf } from './plan-report.ts'
import { nextText, planText } from './plan-text.ts'
import { print } from './print.ts'
import { intoFolder } from './session.ts'

interface PlanFlags extends PlanChanges, ParquetFlag {
  readonly out?: string
}

const AIMS = ['usd', 'joules', 'grams', 'watts'] as const satisfies readonly Aim[]

const EXAMPLES = `
A plan file lists kinds of node to choose from, what requests come, the SLO and the limits. Each way to use a node is
rated alone for each class of requests, an integer programme picks nodes, and simulation of the whole workload under the
plan's policy corrects them. A fleet is called feasible only where the whole interval of its attainment is, and the plan
only where that is so again in replications that no fleet was chosen by; the exit code is 2 where none is.

Examples:
  regatta plan configs/plans/chat-70b.yaml
  regatta plan configs/plans/chat-70b.yaml --rate-per-s 250 --minimise joules --out results/plan
  regatta plan mine.yaml --catalogue my-devices.json --replications 16
  regatta schema plan > plan.schema.json`

/** Exit code. */
const NONE_FEASIBLE = 2

export function addPlanCommand(program: Command): void {
  program
    .command('plan')
    .description('find the cheapest fleet that holds the SLO for a workload, and verify it by simulation')
    .argument('<plan>', 'plan file, YAML')
    .option(
      '--out <folder>',
      'write plan.csv, ratings.csv, fleets.csv, scenario.yaml and manifest.json there',
    )
    .addOption(new Option('--minimise <what>', "what is to be least, in place of the plan's").choices(AIMS))
    .option('--rate-per-s <requests>', "mean requests a second, in place of the workload's pace", aboveZero)
    .option('--replications <count>', "runs that verify a fleet, in place of the plan's", severalOf)
    .option('--seed <seed>', "seed in place of the plan's", seedOf)
    .addOption(catalogueOption())
    .addOption(parquetOption())
    .addOption(debugOption())
    .addHelpText('after', EXAMPLES)
    .action(planFile)
}

async function planFile(file: string, flags: PlanFlags): Promise<void> {
  const plan = loadedPlan(file, flags)
  if (flags.out) checkPlanFolder(flags.out)
  await intoFolder(flags, async folder => {
    const report = await reportOf(plan)
    print(planText(report))
    print(`\n${nextText(file, flags)}`)
    if (folder !== undefined) writePlan(folder, report, { plan, file, parquet: flags.parquet ?? false })
    if (report.result.verdict !== 'feasible') process.exitCode = NONE_FEASIBLE
  })
}

/** Carries the plan out under a bar. */
export async function reportOf(plan: Plan): Promise<PlanReport> {
  const progress = new PlanProgress()
  try {
    const result = await planFleet(plan, progress.hooks())
    return { spec: plan.spec, result, terms: result.options.map(option => termsOf(plan, option)) }
  } finally {
    progress.stop()
  }
}
