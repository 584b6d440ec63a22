import type { Command } from 'commander'

export function addConvertCommand(trace: Command): void {
  trace.command('convert')
}
