import { UserError } from '../../core/errors.ts'
import type { KeyPath, Source } from '../../scenario/document.ts'
import { type ParsedScenario, parseScenario } from '../../scenario/schema.ts'
import type { Nodes } from './contract.ts'
import type { Option } from './options.ts'
import type { PlanSpec } from './plan-schema.ts'

/** Nodes of an option in a fleet. */
export interface Share {
  readonly option: Option
  readonly nodes: number
}

/** What differs from scenario to scenario of a plan. */
export interface Setting {
  readonly fleet: readonly Share[]
  readonly warmupS: number
  /** Times as many requests a second as the workload has by itself; the plan's own pace where absent. */
  readonly rateScale?: number
  /** Model that requests ask for which name none; the plan's first where absent. */
  readonly model?: string | undefined
}

/** The options that a fleet has nodes of. */
export function sharesOf(options: readonly Option[], nodes: Nodes): Share[] {
  return options.map((option, i) => ({ option, nodes: nodes[i] })).filter(share => share.nodes > 0)
}

/** The plan's scenario with a fleet; places of mistakes are those of the plan's file. Throws a UserError as scenarios do. */
export function scenarioOf(spec: PlanSpec, source: Source, setting: Setting): ParsedScenario {
  const { fleet, warmupS, rateScale } = setting
  const { slo, workload } = source.input as Readonly<Record<string, unknown>>
  const { name, seed, region, start_hour, pue, policy } = spec
  const input = {
    ...{ name, seed, ...servedOf(spec, setting), region, start_hour, pue },
    ...{ warmup_s: warmupS, slo, workload: rateScale === undefined ? workload : scaled(workload, rateScale) },
    fleet: fleet.map(({ option, nodes }) => ({ ...option.pool, name: option.name, nodes })),
    policies: [policy],
  }
  const inPlan = (path: KeyPath): KeyPath =>
    path[0] === 'fleet' && path.length > 1
      ? ['candidates', fleet[Number(path[1])].option.candidate, ...path.slice(2)]
      : path
  return inPlanWords(fleet, () =>
    parseScenario({
      input,
      place: path => source.place(inPlan(path)),
      keyPlace: (path, key) => source.keyPlace(inPlan(path), key),
    }),
  )
}

/** Runs the work; a UserError of it speaks of the plan's candidates where a scenario has pools. */
export function inPlanWords<T>(fleet: readonly Share[], work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (error instanceof UserError) throw new UserError(planWords(error.message, fleet), { cause: error })
    throw error
  }
}

/** A message about a scenario's pools as one about the plan's candidates, each line once. */
export function planWords(text: string, fleet: readonly Share[]): string {
  const named = text.replaceAll(/\bfleet\[(\d+)\]/g, (_, pool) => `candidates[${candidateOf(fleet, pool)}]`)
  return [...new Set(named.split('\n'))].join('\n')
}

/** A message on one line, without the file, line and column that lines of it may begin with. */
export function withoutPlace(text: string): string {
  const lines = text.split(/\s*\n\s*/)
  return lines.map(line => line.replace(/^\S+:\d+:\d+: /, '')).join('; ')
}

function candidateOf(fleet: readonly Share[], pool: string): number {
  return fleet[Number(pool)].option.candidate
}

function servedOf({ task, model }: PlanSpec, setting: Setting) {
  return task === undefined ? { model: setting.model ?? [model].flat()[0] } : { task }
}

function scaled(workload: unknown, rateScale: number) {
  const { rate_per_s: _, ...rest } = workload as Readonly<Record<string, unknown>>
  return { ...rest, rate_scale: rateScale }
}
