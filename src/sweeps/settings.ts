import { UserError } from '../core/errors.ts'
import { buildFleet } from '../scenario/build.ts'
import { packagesOf } from '../scenario/own-policies.ts'
import { type ParsedScenario, parseScenario, type Scenario } from '../scenario/schema.ts'
import type { Sampling } from '../statistics/sampling.ts'
import type { Experiment } from './experiment.ts'
import { applied, type Level } from './factors.ts'
import { usualResampling } from './resampling.ts'

type Varied = Pick<Experiment, 'source' | 'base' | 'factors' | 'scenarioFile'>

/** How many combinations of levels there are. */
export function settingCount({ factors }: Pick<Experiment, 'factors'>): number {
  return factors.reduce((count, { levels }) => count * levels.length, 1)
}

/** The levels of a combination, in order of the factors: the last factor varies fastest. */
export function levelsOf({ factors }: Pick<Experiment, 'factors'>, setting: number): Level[] {
  let rest = setting
  const chosen = factors.toReversed().map(({ levels }) => {
    const level = levels[rest % levels.length]
    rest = Math.floor(rest / levels.length)
    return level
  })
  return chosen.reverse()
}

/** The scenario of a combination. Throws a UserError that names the place of a mistake, in whichever file it is. */
export function scenarioAt(experiment: Varied, setting: number): ParsedScenario {
  return scenarioOf(experiment, levelsOf(experiment, setting))
}

/** Whether the replications of a scenario are independent, or draws from the one trace that it has. */
export function samplingOf(
  { spec, resampling }: Pick<Experiment, 'spec' | 'resampling'>,
  scenario: Scenario,
): Sampling {
  if (spec.uncertainty !== undefined) return 'independent'
  return (resampling ?? usualResampling(scenario)).by === 'block-bootstrap' ? 'redrawn' : 'independent'
}

/**
 * Throws a UserError at the first level whose scenario is wrong, the other factors being at their first. What is wrong
 * with some combinations alone shows when these are run.
 */
export function checkSettings(experiment: Experiment): void {
  const first = experiment.factors.map(({ levels }) => levels[0])
  checkSetting(experiment, first)
  for (const [i, { levels }] of experiment.factors.entries()) {
    for (const level of levels.slice(1)) checkSetting(experiment, first.with(i, level))
  }
}

function checkSetting(experiment: Experiment, levels: readonly Level[]): void {
  const parsed = scenarioOf(experiment, levels)
  buildFleet(parsed, experiment.catalogue)
  if (samplingOf(experiment, parsed.scenario) === 'redrawn') checkNoUntil(experiment)
  const { by } = experiment.resampling ?? usualResampling(parsed.scenario)
  if (by === 'seeds' || !('closed_loop' in parsed.scenario.workload)) return
  const where = experiment.source.place(['resampling'])
  throw new UserError(
    `${where}: resampling is ${by} of a closed loop, which has no times to draw from; must be seeds`,
  )
}

function checkNoUntil({ source, replications }: Experiment): void {
  if (replications.until === undefined) return
  throw new UserError(
    `${source.place(['replications', 'until'])}: replications.until is beside draws from a trace (block-bootstrap), ` +
      'of which more make nothing surer; must be a number of replications, with a longer trace for a narrower interval',
  )
}

function scenarioOf(
  { source, base, factors, scenarioFile }: Varied,
  levels: readonly Level[],
): ParsedScenario {
  const changes = levels.map(({ value, at }, i) => ({ path: factors[i].path, value, at }))
  const parsed = parseScenario(applied(base, source, changes))
  return { ...parsed, packages: packagesOf(parsed.scenario.policies, scenarioFile) }
}
