import { createHash } from 'node:crypto'
import { closeSync, openSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { traceFiles } from '../arrivals/file.ts'
import { UserError } from '../core/errors.ts'
import { packageFile } from '../routing/load.ts'
import { checkPolicyFile, isPolicyFile } from '../routing/policy-file.ts'
import { policyFiles } from '../routing/policy-imports.ts'
import { besideScenario } from '../scenario/files.ts'
import { folderOf } from '../scenario/own-policies.ts'
import { type PolicyChoice, policyChoices, type Scenario } from '../scenario/schema.ts'
import { SHIPPED_PRESETS } from '../scenario/shipped.ts'
import { partsOf } from '../scenario/workload-schema.ts'
import type { Experiment } from './experiment.ts'
import { scenarioAt, settingCount } from './settings.ts'

/** Every file of the user's that an experiment's results rest on, its own first: absolute paths, each once. */
export function filesOf(experiment: Experiment): string[] {
  const { file, scenarioFile, catalogueFiles } = experiment
  const files = new Set([file, scenarioFile, ...catalogueFiles.flatMap(traceFiles)])
  for (let setting = 0; setting < settingCount(experiment); setting++) {
    const { scenario } = scenarioAt(experiment, setting)
    const policies = policyChoices(scenario.policies).flatMap(choice => filesOfPolicy(choice, scenarioFile))
    for (const read of [...filesOfWorkload(scenario, scenarioFile), ...policies]) files.add(read)
  }
  return [...files].filter(path => !path.startsWith(SHIPPED_PRESETS))
}

/** Traces and presets that a workload is read from. */
export function filesOfWorkload({ workload }: Scenario, scenarioFile: string): string[] {
  return partsOf(workload).flatMap(part => {
    if ('trace' in part) return traceFiles(besideScenario(scenarioFile, part.trace))
    if (!('preset' in part)) return []
    const { preset } = part
    const isOwn = preset.endsWith('.json')
    return [isOwn ? besideScenario(scenarioFile, preset) : join(SHIPPED_PRESETS, `${preset}.json`)]
  })
}

/** The code of a policy of the user's own; none of one that comes with the program. */
export function filesOfPolicy({ name, composition }: PolicyChoice, scenarioFile: string): string[] {
  if (composition !== undefined) return []
  if (isPolicyFile(name)) {
    const path = besideScenario(scenarioFile, name)
    checkPolicyFile(path)
    return policyFiles(path)
  }
  const folder = folderOf(name, scenarioFile)
  const file = folder === undefined ? undefined : packageFile(name, folder)
  return file ? policyFiles(file) : []
}

const CHUNK_BYTES = 1 << 20

/** Fingerprint of a file's bytes, which are not held in memory. Throws a UserError where it cannot be read. */
export function fileSha256(path: string): string {
  const hash = createHash('sha256')
  const chunk = new Uint8Array(CHUNK_BYTES)
  const file = openedFile(path)
  try {
    for (let read = readSync(file, chunk); read > 0; read = readSync(file, chunk)) {
      hash.update(chunk.subarray(0, read))
    }
  } finally {
    closeSync(file)
  }
  return hash.digest('hex')
}

function openedFile(path: string): number {
  try {
    return openSync(path, 'r')
  } catch {
    throw new UserError(`${path}: there is no such file, or it may not be read`)
  }
}
