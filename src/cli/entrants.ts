import { dirname, relative } from 'node:path'
import { UserError } from '../core/errors.ts'
import { suggestion } from '../core/nearest.ts'
import type { Entrant } from '../experiments/race.ts'
import { compositionEntry } from '../routing/composition/composed.ts'
import { unfitToDecode } from '../routing/decoding.ts'
import { isPolicyFile } from '../routing/load.ts'
import { policyOptions } from '../routing/making.ts'
import { type PolicyEntry, policies, policyNamed } from '../routing/registry.ts'
import { type PolicyChoice, policyChoices, type Scenario } from '../scenario/schema.ts'
import { folderOf, ownEntrant } from './own-policies.ts'
import type { LoadedScenario } from './scenario.ts'

type PolicySpecs = Scenario['policies']

/**
 * Policies as the command line names them, as a scenario would: `name`, `./file.ts`, `package`, or one of them with
 * `:option=value` behind it; and policies of the scenario by what results call them. Files count from the working
 * directory here, and from the scenario's folder in a scenario.
 */
export function policySpecs(
  texts: readonly string[],
  scenarioFile: string,
  ofScenario: PolicySpecs = [],
): PolicySpecs {
  const labels = policyChoices(ofScenario).map(({ label }) => label)
  return texts.map(text => {
    const labelled = Object.hasOwn(policies, text) ? -1 : labels.indexOf(text)
    return labelled < 0 ? specOf(text, scenarioFile, labels) : ofScenario[labelled]
  })
}

function specOf(text: string, scenarioFile: string, labels: readonly string[]): PolicySpecs[number] {
  const [, name, options] = /^(.*?)((?::[^:=/\\]+=[^:]*)*)$/.exec(text)!
  const isKnown = Object.hasOwn(policies, name) || isPolicyFile(name)
  if (!isKnown && folderOf(name, scenarioFile) === undefined) {
    const all = [...new Set([...Object.keys(policies), ...labels])]
    throw new UserError(`there is no policy '${name}'; ${suggestion(name, all)}`)
  }
  const path = isPolicyFile(name) ? relative(dirname(scenarioFile), name) : name
  if (options === '') return path
  const given = Object.fromEntries(options.slice(1).split(':').map(optionOf))
  return { ...given, name: path } as PolicySpecs[number]
}

function optionOf(text: string): [string, number] {
  const [option, value] = text.split('=')
  if (value.trim() !== '' && Number.isFinite(Number(value))) return [option, Number(value)]
  throw new UserError(`policy option ${option} is "${value}"; must be a number`)
}

/** The policies with the user's own loaded, and the options of all checked. */
export async function entrantsOf(loaded: LoadedScenario, specs: PolicySpecs): Promise<Entrant[]> {
  const kinds = loaded.fleet.kinds.map(({ name }) => name)
  const { handoff } = loaded.course
  const isDecoding = handoff !== undefined && handoff.policy === undefined
  const entrants: Entrant[] = []
  for (const [i, choice] of policyChoices(specs).entries()) {
    const entrant = await entrantOf(choice, loaded.file)
    const options = policyOptions(entrant.name, entryOf(entrant), choice.options, kinds)
    const unfit = isDecoding ? unfitToDecode(entryOf(entrant), options) : undefined
    if (unfit !== undefined) {
      throw new UserError(
        `${placeOf(loaded, specs, i)}policy ${entrant.label} ${unfit}; it may not where it chooses who decodes, ` +
          'as the prompt is computed already: disaggregation.policy names another for that',
      )
    }
    entrants.push(entrant)
  }
  checkLabels(entrants, i => placeOf(loaded, specs, i))
  return entrants
}

/** Where in the file a policy is given; empty where the command line gives it. */
function placeOf({ parsed }: LoadedScenario, specs: PolicySpecs, i: number): string {
  const { policies: given } = parsed.scenario
  const isGiven = i < given.length && given.every((spec, j) => spec === specs[j])
  return isGiven ? `${parsed.place(['policies', i])}: ` : ''
}

function entryOf({ name, entry }: Entrant): PolicyEntry {
  return entry ?? policyNamed(name)
}

async function entrantOf(choice: PolicyChoice, scenarioFile: string): Promise<Entrant> {
  const { composition, ...known } = choice
  if (composition !== undefined) return { ...known, entry: compositionEntry(composition) }
  return (await ownEntrant(choice, scenarioFile)) ?? known
}

function checkLabels(entrants: readonly Entrant[], placeOf: (i: number) => string): void {
  const labels = entrants.map(({ label }) => label)
  const twin = labels.findIndex((label, i) => labels.indexOf(label) !== i)
  if (twin < 0) return
  throw new UserError(
    `${placeOf(twin)}policy ${labels[twin]} comes twice; give it once, or with other options or another name`,
  )
}
