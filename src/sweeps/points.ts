import { basename } from 'node:path'
import { UserError } from '../core/errors.ts'
import { isPolicyFile } from '../routing/policy-file.ts'
import { type PolicyChoice, policyChoices } from '../scenario/schema.ts'
import type { Cell } from './contract.ts'
import type { Experiment } from './experiment.ts'
import { levelsOf, scenarioAt, settingCount } from './settings.ts'

/** A policy on a combination of levels. */
export interface Point {
  /** Of the combination, which the points of all policies on it share. */
  readonly setting: number
  /** What results call the level of each factor. */
  readonly levels: readonly string[]
  /** Place in the policies of the setting's scenario. */
  readonly policyIndex: number
  /** What results call the policy. */
  readonly policy: string
}

/** The points of an experiment in order: the last factor varies faster than the first, and policies fastest. */
export function pointsOf(experiment: Experiment): Point[] {
  const policies = policyLabels(experiment)
  return Array.from({ length: settingCount(experiment) }, (_, setting) => {
    const levels = levelsOf(experiment, setting).map(({ label }) => label)
    return policies.map((policy, policyIndex) => ({ setting, levels, policyIndex, policy }))
  }).flat()
}

/** What results call the policies. Throws a UserError where they could not tell them apart. */
export function policyLabels(experiment: Experiment): string[] {
  const labels = policyChoices(scenarioAt(experiment, 0).scenario.policies).map(labelOf)
  const twin = labels.findIndex((label, i) => labels.indexOf(label) < i)
  if (twin < 0) return labels
  const where = experiment.base.place(['policies', twin])
  throw new UserError(
    `${where}: policy ${labels[twin]} comes twice; give it once, or with other options or another name`,
  )
}

/** A file is called by its name, whatever folder it is in. */
function labelOf({ name, label, composition }: PolicyChoice): string {
  const isFile = composition === undefined && isPolicyFile(name)
  return isFile ? label.replace(name, basename(name)) : label
}

/** `replication 3 of random at workload.load 0.5, fleet gpu` */
export function cellName(experiment: Experiment, { setting, policy }: Point, { replication }: Cell): string {
  const at = settingName(experiment, setting)
  return `replication ${replication} of ${policy}${at === '' ? '' : ` at ${at}`}`
}

/** `workload.load 0.5, fleet gpu`; empty where nothing is varied. */
export function settingName(experiment: Experiment, setting: number): string {
  const levels = levelsOf(experiment, setting)
  return experiment.factors.map(({ key }, i) => `${key} ${levels[i].label}`).join(', ')
}
