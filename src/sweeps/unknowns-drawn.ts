import { buildFleet } from '../scenario/build.ts'
import type { UsedFact } from '../scenario/evidence.ts'
import type { Experiment } from './experiment.ts'
import { scenarioAt, settingCount } from './settings.ts'
import type { Unknown, Unknowns } from './unknowns.ts'

/** Undefined where the experiment draws none. Those without a range are known, as far as draws go. */
export function unknownsOf(experiment: Experiment): Unknowns | undefined {
  const draws = experiment.spec.uncertainty?.draws
  if (draws === undefined) return undefined
  const used = Array.from({ length: settingCount(experiment) }, (_, setting) => {
    const { evidence } = buildFleet(scenarioAt(experiment, setting), experiment.catalogue)
    return evidence.estimates.map(rangeOf).filter(({ low, high }) => low < high)
  })
  const byName = new Map(used.flat().map(unknown => [unknown.name, unknown]))
  const estimates = [...byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
  const place = new Map(estimates.map(({ name }, i) => [name, i]))
  return { draws, estimates, bySetting: used.map(names => names.map(({ name }) => place.get(name)!)) }
}

function rangeOf({ name, fact: { value, low = value, high = value } }: UsedFact): Unknown {
  return { name, low, value, high }
}
