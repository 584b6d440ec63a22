import type { Command } from 'commander'

export function addStatsCommand(trace: Command): void {
  trace.command('stats')
}
