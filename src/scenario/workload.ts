import { lengthsByTurn } from '../arrivals/clients.ts'
import type { ArrivalSource } from '../arrivals/contract.ts'
import { generated } from '../arrivals/generate.ts'
import { withHits } from '../arrivals/hits.ts'
import { fromMemory, fromRows } from '../arrivals/memory.ts'
import { merged } from '../arrivals/merge.ts'
import { scaled } from '../arrivals/scale.ts'
import { UserError } from '../core/errors.ts'
import type { ClosedLoop } from '../fleet/course.ts'
import { dotted, located } from './document.ts'
import type { GenerateSpec } from './generate-schema.ts'
import { generatorSpec, hasRate, lengthSpec } from './generators.ts'
import type { ParsedScenario } from './schema.ts'
import type { Workload, WorkloadPart } from './workload-schema.ts'

/** A trace as the scenario names it. */
export interface TraceRef {
  readonly trace: string
  readonly format: 'auto' | 'azure2023'
  readonly class: string
}

/** Opens a fresh reader of a trace. */
export type OpenTrace = (trace: TraceRef) => ArrivalSource

/** At which rate the requests come. */
export type Pace =
  | { readonly by: 'load'; readonly load: number }
  | { readonly by: 'rate'; readonly ratePerS: number }
  | { readonly by: 'factor'; readonly factor: number }

export interface BuiltWorkload {
  /** A fresh reader at each call, at the workload's own rate: `paceFactor` says how much faster it shall be. */
  readonly arrivals: () => ArrivalSource
  readonly pace: Pace
  readonly closedLoop?: ClosedLoop
}

/** Throws a UserError where the scenario's workload contradicts itself. */
export function buildWorkload(parsed: ParsedScenario, open: OpenTrace): BuiltWorkload {
  const { workload, seed } = parsed.scenario
  if ('closed_loop' in workload) {
    const { clients, think_s, requests, lengths } = workload.closed_loop
    const bodies = lengthsByTurn(seed, lengthSpec(lengths.input), lengthSpec(lengths.output))
    const closedLoop = { clients, requests, thinkS: think_s, lengths: bodies }
    return { arrivals: () => fromMemory(fromRows([])), pace: { by: 'factor', factor: 1 }, closedLoop }
  }
  checkGenerators(parsed, workload)
  const pace = paceOf(parsed, workload)
  if (!('mix' in workload)) return { arrivals: () => sourceOfPart(workload, seed, 'arrivals', open), pace }
  const { mix } = workload
  return { arrivals: () => merged(mix.map((part, i) => mixed(part, seed, `arrivals/${i}`, open))), pace }
}

/**
 * By how much to scale the workload, for `scaled`.
 *
 * @param meanRatePerS of the workload as it is
 * @param saturationRequestsPerS of the fleet under this workload; asked for only where the pace is a load
 */
export function paceFactor(pace: Pace, meanRatePerS: number, saturationRequestsPerS: () => number): number {
  if (pace.by === 'factor') return pace.factor
  const ratePerS = pace.by === 'rate' ? pace.ratePerS : pace.load * saturationRequestsPerS()
  return ratePerS / meanRatePerS
}

type OpenLoop = Exclude<Workload, { closed_loop: unknown }>

function paceOf(parsed: ParsedScenario, workload: OpenLoop): Pace {
  const { load, rate_scale, rate_per_s } = workload
  const given = Object.entries({ load, rate_scale, rate_per_s }).filter(([, value]) => value !== undefined)
  if (given.length > 1) {
    const names = given.map(([key]) => key).join(' and ')
    throw new UserError(
      `${parsed.keyPlace(['workload'], given[1][0])}: workload has ${names}; must have one of them`,
    )
  }
  if (load !== undefined) return { by: 'load', load }
  if (rate_per_s !== undefined) return { by: 'rate', ratePerS: rate_per_s }
  return { by: 'factor', factor: rate_scale ?? 1 }
}

/** A generator must have a rate, its own or the workload's, and laws that make sense. */
function checkGenerators(parsed: ParsedScenario, workload: OpenLoop): void {
  const inMix = 'mix' in workload
  for (const [i, part] of (inMix ? workload.mix : [workload]).entries()) {
    if (!('generate' in part)) continue
    const path = ['workload', ...(inMix ? ['mix', i] : []), 'generate']
    located(parsed, path, () => generated(generatorSpec(part.generate), parsed.scenario.seed))
    const isPaced = !inMix && (workload.load ?? workload.rate_per_s) !== undefined
    if (isPaced || hasRate(part.generate.arrivals)) continue
    const needs = inMix ? 'every part of a mix needs its own' : 'or else the workload a load'
    const where = parsed.place([...path, 'arrivals'])
    throw new UserError(`${where}: ${dotted(path)}.arrivals has no rate_per_s; must have one, ${needs}`)
  }
}

function mixed(part: WorkloadPart, seed: string | number, name: string, open: OpenTrace): ArrivalSource {
  const source = sourceOfPart(part, seed, name, open)
  return part.rate_scale === undefined ? source : scaled(source, part.rate_scale)
}

type OnePart = (TraceRef | { generate: GenerateSpec }) & { prefix_hit_share?: number | undefined }

function sourceOfPart(part: OnePart, seed: string | number, name: string, open: OpenTrace): ArrivalSource {
  const source = 'trace' in part ? open(part) : generated(generatorSpec(part.generate), seed, name)
  return part.prefix_hit_share === undefined ? source : withHits(source, part.prefix_hit_share)
}
