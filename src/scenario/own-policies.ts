import { readFileSync } from 'node:fs'
import { basename, dirname, isAbsolute, relative, resolve } from 'node:path'
import { loadPackage, loadPolicy, type OwnPolicy, packageFolder } from '../routing/load.ts'
import { isPolicyFile } from '../routing/policy-file.ts'
import { type PolicyEntry, policies } from '../routing/registry.ts'
import type { Watch } from '../routing/watch.ts'
import { besideScenario } from './files.ts'
import { sha256Of } from './fingerprint.ts'
import { type PolicyChoice, policyChoices, type Scenario } from './schema.ts'

type PolicySpecs = Scenario['policies']

/** A policy of the user's own, loaded. */
export interface LoadedPolicy {
  readonly name: string
  readonly options: Readonly<Record<string, number>>
  readonly label: string
  readonly entry: PolicyEntry
  /** Of the text of its file. */
  readonly sha256: string
}

/** Whether any of the policies is the user's own: a file or a package. */
export function hasOwn(specs: PolicySpecs, scenarioFile: string): boolean {
  return policyChoices(specs).some(choice => isOwn(choice, scenarioFile))
}

/** Names of the policies that packages bring. */
export function packagesOf(specs: PolicySpecs, scenarioFile: string): string[] {
  const names = policyChoices(specs).filter(choice => isPackage(choice, scenarioFile))
  return names.map(({ name }) => name)
}

/** Where the name is not the registry's, and a package of that name can be had from here or from the scenario's folder. */
export function folderOf(name: string, scenarioFile: string): string | undefined {
  if (Object.hasOwn(policies, name) || isPolicyFile(name)) return undefined
  return packageFolder(name, packageFolders(scenarioFile))
}

/** From where packages are looked for. */
export function packageFolders(scenarioFile: string): string[] {
  return [...new Set([resolve('.'), resolve(dirname(scenarioFile))])]
}

/** A file as a scenario names it: from its folder; what counts from anywhere, or from here alike, as it was given. */
export function pathFor(scenarioFile: string, path: string): string {
  const folder = dirname(scenarioFile)
  return isAbsolute(path) || resolve(folder) === resolve('.') ? path : relative(folder, path)
}

function isOwn(choice: PolicyChoice, scenarioFile: string): boolean {
  return (choice.composition === undefined && isPolicyFile(choice.name)) || isPackage(choice, scenarioFile)
}

function isPackage({ name, composition }: PolicyChoice, scenarioFile: string): boolean {
  return composition === undefined && folderOf(name, scenarioFile) !== undefined
}

/**
 * The policy loaded; undefined where it is not the user's own. Throws a UserError that names the line of a mistake in it.
 *
 * @param watch told when the user's code is entered and left
 */
export async function ownPolicy(
  choice: PolicyChoice,
  scenarioFile: string,
  watch?: Watch,
): Promise<LoadedPolicy | undefined> {
  if (choice.composition !== undefined) return undefined
  if (isPolicyFile(choice.name)) return fromFile(choice, scenarioFile, watch)
  const folder = folderOf(choice.name, scenarioFile)
  return folder === undefined ? undefined : loadedAs(choice, await loadPackage(choice.name, folder, watch))
}

/** Named by the file alone, whatever folder it is seen from. */
async function fromFile(
  { name, options, label }: PolicyChoice,
  scenarioFile: string,
  watch?: Watch,
): Promise<LoadedPolicy> {
  const path = besideScenario(scenarioFile, name)
  const named = basename(path)
  const own = await loadPolicy(fromHere(name, path), watch)
  return loadedAs({ name: named, options, label: label.replace(name, named) }, own)
}

/** The path as the user gave it, if it counts from here. */
function fromHere(given: string, path: string): string {
  if (resolve(given) === resolve(path)) return given
  const seen = relative('', path)
  return seen.startsWith('.') ? seen : `./${seen}`
}

function loadedAs({ name, options, label }: PolicyChoice, { file, ...entry }: OwnPolicy): LoadedPolicy {
  return { name, options, label, entry, sha256: sha256Of(readFileSync(file)) }
}
