import { z } from 'zod'
import { UserError } from '../core/errors.ts'
import type { Composition } from '../routing/composition/contract.ts'
import { disaggregation, remoteStore } from './deployment-schema.ts'
import { type KeyPath, type Source, valueAt } from './document.ts'
import { gateway } from './gateway-schema.ts'
import { compositionOf, isComposition, type NamedPolicy, policySchema } from './policy-schema.ts'
import { modelPool } from './pool-schema.ts'
import { router } from './router-schema.ts'
import { modelSlo, taskSlo } from './slo-schema.ts'
import { taskPool } from './task-schema.ts'
import { type KnownKeys, knownKeys, validated } from './validate.ts'
import { workloadSchema } from './workload-schema.ts'

const positive = () => z.number().positive()

const name = z.string().min(1)
const seed = z.union([z.int(), z.string()]).default(1)

const site = {
  region: z.string().describe('Id of a region: its grid'),
  start_hour: z.int().min(0).max(23).default(0).describe('Local hour at which the workload begins'),
  pue: z.number().min(1).default(1.12).describe('Facility energy per unit of IT energy'),
  warmup_s: z.number().min(0).default(0).describe('Meters and latencies leave out what came before'),
  sample_s: positive().default(10).describe('Seconds between rows of the time series'),
  router: router.optional(),
  gateway: gateway.optional(),
}

const policies = z
  .array(policySchema)
  .min(1)
  .describe('Routing policies to race: names, names with options, or policies put together from parts')

/** A fleet that serves a language model. */
const modelScenarioSchema = z.strictObject({
  name,
  seed,
  model: z.string().describe('Id of a model'),
  ...site,
  slo: modelSlo,
  workload: workloadSchema,
  fleet: z.array(modelPool).min(1).describe('Pools of like replicas'),
  disaggregation: disaggregation.optional(),
  remote_store: remoteStore.optional(),
  policies,
})

/** A fleet that serves a task: a request's prompt tokens are its samples, and its one output token its answer. */
const taskScenarioSchema = z.strictObject({
  name,
  seed,
  task: z.string().describe('Id of a task'),
  ...site,
  slo: taskSlo,
  workload: workloadSchema,
  fleet: z.array(taskPool).min(1).describe('Pools of like replicas'),
  policies,
})

export type ModelScenario = z.output<typeof modelScenarioSchema>
export type TaskScenario = z.output<typeof taskScenarioSchema>
export type Scenario = ModelScenario | TaskScenario

/** A scenario that fits the schema, with where it was written. */
export interface ParsedScenario extends Source {
  readonly scenario: Scenario
  /** Policies that it names and that packages bring, as whoever runs it has found. */
  readonly packages?: readonly string[]
}

/** Throws a UserError with one line for each mistake. */
export function parseScenario(source: Source): ParsedScenario {
  return { ...source, scenario: scenarioOf(source) }
}

/** Keys that the map at a path of such a scenario may have. */
export function scenarioKeys(input: unknown, path: KeyPath): KnownKeys {
  const isTask = typeof input === 'object' && input !== null && 'task' in input
  return knownKeys(isTask ? taskScenarioSchema : modelScenarioSchema, path)
}

function scenarioOf(source: Source): Scenario {
  const { input } = source
  if (typeof input !== 'object' || input === null || !('task' in input)) {
    return validated(modelScenarioSchema, source)
  }
  if (!('model' in input)) return validated(taskScenarioSchema, source)
  throw new UserError(`${source.keyPlace([], 'task')}: the file has model and task; must have one of them`)
}

/** Values that the scenario takes because its file leaves them out, by their key, in order. */
export function defaultsTaken({ scenario, input }: ParsedScenario): [key: KeyPath, value: unknown][] {
  return missing(scenario, input, [])
}

function missing(value: unknown, input: unknown, path: KeyPath): [KeyPath, unknown][] {
  if (typeof value !== 'object' || value === null) return input === undefined ? [[path, value]] : []
  return Object.entries(value).flatMap(([key, inner]) => {
    const part = Array.isArray(value) ? Number(key) : key
    return missing(inner, valueAt(input, [part]), [...path, part])
  })
}

/** The scenario file's JSON Schema, for editors: what configs/scenario.schema.json holds. */
export function scenarioJsonSchema(): object {
  return {
    title: 'Regatta scenario',
    ...z.toJSONSchema(z.union([modelScenarioSchema, taskScenarioSchema]), { io: 'input', reused: 'ref' }),
  }
}

/** A policy to race. */
export interface PolicyChoice {
  readonly name: string
  readonly options: Readonly<Record<string, number>>
  /** Its name; with its options where the name comes twice. */
  readonly label: string
  /** Of a policy that the scenario puts together, which has no options. */
  readonly composition?: Composition
}

/** The policies in order. */
export function policyChoices(policies: readonly (string | NamedPolicy)[]): PolicyChoice[] {
  const chosen = policies.map(policy => {
    if (typeof policy === 'string') return { name: policy, options: {} }
    if (isComposition(policy)) {
      return { name: policy.name, options: {}, composition: compositionOf(policy) }
    }
    const { name, ...options } = policy
    return { name, options: options as Record<string, number> }
  })
  const isTwin = (name: string) => chosen.filter(other => other.name === name).length > 1
  return chosen.map(choice => {
    const { name, options } = choice
    const given = Object.entries(options).map(([option, value]) => `${option}=${value}`)
    return { ...choice, label: isTwin(name) ? [name, ...given].join(' ') : name }
  })
}
