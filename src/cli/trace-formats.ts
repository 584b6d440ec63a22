import type { Command } from 'commander'

export function addFormatsCommand(trace: Command): void {
  trace.command('formats')
}
