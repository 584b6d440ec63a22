import type { Command } from 'commander'
import type { Standing } from '../experiments/race.ts'
import { type Bound, boundOf, type CostBound } from '../planning/bound.ts'
import { type Gap, gapOf } from '../planning/gaps.ts'
import { hindsightRuns } from '../planning/hindsight.ts'
import type { BoundRow } from '../results/columns/bound.ts'
import { boundText, gapsText } from './bound-text.ts'
import { type RunFlags, withScenarioFlags } from './flags.ts'
import { colours, print } from './print.ts'
import { Progress } from './progress.ts'
import type { LoadedScenario } from './scenario.ts'
import { inSession } from './session.ts'

interface BoundFlags extends RunFlags {
  readonly hindsight: boolean
}

const EXAMPLES = `
Examples:
  regatta bound configs/scenarios/mixed-fleet.yaml
  regatta bound mine.yaml --load 0.9 --out results/bound
  regatta race mine.yaml --bound`

export function addBoundCommand(program: Command): void {
  withScenarioFlags(program.command('bound'))
    .description('say what cost, energy and latency no policy can beat, and what hindsight achieves')
    .option('--out <folder>', 'write bound.csv and manifest.json there')
    .option('--no-hindsight', 'do not run the schedules that know the true output lengths')
    .addHelpText('after', EXAMPLES)
    .action(boundScenario)
}

async function boundScenario(file: string, flags: BoundFlags): Promise<void> {
  await inSession(
    file,
    flags,
    () => [],
    async ({ loaded, files }) => {
      const found = await foundBound(loaded)
      print(`${colours.bold(loaded.parsed.scenario.name)}, seed ${loaded.parsed.scenario.seed}\n`)
      print(boundText(loaded, found.bound, found.least))
      const gaps = flags.hindsight ? gapsOf(loaded, found, await hindsightRuns(loaded.course)) : []
      if (gaps.length > 0) {
        print(
          `\n${colours.bold('Hindsight')}: schedules that know the true output lengths. Achievable, and no bounds`,
        )
        print(gapsText(gaps))
      }
      files?.bound([boundRow(found), ...gaps.map(gap => gapRow('hindsight', gap, found.bound))])
    },
  )
}

/** A bound, and what of it is for the scenario's attainment. */
export interface FoundBound {
  readonly bound: Bound
  readonly least: CostBound
}

/** Throws a UserError where the scenario's attainment is out of reach, or nothing is known of its like. */
export async function foundBound({ course, fleet }: LoadedScenario): Promise<FoundBound> {
  const progress = new Progress(1)
  try {
    const bound = await boundOf(course, { onProgress: (share, what) => progress.show(share, what) })
    return { bound, least: bound.at(fleet.attainment) }
  } finally {
    progress.stop()
  }
}

/** Bound and gaps of a race's policies: what to print, and the rows of bound.csv. */
export function raceBound(loaded: LoadedScenario, found: FoundBound, standings: readonly Standing[]) {
  const gaps = gapsOf(loaded, found, standings)
  const rows = [boundRow(found), ...gaps.map(gap => gapRow('policy', gap, found.bound))]
  return { text: `${boundText(loaded, found.bound, found.least)}\n\n${gapsText(gaps)}`, rows }
}

function gapsOf(
  { course, fleet }: LoadedScenario,
  { bound }: FoundBound,
  standings: readonly Standing[],
): Gap[] {
  return standings.map(standing => gapOf(course, bound, standing, fleet.attainment))
}

const UNKNOWN = Number.NaN

function boundRow({ bound: { latency }, least }: FoundBound): BoundRow {
  return {
    what: 'bound',
    policy: '',
    attainment: UNKNOWN,
    boundAttainment: least.attainment,
    least,
    spent: { busyUsd: UNKNOWN, aboveIdleJ: UNKNOWN, totalJ: UNKNOWN },
    gaps: { usd: UNKNOWN, joules: UNKNOWN, ttft: UNKNOWN, e2e: UNKNOWN },
    latency,
  }
}

function gapRow(what: BoundRow['what'], gap: Gap, { latency }: Bound): BoundRow {
  const { entrant, figures } = gap.standing
  return {
    what,
    policy: entrant.label,
    attainment: figures.attainment,
    boundAttainment: gap.bound.attainment,
    least: gap.bound,
    spent: { ...gap.spent, totalJ: gap.totalJ },
    gaps: gap,
    latency,
  }
}
