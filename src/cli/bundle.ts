import type { Command } from 'commander'
import { writeBundle } from '../sweeps/bundles/bundle.ts'
import { loadExperiment } from '../sweeps/load-experiment.ts'
import { originOf } from '../sweeps/origin.ts'
import { debugOption } from './flags.ts'
import { print } from './print.ts'

const EXAMPLES = `
Examples:
  regatta bundle results/policies-by-load paper/bundle
  regatta verify paper/bundle`

export function addBundleCommand(program: Command): void {
  program
    .command('bundle')
    .description('pack what a reader needs to check the results of a sweep')
    .argument('<sweep>', 'folder that sweep or merge has written')
    .argument('<out>', 'folder to write to, new or empty')
    .option('--experiment <file>', 'its experiment file, where that has been moved since')
    .addOption(debugOption())
    .addHelpText('after', EXAMPLES)
    .action((sweep: string, out: string, { experiment }: { readonly experiment?: string }) => {
      const files = writeBundle(sweep, loadExperiment(experiment ?? originOf(sweep)), out)
      print(`Written to ${out}: ${files.join(', ')}`)
      print(`Whoever has it checks it by: regatta verify ${out}`)
    })
}
