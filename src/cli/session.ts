import { UserError } from '../core/errors.ts'
import { type Entrant, type RaceHooks, race, type Standing } from '../experiments/race.ts'
import { OutputFolder } from '../results/output-folder.ts'
import { loadScenario } from '../scenario/files.ts'
import { hasOwn } from '../scenario/own-policies.ts'
import type { Scenario } from '../scenario/schema.ts'
import { entrantsOf } from './entrants.ts'
import type { RunFlags } from './flags.ts'
import { cleanedUp } from './interrupt.ts'
import { print } from './print.ts'
import { RaceProgress } from './progress.ts'
import { ResultFiles } from './result-files.ts'
import { type LoadedScenario, loadPrepared } from './scenario.ts'
import { settled, tellWatcher, watchedOver } from './watched.ts'

/** A scenario being run with some policies, and where its results go. */
export interface Session<Flags extends RunFlags = RunFlags> {
  readonly loaded: LoadedScenario
  readonly entrants: readonly Entrant[]
  readonly files: ResultFiles | undefined
  readonly flags: Flags
}

/**
 * Does the work with the scenario, then lets the files of `--out` appear. The folder is tried before anything is
 * simulated, and on an error or Ctrl-C nothing is left in it. With policies of the user's own, all of it happens in a
 * thread that this one watches.
 */
export async function inSession<Flags extends RunFlags>(
  file: string,
  flags: Flags,
  specsOf: (scenario: Scenario) => Scenario['policies'],
  work: (session: Session<Flags>) => Promise<void>,
): Promise<void> {
  const isOwn = hasOwn(specsOf(loadScenario(file).scenario), file)
  const session = () =>
    intoFolder(flags, async folder => {
      const loaded = await loadPrepared(file, flags)
      const entrants = await entrantsOf(loaded, specsOf(loaded.parsed.scenario))
      const files = folder && new ResultFiles(folder, loaded, flags)
      await work({ loaded, entrants, files, flags })
      await settled()
      files?.finish(entrants)
    })
  await watchedOver(isOwn, flags.policyTimeout, session)
}

type OnEnd = NonNullable<RaceHooks['onEnd']>

/**
 * Runs every entrant under a bar and writes what they did.
 *
 * @param onEnd is told of requests too
 */
export async function raced({ loaded, entrants, files, flags }: Session, onEnd?: OnEnd): Promise<Standing[]> {
  const told: OnEnd[] = [
    ...(files && flags.requests ? [(entrant: Entrant) => files.requestsOf(entrant)] : []),
    ...(onEnd ? [onEnd] : []),
  ]
  const progress = new RaceProgress(loaded, entrants)
  const standings = await race(loaded.course, entrants, {
    stepByStep: flags.stepByStep ?? false,
    ...(told.length > 0 ? { onEnd: toEach(told) } : {}),
    onProgress: progress.hook(),
    afterRun: settled,
  })
  progress.stop()
  files?.standings(standings)
  return standings
}

function toEach(told: readonly OnEnd[]): OnEnd {
  return entrant => {
    const ends = told.map(onEnd => onEnd(entrant))
    return (request, requests) => {
      for (const end of ends) end?.(request, requests)
    }
  }
}

/** Does the work with the folder of `--out`, which appears whole or not at all; with none where it is not given. */
export async function intoFolder(
  { out, requests, parquet }: Pick<RunFlags, 'out' | 'requests' | 'parquet'>,
  work: (folder: OutputFolder | undefined) => Promise<void>,
): Promise<void> {
  if (out === '') throw new UserError('--out is empty; must name the folder to write to')
  if (requests && out === undefined) throw new UserError('--requests needs --out, the folder to write to')
  if (parquet && out === undefined) throw new UserError('--parquet needs --out, the folder to write to')
  if (out === undefined) return work(undefined)
  const folder = new OutputFolder(out)
  tellWatcher({ unfinished: folder.unfinished })
  const discard = cleanedUp(() => folder.discard())
  try {
    await work(folder)
  } finally {
    discard()
  }
  print(`\nWritten to ${out}: ${folder.files.join(', ')}`)
  print('What the columns mean: regatta columns')
}
