import type { Command } from 'commander'
import { mergeShards } from '../sweeps/merge.ts'
import { passOnOrigin } from '../sweeps/origin.ts'
import { debugOption, type ParquetFlag, parquetOption } from './flags.ts'
import { writtenSweep } from './sweep-results.ts'

const EXAMPLES = `
Examples:
  regatta merge results/all results/shard-1 results/shard-2
  regatta merge results/all results/shards/*`

export function addMergeCommand(program: Command): void {
  program
    .command('merge')
    .description('join the folders of all shards of a sweep')
    .argument('<out>', 'folder to write to')
    .argument('<shards...>', 'folders that sweep --shard has written, one for each shard')
    .addOption(parquetOption())
    .addOption(debugOption())
    .addHelpText('after', EXAMPLES)
    .action(merge)
}

async function merge(out: string, shards: readonly string[], flags: ParquetFlag): Promise<void> {
  const folder = await mergeShards(out, shards)
  passOnOrigin(shards[0], out)
  try {
    writtenSweep(folder, flags)
  } finally {
    await folder.close()
  }
}
