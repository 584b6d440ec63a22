import { availableParallelism } from 'node:os'
import type { Command } from 'commander'
import { type Verification, verifyBundle } from '../sweeps/bundles/verify.ts'
import { countOf, debugOption } from './flags.ts'
import { cleanedUp } from './interrupt.ts'
import { print } from './print.ts'
import { SweepBar } from './sweep-progress.ts'
import { watchedRunner } from './watched-runner.ts'

const DIFFERENT = 1

const EXAMPLES = `
Examples:
  regatta verify paper/bundle
  regatta verify paper/bundle --workers 8

Ends with 0 where the results are the same, 1 where they are not, 2 where the bundle was edited.`

export function addVerifyCommand(program: Command): void {
  program
    .command('verify')
    .description('run the sweep of a bundle again and compare the results byte for byte')
    .argument('<bundle>', 'folder that bundle has written')
    .option('--workers <threads>', 'cells to run at a time', countOf, availableParallelism())
    .addOption(debugOption())
    .addHelpText('after', EXAMPLES)
    .action(verify)
}

async function verify(bundle: string, { workers }: { readonly workers: number }): Promise<void> {
  const bar = new SweepBar()
  const stopping = new AbortController()
  const work = verifyBundle(bundle, experiment => watchedRunner(experiment, workers), {
    signal: stopping.signal,
    onProgress: progress => bar.show(progress),
  }).finally(() => bar.stop())
  const end = cleanedUp(async () => {
    stopping.abort()
    await work.catch(() => {})
  })
  try {
    const found = await work
    if (!stopping.signal.aborted) print(verdictOf(bundle, found))
  } finally {
    await end()
  }
}

function verdictOf(bundle: string, { cells, difference, otherwise }: Verification): string {
  const note = otherwise === undefined ? '' : `\nOf the bundle: ${otherwise}.`
  if (difference === undefined) {
    return `${bundle}: the same, byte for byte: ${cells} cells were run again.${note}`
  }
  process.exitCode = DIFFERENT
  const { file, line, column, here, there } = difference
  const where = `${file}:${line}${column === undefined ? '' : `, column ${column}`}`
  return `${bundle}: not the same. First at ${where}: ${valueText(there)} in the bundle, ${valueText(here)} here.${note}`
}

function valueText(value: string | undefined): string {
  if (value === undefined) return 'no line'
  return value === '' ? 'nothing' : value
}
