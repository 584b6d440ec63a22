import type { Command } from 'commander'
import { type AtSlo, atSlo, checkPaced } from '../experiments/at-slo.ts'
import type { Standing } from '../experiments/race.ts'
import { ENDS, raceAtEnds } from '../experiments/ranges.ts'
import { ranked, rankings } from '../experiments/ranking.ts'
import { atSloText } from './at-slo.ts'
import { type FoundBound, foundBound, raceBound } from './bound.ts'
import { chosenSpecs, type PolicyFlags, withPolicyFlags } from './entrants.ts'
import { showExplained } from './explain.ts'
import { type RunFlags, withRunFlags } from './flags.ts'
import { type IntervalsFlag, rememberedRuns, showIntervals, withIntervalsFlag } from './intervals.ts'
import { predictionsText } from './predictions.ts'
import { print } from './print.ts'
import { Progress, RaceProgress, SEARCH_RUNS } from './progress.ts'
import { inSession, raced, type Session } from './session.ts'
import { reportText } from './standings.ts'
import { verdictText } from './verdict.ts'

interface RaceFlags extends RunFlags, PolicyFlags, IntervalsFlag {
  readonly predictions?: boolean
  readonly atSlo?: boolean
  readonly bound?: boolean
  readonly ranges: boolean
}

const EXAMPLES = `
Examples:
  regatta race configs/scenarios/mixed-fleet.yaml
  regatta race mine.yaml --policies round-robin,power-of-two:choices=3,./my-policy.ts --out results/mine
  regatta race mine.yaml --policy ./my-policy.ts --load 0.9
  regatta race mine.yaml --trace AzureLLMInferenceTrace_code.csv --class code
  regatta race mine.yaml --at-slo
  regatta race mine.yaml --bound --predictions
  regatta race mine.yaml --intervals
  regatta race mine.yaml --explain 20 --out results/mine
  regatta race mine.yaml --policy some-package --policy-timeout 60`

export function addRaceCommand(program: Command): void {
  withIntervalsFlag(withPolicyFlags(withRunFlags(program.command('race'))))
    .description('run many policies over the same arrivals and rank them')
    .option('--predictions', 'also say how far off what policies went by was')
    .option('--at-slo', 'also find the highest load at which each policy just holds the SLO')
    .option('--bound', 'also say how far each policy is from what none can beat')
    .option('--no-ranges', "do not run again at both ends of the ranges of the catalogue's estimates")
    .addHelpText('after', EXAMPLES)
    .action(raceScenario)
}

async function raceScenario(file: string, flags: RaceFlags): Promise<void> {
  await inSession(file, flags, chosenSpecs(file, flags), async session => {
    if (flags.atSlo) checkPaced(session.loaded)
    const bound = flags.bound ? await foundBound(session.loaded) : undefined
    const runs = rememberedRuns(session, flags)
    const standings = await raced(session, runs?.onEnd)
    const inOrder = ranked(standings, rankings.goodputPerUsd)
    print(reportText(session.loaded, inOrder))
    showIntervals(session, runs, inOrder)
    if (flags.predictions) print(`\n${predictionsText(standings)}`)
    await showExplained(session)
    if (bound !== undefined) showBound(session, bound, standings)
    if (flags.ranges) await showRanges(session, standings)
    if (flags.atSlo) await showAtSlo(session)
  })
}

function showBound({ loaded, files }: Session<RaceFlags>, bound: FoundBound, standings: readonly Standing[]) {
  const { text, rows } = raceBound(loaded, bound, standings)
  files?.bound(rows)
  print(`\n${text}`)
}

async function showRanges(
  { loaded, entrants, files, flags }: Session<RaceFlags>,
  given: readonly Standing[],
): Promise<void> {
  const estimates = loaded.fleet.evidence.estimates.length
  if (estimates === 0) return
  const progress = new RaceProgress(loaded, entrants, ENDS)
  const races = await raceAtEnds(loaded, entrants, stance => ({
    stepByStep: flags.stepByStep ?? false,
    onProgress: progress.hook(stance),
  }))
  progress.stop()
  files?.ranges(races)
  print(`\n${verdictText(given, races, estimates)}`)
}

async function showAtSlo({ loaded, entrants, files, flags }: Session<RaceFlags>): Promise<void> {
  const progress = new Progress(entrants.length * SEARCH_RUNS)
  const found: AtSlo[] = []
  for (const [done, entrant] of entrants.entries()) {
    const onRun = (runs: number) =>
      progress.show(done * SEARCH_RUNS + Math.min(runs, SEARCH_RUNS), `${entrant.label} at its SLO`)
    found.push(await atSlo(loaded, entrant, { stepByStep: flags.stepByStep ?? false, onRun }))
  }
  progress.stop()
  files?.atSlo(found)
  print(`\n${atSloText(found, loaded.fleet.attainment)}`)
}
