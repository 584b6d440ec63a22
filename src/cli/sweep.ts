import { join } from 'node:path'
import type { Command } from 'commander'
import { isBegun, leastCells } from '../sweeps/deal.ts'
import type { Experiment } from '../sweeps/experiment.ts'
import { openSweepFolder, type SweepFolder } from '../sweeps/folder.ts'
import { loadExperiment } from '../sweeps/load-experiment.ts'
import type { CellCounts } from '../sweeps/manifest.ts'
import { noteOrigin } from '../sweeps/origin.ts'
import { taskOf } from '../sweeps/plan.ts'
import { planOf } from '../sweeps/planned.ts'
import { checkReadiness } from '../sweeps/readiness.ts'
import { type Shard, shardOf } from '../sweeps/shard.ts'
import { type SweepProgress, sweep } from '../sweeps/sweep.ts'
import { aboveZero, countOf, debugOption, type ParquetFlag, parquetOption } from './flags.ts'
import { cleanedUp } from './interrupt.ts'
import { print } from './print.ts'
import { type Crew, crewFor } from './sweep-crew.ts'
import { SweepBar } from './sweep-progress.ts'
import { writtenSweep } from './sweep-results.ts'

interface SweepFlags extends ParquetFlag {
  readonly out?: string
  readonly workers?: number
  readonly shard?: Shard
  readonly extend?: boolean
  readonly policyTimeout?: number
  readonly redis?: string
}

const NOTES = `
Of requests that laws draw, a load or a rate holds under the scenario's own seed: all replications come at the factor
that this one gives, so that the mean load over replications is off by chance, by about 1 % for 10,000 requests of a
Poisson process, and the same for all policies. regatta capacity goes by the mean rate of its replications.`

const EXAMPLES = `
Examples:
  regatta sweep configs/experiments/policies-by-load.yaml --out results/policies-by-load
  regatta sweep mine.yaml --workers 8
  regatta sweep mine.yaml --shard 2/8 --out results/shard-2
  regatta merge results/all results/shard-1 ... results/shard-8
  regatta sweep mine.yaml --redis redis://10.0.0.5:6379`

export function addSweepCommand(program: Command): void {
  program
    .command('sweep')
    .description('run an experiment: every policy at every level of its factors, many times over')
    .argument('<experiment>', 'experiment file, YAML')
    .option('--out <folder>', 'where cells and results go; results/<name> by default')
    .option('--workers <threads>', 'cells to run at a time; as many as there are cores by default', countOf)
    .option('--shard <i/N>', 'run one of N parts of the experiment, to be joined by regatta merge', shardOf)
    .option('--redis <url>', 'have the cells run by regatta worker, on any machine, by way of this Redis')
    .option('--extend', 'go on in the folder of another experiment, with the cells that both have')
    .addOption(parquetOption())
    .option(
      '--policy-timeout <seconds>',
      'how long a policy of your own may take for one answer; 10 by default',
      aboveZero,
    )
    .addOption(debugOption())
    .addHelpText('after', `${NOTES}\n${EXAMPLES}`)
    .action(sweepExperiment)
}

/** What is finished is kept however this ends. On Ctrl-C it ends at once, with the results of that. */
async function sweepExperiment(file: string, flags: SweepFlags): Promise<void> {
  const experiment = loadExperiment(file)
  const crew = await crewFor(experiment, flags)
  const out = outOf(experiment, flags)
  const purpose = flags.extend ? 'extend' : 'sweep'
  const folder = openSweepFolder(out, planOf(experiment, flags.shard), purpose)
  noteOrigin(out, file)
  const stopping = new AbortController()
  const work = swept({ experiment, crew, folder, flags, signal: stopping.signal })
  const end = cleanedUp(() => {
    stopping.abort()
    return work.then(() => {})
  })
  try {
    await work
  } finally {
    await end()
  }
}

interface Sweeping {
  readonly experiment: Experiment
  readonly flags: ParquetFlag
  readonly crew: () => Promise<Crew>
  readonly folder: SweepFolder
  readonly signal: AbortSignal
}

/** Runs what is not in the folder yet and writes the results, those so far where something goes wrong. */
async function swept(sweeping: Sweeping): Promise<void> {
  const { folder, flags } = sweeping
  try {
    await run(sweeping)
    const { finished, planned } = writtenSoFar(folder, flags)
    if (finished < planned)
      print(`${stoppedText(finished, planned)} The same command goes on with the others.`)
  } catch (error) {
    const { finished, planned } = writtenSoFar(folder, flags)
    if (finished > 0) print(stoppedText(finished, planned))
    throw error
  } finally {
    await folder.close()
  }
}

/** Nothing where nothing is finished. */
function writtenSoFar(folder: SweepFolder, flags: ParquetFlag): CellCounts {
  const task = taskOf(folder.plan)
  const planned = leastCells(task)
  if (planned > 0 && !isBegun(task, folder.journal)) return { finished: 0, planned }
  const cells = writtenSweep(folder, flags)
  if (cells.finished < cells.planned) print('')
  return cells
}

async function run({ experiment, crew, folder, signal }: Sweeping): Promise<void> {
  const task = taskOf(folder.plan)
  const { runner, start, watched } = await crew()
  const bar = new SweepBar()
  const onProgress = (progress: SweepProgress) => bar.show(progress)
  try {
    const isNew = !isBegun(task, folder.journal)
    const workloads = isNew ? await start(leastCells(task)) : undefined
    await checkReadiness(experiment, task, folder.journal, { signal, workloads })
    await watched(() => sweep(task, runner, folder.journal, { signal, onProgress }))
  } finally {
    bar.stop()
    await runner.close()
  }
}

function outOf({ spec: { name } }: Experiment, { out, shard }: SweepFlags): string {
  const folder = shard === undefined ? name : `${name}-shard-${shard.index}-of-${shard.of}`
  return out ?? join('results', folder.replaceAll(/[^\w.-]+/g, '-'))
}

function stoppedText(finished: number, planned: number): string {
  return `Stopped with ${finished} of ${planned} cells finished.`
}
