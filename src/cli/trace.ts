import type { Command } from 'commander'
import { addConvertCommand } from './trace-convert.ts'
import { addFormatsCommand } from './trace-formats.ts'
import { addGenerateCommand } from './trace-generate.ts'
import { addStatsCommand } from './trace-stats.ts'

const EXAMPLES = `
Examples:
  regatta trace stats AzureLLMInferenceTrace_code.csv
  regatta trace convert conversation_trace.jsonl --out conversation.csv.gz
  regatta trace generate week.yaml --out week.csv.gz
  regatta trace formats`

export function addTraceCommand(program: Command): void {
  const trace = program
    .command('trace')
    .description('look at traces, convert and change them, and make new ones')
    .addHelpText('after', EXAMPLES)
  addStatsCommand(trace)
  addConvertCommand(trace)
  addGenerateCommand(trace)
  addFormatsCommand(trace)
}
