import { setImmediate } from 'node:timers/promises'
import { type Command, InvalidArgumentError } from 'commander'
import { UserError } from '../core/errors.ts'
import { loadTransition, type Transition } from '../planning/transitions/load-transition.ts'
import { carriedOut } from '../planning/transitions/transition.ts'
import { readYaml } from '../scenario/document.ts'
import { loadCatalogue, textOf, traceOpener } from '../scenario/files.ts'
import { hasOwn } from '../scenario/own-policies.ts'
import { SHIPPED_CATALOGUE } from '../scenario/shipped.ts'
import { catalogueOption, debugOption, type ParquetFlag, parquetOption, seedOf } from './flags.ts'
import { print } from './print.ts'
import { Progress } from './progress.ts'
import { intoFolder } from './session.ts'
import { checkTransitionFolder, writeTransition } from './transition-files.ts'
import { transitionText } from './transition-text.ts'

interface TransitionFlags extends ParquetFlag {
  readonly out?: string
  readonly catalogue?: readonly string[]
  readonly draws?: number
  readonly seed?: string | number
}

const EXAMPLES = `
A transition file lists services, how fast they grow, the nodes that may serve them from some quarter on, where prices
go and how software gets faster. Each quarter an integer programme adds nodes to those that are there, under each
strategy: gpu-only, asic-where-it-runs, mix. What is not known has a range, and is drawn.

Examples:
  regatta transition configs/transitions/small.yaml
  regatta transition configs/transitions/2024-2030.yaml --out results/transition
  regatta transition mine.yaml --draws 64 --seed 2`

export function addTransitionCommand(program: Command): void {
  program
    .command('transition')
    .description('carry a fleet through quarters: what it becomes, costs and emits, and when ASICs pay')
    .argument('<transition>', 'transition file, YAML')
    .option('--out <folder>', 'write quarters.csv, overtaking.csv and others, and manifest.json there')
    .option('--draws <count>', "draws of what is not known, in place of the file's", drawsOf)
    .option('--seed <seed>', "seed in place of the file's", seedOf)
    .addOption(catalogueOption())
    .addOption(parquetOption())
    .addOption(debugOption())
    .addHelpText('after', EXAMPLES)
    .action(transitionFile)
}

async function transitionFile(file: string, flags: TransitionFlags): Promise<void> {
  const transition = await loaded(file, flags)
  if (flags.out !== undefined) checkTransitionFolder(flags.out)
  await intoFolder(flags, async folder => {
    const result = await resultOf(transition)
    print(transitionText(transition.spec, result))
    if (folder !== undefined) {
      writeTransition(folder, result, { transition, file, parquet: flags.parquet ?? false })
    }
  })
}

async function resultOf(transition: Transition) {
  let progress: Progress | undefined
  try {
    return await carriedOut(transition, {
      onProgress: async (done, total, what) => {
        progress ??= new Progress(total)
        progress.show(done, what)
        await setImmediate()
      },
    })
  } finally {
    progress?.stop()
  }
}

async function loaded(file: string, { catalogue = [], draws, seed }: TransitionFlags): Promise<Transition> {
  const source = readYaml(textOf(file), file)
  const all = loadCatalogue([SHIPPED_CATALOGUE, ...catalogue])
  const transition = await loadTransition(source, all, traceOpener(file), { draws, seed })
  for (const [i, { plan }] of transition.services.entries()) {
    if (!hasOwn([plan.policy], file)) continue
    throw new UserError(
      `${source.place(['services', i, 'policy'])}: services[${i}].policy is ${JSON.stringify(plan.policy)}; must be a built-in one: regatta policies`,
    )
  }
  return transition
}

function drawsOf(text: string): number {
  const value = Number(text)
  if (text.trim() !== '' && Number.isSafeInteger(value) && value >= 0 && value !== 1) return value
  throw new InvalidArgumentError('It must be 0, or a whole number >= 2: one draw has no band.')
}
