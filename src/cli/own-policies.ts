import { readFileSync } from 'node:fs'
import { basename, dirname, relative } from 'node:path'
import type { Entrant } from '../experiments/race.ts'
import { isPolicyFile, loadPackage, loadPolicy, type OwnPolicy, packageFolder } from '../routing/load.ts'
import { policies } from '../routing/registry.ts'
import { besideScenario } from '../scenario/files.ts'
import { type PolicyChoice, policyChoices, type Scenario } from '../scenario/schema.ts'
import { sha256Of } from './fingerprint.ts'
import { watchHere } from './watched.ts'

type PolicySpecs = Scenario['policies']

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
  return packageFolder(name, ['.', dirname(scenarioFile)])
}

function isOwn(choice: PolicyChoice, scenarioFile: string): boolean {
  return (choice.composition === undefined && isPolicyFile(choice.name)) || isPackage(choice, scenarioFile)
}

function isPackage({ name, composition }: PolicyChoice, scenarioFile: string): boolean {
  return composition === undefined && folderOf(name, scenarioFile) !== undefined
}

/** The policy loaded; undefined where it is not the user's own. */
export async function ownEntrant(choice: PolicyChoice, scenarioFile: string): Promise<Entrant | undefined> {
  if (choice.composition !== undefined) return undefined
  if (isPolicyFile(choice.name)) return fromFile(choice, scenarioFile)
  const folder = folderOf(choice.name, scenarioFile)
  if (folder === undefined) return undefined
  return entrant(choice, await loadPackage(choice.name, folder, watchHere()))
}

/** Named by the file alone, whatever folder it is seen from. */
async function fromFile({ name, options, label }: PolicyChoice, scenarioFile: string): Promise<Entrant> {
  const path = besideScenario(scenarioFile, name)
  const entry = await loadPolicy(relative(process.cwd(), path), watchHere())
  const named = basename(path)
  return entrant({ name: named, options, label: label.replace(name, named) }, entry)
}

function entrant({ name, options, label }: PolicyChoice, { file, ...entry }: OwnPolicy): Entrant {
  return { name, options, label, entry, sha256: sha256Of(readFileSync(file)) }
}
