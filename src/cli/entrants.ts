import { readFileSync } from 'node:fs'
import { basename, dirname, relative } from 'node:path'
import { UserError } from '../core/errors.ts'
import type { Entrant } from '../experiments/race.ts'
import { compositionEntry } from '../routing/composition/composed.ts'
import { isPolicyFile, loadPolicy } from '../routing/load.ts'
import { type PolicyEntry, policyNamed, policyOptions } from '../routing/registry.ts'
import { besideScenario } from '../scenario/files.ts'
import { type PolicyChoice, policyChoices, type Scenario } from '../scenario/schema.ts'
import { type LoadedScenario, sha256Of } from './scenario.ts'

type PolicySpecs = Scenario['policies']

/**
 * Policies as the command line names them, as a scenario would: `name`, `./file.ts`, or either with `:option=value`
 * behind it. Files count from the working directory here, and from the scenario's folder in a scenario.
 */
export function policySpecs(texts: readonly string[], scenarioFile: string): PolicySpecs {
  return texts.map(text => {
    const [, name, options] = /^(.*?)((?::[^:=/\\]+=[^:]*)*)$/.exec(text)!
    if (!isPolicyFile(name)) policyNamed(name)
    const path = isPolicyFile(name) ? relative(dirname(scenarioFile), name) : name
    if (options === '') return path
    const given = Object.fromEntries(options.slice(1).split(':').map(optionOf))
    return { ...given, name: path } as PolicySpecs[number]
  })
}

function optionOf(text: string): [string, number] {
  const [option, value] = text.split('=')
  if (value.trim() !== '' && Number.isFinite(Number(value))) return [option, Number(value)]
  throw new UserError(`policy option ${option} is "${value}"; must be a number`)
}

/** The policies with the user's own loaded, and the options of all checked. */
export async function entrantsOf({ file, fleet }: LoadedScenario, specs: PolicySpecs): Promise<Entrant[]> {
  const kinds = fleet.kinds.map(({ name }) => name)
  const entrants: Entrant[] = []
  for (const choice of policyChoices(specs)) {
    const entrant = await entrantOf(choice, file)
    policyOptions(entrant.name, entryOf(entrant), choice.options, kinds)
    entrants.push(entrant)
  }
  checkLabels(entrants)
  return entrants
}

function entryOf({ name, entry }: Entrant): PolicyEntry {
  return entry ?? policyNamed(name)
}

async function entrantOf({ composition, ...choice }: PolicyChoice, scenarioFile: string): Promise<Entrant> {
  if (composition !== undefined) return { ...choice, entry: compositionEntry(composition) }
  return isPolicyFile(choice.name) ? fromFile(choice, scenarioFile) : choice
}

/** Named by the file alone, whatever folder it is seen from. */
async function fromFile({ name, options, label }: PolicyChoice, scenarioFile: string): Promise<Entrant> {
  const path = besideScenario(scenarioFile, name)
  const entry = await loadPolicy(relative(process.cwd(), path))
  const named = { name: basename(path), options, label: label.replace(name, basename(path)) }
  return { ...named, entry, sha256: sha256Of(readFileSync(path)) }
}

function checkLabels(entrants: readonly Entrant[]): void {
  const labels = entrants.map(({ label }) => label)
  const twin = labels.find((label, i) => labels.indexOf(label) !== i)
  if (twin !== undefined)
    throw new UserError(`policy ${twin} comes twice; give it once, or with other options or another name`)
}
