import type { Command } from 'commander'
import { Cuttable } from '../arrivals/pieces.ts'
import { readWhole } from '../arrivals/whole.ts'
import { checkPaced, HIGHEST_LOAD, LOWEST_LOAD, TOLERANCE } from '../experiments/at-slo.ts'
import { type CapacityQuestion, capacityOf } from '../experiments/capacity.ts'
import { type Contender, type Ranked, rankedByCapacity } from '../experiments/capacity-ranking.ts'
import { crossingsOf } from '../experiments/crossings.ts'
import { type LoadCurve, loadCurve } from '../experiments/load-curve.ts'
import { type LoadRuns, loadRuns } from '../experiments/load-runs.ts'
import { atMeanRate } from '../experiments/mean-rate.ts'
import { seedOf } from '../experiments/replication.ts'
import { bootstrapOf } from '../experiments/resampled.ts'
import { usualResampling } from '../sweeps/resampling.ts'
import { capacityText } from './capacity-text.ts'
import { curveText } from './curve-text.ts'
import { chosenSpecs, type PolicyFlags, withPolicyFlags } from './entrants.ts'
import { type RunFlags, withScenarioFlags } from './flags.ts'
import { type LoadRange, loadGrid, loadRange, severalOf, shareOf } from './loads.ts'
import { colours, print } from './print.ts'
import type { LoadedScenario } from './scenario.ts'
import { inSession, type Session } from './session.ts'
import { StagedProgress } from './stages.ts'
import { settled } from './watched.ts'

interface CapacityFlags extends RunFlags, PolicyFlags {
  readonly replications: number
  readonly confidence: number
  readonly tolerance: number
  readonly search: LoadRange
  readonly curve?: readonly number[]
}

/** A session with the runs of each entrant, made or to be made. */
interface Study extends Session<CapacityFlags> {
  readonly question: CapacityQuestion
  readonly all: readonly LoadRuns[]
  /** Whether replications are drawn from the one trace that there is. */
  readonly isRedrawn: boolean
  readonly progress: StagedProgress
}

const EXAMPLES = `
Examples:
  regatta capacity configs/scenarios/mixed-fleet.yaml --policies random,least-requests
  regatta capacity mine.yaml --policy ./my-policy.ts --replications 16 --out results/capacity
  regatta capacity mine.yaml --policies power-of-two --curve 0.1:1.1:11`

const REPLICATIONS = 8
const CONFIDENCE = 0.95
/** About as many runs as a search takes for each replication. */
const SEARCH_RUNS = 10

export function addCapacityCommand(program: Command): void {
  withPolicyFlags(withScenarioFlags(program.command('capacity')))
    .description('find the highest load at which each policy meets the SLO, and how sure that is')
    .option('--replications <count>', 'at most so many at each load', severalOf, REPLICATIONS)
    .option('--confidence <share>', 'of each answer', shareOf, CONFIDENCE)
    .option('--tolerance <share>', 'how closely to search', shareOf, TOLERANCE)
    .option(
      '--search <range>',
      `loads to search between; ${LOWEST_LOAD}:${HIGHEST_LOAD} by default`,
      loadRange,
    )
    .option('--curve <grid>', 'also measure at loads from, to and how many: 0.1:1.1:11', loadGrid)
    .option('--out <folder>', 'write capacity.csv, curve.csv and manifest.json there')
    .option('--step-by-step', 'one event per engine step: slow, and the same result bit for bit')
    .addHelpText('after', EXAMPLES)
    .action(findCapacity)
}

async function findCapacity(file: string, flags: CapacityFlags): Promise<void> {
  await inSession(file, flags, chosenSpecs(file, flags), async session => {
    checkPaced(session.loaded)
    const study = await studyOf(session)
    const ranked = await capacities(study)
    const curves = flags.curve === undefined ? [] : await curvesAt(study, flags.curve)
    study.progress.stop()
    session.files?.capacities(ranked, study.question)
    print(`${titleOf(session)}\n\n${capacityText(ranked, study.question, study.isRedrawn)}`)
    if (curves.length === 0) return
    session.files?.curves(curves)
    print(`\n${curveText(curves)}`)
  })
}

async function studyOf(session: Session<CapacityFlags>): Promise<Study> {
  const { loaded, entrants, flags } = session
  const { prepared, resampled } = await replicable(loaded, flags.replications)
  const { replications, confidence, tolerance, curve = [], search = [LOWEST_LOAD, HIGHEST_LOAD] } = flags
  const [lowestLoad, highestLoad] = search
  const progress = new StagedProgress(entrants.length * replications * (SEARCH_RUNS + curve.length))
  const afterRun = async () => {
    progress.ran()
    await settled()
  }
  const all = entrants.map(entrant =>
    loadRuns(prepared, entrant, { stepByStep: flags.stepByStep ?? false, resampled, afterRun }),
  )
  const objective = loaded.fleet.attainment
  return {
    ...session,
    question: { objective, replications, confidence, tolerance, lowestLoad, highestLoad },
    all,
    isRedrawn: resampled !== undefined,
    progress,
  }
}

/** As in a sweep: a trace is drawn again in blocks of its time, and what comes by laws is drawn anew. */
async function replicable(loaded: LoadedScenario, replications: number) {
  const { parsed, workload } = loaded
  if (usualResampling(parsed.scenario).by === 'seeds') {
    return { prepared: await atMeanRate(loaded, replications), resampled: undefined }
  }
  const cuttable = new Cuttable(await readWhole(workload.built.arrivals()))
  const { seed } = parsed.scenario
  const resampled = (replication: number) => () => bootstrapOf(cuttable, undefined, seedOf(seed, replication))
  return { prepared: loaded, resampled }
}

/** Where there is but one policy nothing is to be compared, and its replications need no capacity each by itself. */
async function capacities({ all, question, progress }: Study): Promise<Ranked[]> {
  const contenders: Contender[] = []
  for (const runs of all) {
    progress.begin(`${runs.entrant.label}: capacity`, question.replications * SEARCH_RUNS)
    const capacity = await capacityOf(runs, question)
    const crossings = all.length > 1 ? await crossingsOf(runs, question) : undefined
    contenders.push({ capacity, ...(crossings && { crossings }) })
  }
  return rankedByCapacity(contenders, question.confidence)
}

async function curvesAt({ all, question, progress }: Study, loads: readonly number[]): Promise<LoadCurve[]> {
  const curves: LoadCurve[] = []
  for (const runs of all) {
    progress.begin(`${runs.entrant.label}: curve`, question.replications * loads.length)
    curves.push(await loadCurve(runs, loads, question))
  }
  return curves
}

function titleOf({ loaded }: Session): string {
  const { name, seed } = loaded.parsed.scenario
  return `${colours.bold(name)}, seed ${seed}`
}
