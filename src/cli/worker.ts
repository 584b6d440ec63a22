import { mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Command } from 'commander'
import { loadExperiment } from '../sweeps/load-experiment.ts'
import { redisAddress } from '../sweeps/redis/address.ts'
import { redisAt } from '../sweeps/redis/connection.ts'
import { ownProgram } from '../sweeps/redis/own-program.ts'
import { cellWorker } from '../sweeps/redis/worker.ts'
import { aboveZero, countOf, debugOption } from './flags.ts'
import { cleanedUp } from './interrupt.ts'
import { saying } from './saying.ts'
import { watchedRunner } from './watched-runner.ts'

interface WorkerFlags {
  readonly redis: string
  readonly workers: number
  readonly policyTimeout?: number
}

const EXAMPLES = `
Examples:
  regatta worker --redis redis://10.0.0.5:6379
  regatta worker --redis redis://:password@10.0.0.5 --workers 4
  regatta sweep mine.yaml --redis redis://10.0.0.5:6379`

/** Cells under way have so long to come to an end when the worker is stopped; later ones are run by others. */
const GOODBYE_MS = 5_000

export function addWorkerCommand(program: Command): void {
  program
    .command('worker')
    .description('run cells of the sweeps that others start with --redis, until it is stopped')
    .requiredOption('--redis <url>', 'where the cells wait, such as redis://host:6379')
    .option('--workers <threads>', 'cells to run at a time', countOf, availableParallelism())
    .option(
      '--policy-timeout <seconds>',
      'how long a policy of a user may take for one answer; 10 by default',
      aboveZero,
    )
    .addOption(debugOption())
    .addHelpText('after', EXAMPLES)
    .action(work)
}

async function work(flags: WorkerFlags): Promise<void> {
  const { redis, workers, policyTimeout } = flags
  const access = await redisAt(redisAddress(redis))
  const say = saying()
  const folder = mkdtempSync(join(tmpdir(), 'regatta-worker-'))
  const worker = await cellWorker(access, {
    program: ownProgram(),
    folder,
    // One waits for a thread while others run, and is lost with them if the worker is.
    cells: workers + 1,
    runnerOf: async experiment => watchedRunner(loadExperiment(experiment), workers, policyTimeout),
    say,
  })
  cleanedUp(async () => {
    await Promise.race([worker.close(), pause(GOODBYE_MS)])
    rmSync(folder, { recursive: true, force: true })
  })
  say(`Waiting for cells at ${access.address.shown}, to run ${workers} at a time. Ctrl-C ends it.`)
  await forever()
}

/** Only the stop of the program ends it. */
function forever(): Promise<never> {
  return new Promise(() => {})
}
