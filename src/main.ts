#!/usr/bin/env node
import v8 from 'node:v8'
import { Command } from 'commander'
import { endQuietlyWithReader, parserMessage, report } from './cli/errors.ts'
import { version } from './sweeps/program.ts'

const COMMANDS = {
  check: async () => (await import('./cli/check.ts')).addCheckCommand,
  run: async () => (await import('./cli/run.ts')).addRunCommand,
  race: async () => (await import('./cli/race.ts')).addRaceCommand,
  bound: async () => (await import('./cli/bound.ts')).addBoundCommand,
  capacity: async () => (await import('./cli/capacity.ts')).addCapacityCommand,
  plan: async () => (await import('./cli/plan.ts')).addPlanCommand,
  'break-even': async () => (await import('./cli/break-even.ts')).addBreakEvenCommand,
  transition: async () => (await import('./cli/transition.ts')).addTransitionCommand,
  sweep: async () => (await import('./cli/sweep.ts')).addSweepCommand,
  compare: async () => (await import('./cli/compare.ts')).addCompareCommand,
  merge: async () => (await import('./cli/merge.ts')).addMergeCommand,
  worker: async () => (await import('./cli/worker.ts')).addWorkerCommand,
  bundle: async () => (await import('./cli/bundle.ts')).addBundleCommand,
  verify: async () => (await import('./cli/verify.ts')).addVerifyCommand,
  policies: async () => (await import('./cli/policies.ts')).addPoliciesCommand,
  cost: async () => (await import('./cli/cost.ts')).addCostCommand,
  catalogue: async () => (await import('./cli/catalogue.ts')).addCatalogueCommand,
  columns: async () => (await import('./cli/columns.ts')).addColumnsCommand,
  schema: async () => (await import('./cli/schema.ts')).addSchemaCommand,
  calibrate: async () => (await import('./cli/calibrate.ts')).addCalibrateCommand,
  trace: async () => (await import('./cli/trace.ts')).addTraceCommand,
  validate: async () => (await import('./cli/validate.ts')).addValidateCommand,
} as const satisfies Record<string, () => Promise<(program: Command) => void>>
const COMMAND_NAMES = Object.keys(COMMANDS) as (keyof typeof COMMANDS)[]

const EXAMPLES = `
Examples:
  regatta race configs/scenarios/mixed-fleet.yaml
  regatta check mine.yaml
  regatta run mine.yaml --policy ./my-policy.ts --out results/mine`

const program = new Command('regatta')
  .description('Races routing policies of LLM-inference fleets over one workload: latency, cost and energy.')
  .version(version())
  .exitOverride()
  .configureOutput({ outputError: (message, write) => write(parserMessage(message)) })
  .addHelpText('after', EXAMPLES)

// A command's code is loaded where it is asked for; all of it where help or a nearest name may be wanted.
const asked = process.argv[2]
for (const name of Object.hasOwn(COMMANDS, asked) ? [asked as keyof typeof COMMANDS] : COMMAND_NAMES) {
  const add = await COMMANDS[name]()
  add(program)
}

// A replica's hot functions exceed V8's budget for inlining: a tenth more requests a second on Node 20.
v8.setFlagsFromString('--max-inlined-bytecode-size-cumulative=3500')
endQuietlyWithReader()
try {
  await program.parseAsync()
} catch (error) {
  process.exitCode = report(error, process.argv.includes('--debug'))
}
