import type { Command } from 'commander'

export function addGenerateCommand(trace: Command): void {
  trace.command('generate')
}
