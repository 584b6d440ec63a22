import type { Command } from 'commander'
import { LongRuns } from '../experiments/long-run.ts'
import type { Standing } from '../experiments/race.ts'
import { intervalsText } from './interval-text.ts'
import { print } from './print.ts'
import type { Session } from './session.ts'

/** Of every command that runs a scenario once a policy. */
export interface IntervalsFlag {
  readonly intervals?: boolean
}

export function withIntervalsFlag(command: Command): Command {
  return command.option('--intervals', 'also say how sure each figure of this one run is')
}

/** What remembers the requests of runs for their intervals, where these are asked for. */
export function rememberedRuns(
  { loaded }: Pick<Session, 'loaded'>,
  { intervals = false }: IntervalsFlag,
): LongRuns | undefined {
  return intervals ? new LongRuns(loaded.course) : undefined
}

/** Prints and writes the intervals that were asked for, policies in the order given. */
export function showIntervals(
  { files }: Pick<Session, 'files'>,
  runs: LongRuns | undefined,
  standings: readonly Standing[],
): void {
  if (runs === undefined) return
  const rows = runs.intervals(standings)
  files?.intervals(rows)
  print(`\n${intervalsText(rows)}`)
}
