import { basename } from 'node:path'
import type { Command } from 'commander'
import { UserError } from '../core/errors.ts'
import { nearest, suggestion } from '../core/nearest.ts'
import { checkDecoder, optionsOf } from '../experiments/entrant.ts'
import type { Entrant } from '../experiments/race.ts'
import { compositionEntry } from '../routing/composition/composed.ts'
import { ENDINGS, isPolicyFile, meantText, nearestFiles } from '../routing/policy-file.ts'
import { policies } from '../routing/registry.ts'
import { located } from '../scenario/document.ts'
import { folderOf, packageFolders, pathFor } from '../scenario/own-policies.ts'
import { type PolicyChoice, policyChoices, type Scenario } from '../scenario/schema.ts'
import { collect } from './flags.ts'
import { ownEntrant } from './own-policies.ts'
import type { LoadedScenario } from './scenario.ts'

type PolicySpecs = Scenario['policies']

/** Flags of every command that runs several policies. */
export interface PolicyFlags {
  readonly policies?: string
  readonly policy?: readonly string[]
}

export function withPolicyFlags(command: Command): Command {
  return command
    .option(
      '--policies <names>',
      "policies in place of the scenario's, or some of those: names or files, by comma",
    )
    .option('--policy <name>', 'one policy more, such as ./my-policy.ts; may be repeated', collect)
}

/** The policies that the flags choose of a scenario's, or beside them. */
export function chosenSpecs(scenarioFile: string, { policies: names, policy = [] }: PolicyFlags) {
  return ({ policies: given }: Scenario): PolicySpecs => [
    ...(names === undefined ? given : policySpecs(names.split(','), scenarioFile, given)),
    ...policySpecs(policy, scenarioFile, given),
  ]
}

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
    throw new UserError(unknownText(name, scenarioFile, [...new Set([...Object.keys(policies), ...labels])]))
  }
  const path = isPolicyFile(name) ? pathFor(scenarioFile, name) : name
  if (options === '') return path
  const given = Object.fromEntries(
    options
      .slice(1)
      .split(':')
      .map(option => optionOf(basename(name), option)),
  )
  return { ...given, name: path } as PolicySpecs[number]
}

/** What has been looked for, where neither a name nor a file is near. */
function unknownText(name: string, scenarioFile: string, known: readonly string[]): string {
  if (nearest(name, known).length > 0) return `there is no policy '${name}'; ${suggestion(name, known)}`
  const folders = packageFolders(scenarioFile).join(' or ')
  const looked = `nothing built in is called that, no package of that name is found from ${folders}, and ${ENDINGS}`
  const files = nearestFiles(name)
  const hint = files.length > 0 ? meantText(files) : '; regatta policies lists what is built in'
  return `there is no policy '${name}': ${looked}${hint}`
}

function optionOf(policy: string, text: string): [string, number] {
  const [option, value] = text.split('=')
  if (value.trim() !== '' && Number.isFinite(Number(value))) return [option, Number(value)]
  throw new UserError(`policy ${policy}: option ${option} is "${value}"; must be a number`)
}

/** The policies with the user's own loaded, and the options of all checked. */
export async function entrantsOf(loaded: LoadedScenario, specs: PolicySpecs): Promise<Entrant[]> {
  const entrants: Entrant[] = []
  for (const [i, choice] of policyChoices(specs).entries()) {
    const entrant = await entrantOf(choice, loaded.file)
    const options = within(loaded, specs, i, () => optionsOf(entrant, loaded.fleet))
    within(loaded, specs, i, () => checkDecoder(entrant, options, loaded))
    entrants.push(entrant)
  }
  checkLabels(entrants, i => placeOf(loaded, specs, i))
  return entrants
}

/** Does the work; a UserError of it tells where in the file the policy is given. */
function within<T>(loaded: LoadedScenario, specs: PolicySpecs, i: number, work: () => T): T {
  const isGiven = placeOf(loaded, specs, i) !== ''
  return isGiven ? located(loaded.parsed, ['policies', i], work) : work()
}

/** Where in the file a policy is given; empty where the command line gives it. */
function placeOf({ parsed }: LoadedScenario, specs: PolicySpecs, i: number): string {
  const { policies: given } = parsed.scenario
  const isGiven = i < given.length && given.every((spec, j) => spec === specs[j])
  return isGiven ? `${parsed.place(['policies', i])}: ` : ''
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
