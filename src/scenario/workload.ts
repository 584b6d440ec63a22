import type { ArrivalSource } from '../arrivals/contract.ts'
import type { ReadingOptions } from '../arrivals/formats/contract.ts'
import { generated } from '../arrivals/generate.ts'
import { fromMemory, fromRows } from '../arrivals/memory.ts'
import { withHits } from '../arrivals/transforms/hits.ts'
import { merged } from '../arrivals/transforms/merge.ts'
import { scaled } from '../arrivals/transforms/scale.ts'
import { UserError } from '../core/errors.ts'
import type { ClosedLoop } from '../fleet/course.ts'
import { closedLoopOf } from './closed-loop.ts'
import { dotted, located } from './document.ts'
import { generatorSpec, hasRate } from './generators.ts'
import { gapSpec } from './laws.ts'
import type { PresetOptions } from './preset-schema.ts'
import type { ParsedScenario } from './schema.ts'
import { transformedBy } from './transform-schema.ts'
import type { Workload, WorkloadPart, WorkloadTrace } from './workload-schema.ts'

/** A trace as the scenario names it. */
export interface TraceRef {
  readonly trace: string
  readonly format: WorkloadTrace['format']
  readonly options: ReadingOptions
}

/** A preset as the scenario names it, with the prefix of the names of its streams of chance. */
export interface PresetRef {
  readonly preset: string
  readonly options: PresetOptions
  readonly seed: string | number
  readonly name: string
}

/** Opens a fresh reader of what a scenario names. */
export type OpenTrace = (named: TraceRef | PresetRef) => ArrivalSource

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
    const closedLoop = located(parsed, ['workload', 'closed_loop'], () =>
      closedLoopOf(workload.closed_loop, seed),
    )
    return { arrivals: () => fromMemory(fromRows([])), pace: { by: 'factor', factor: 1 }, closedLoop }
  }
  checkGenerators(parsed, workload)
  return { arrivals: () => arrivalsOf(workload, seed, open), pace: paceOf(parsed, workload) }
}

/** The requests of a workload at its own rate. */
export function arrivalsOf(workload: OpenLoop, seed: string | number, open: OpenTrace): ArrivalSource {
  if (!('mix' in workload)) return sourceOfPart(workload, seed, 'arrivals', open)
  return merged(workload.mix.map((part, i) => mixed(part, seed, `arrivals/${i}`, open)))
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

/** A workload that comes whatever becomes of it. */
export type OpenLoop = Exclude<Workload, { closed_loop: unknown }>

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

function sourceOfPart(
  part: WorkloadPart,
  seed: string | number,
  name: string,
  open: OpenTrace,
): ArrivalSource {
  const { transform, prefix_hit_share: hitShare } = part
  const untouched = () => sourceNamed(part, seed, name, open)
  const source = transform === undefined ? untouched() : transformedBy(untouched, transform, seed, name)
  return hitShare === undefined ? source : withHits(source, hitShare)
}

function sourceNamed(
  part: WorkloadPart,
  seed: string | number,
  name: string,
  open: OpenTrace,
): ArrivalSource {
  if ('generate' in part) return generated(generatorSpec(part.generate), seed, name)
  if ('trace' in part) {
    return open({ trace: part.trace, format: part.format, options: readingOptions(part, seed, name) })
  }
  const { preset, services, first_day, days, scale, requests } = part
  return open({ preset, options: given({ services, first_day, days, scale, requests }), seed, name })
}

function readingOptions(part: WorkloadTrace, seed: string | number, name: string): ReadingOptions {
  const { zero_output: zeroOutput, sort_rows: sortRows, arrivals } = part
  const { block_tokens: blockTokens, characters_per_token: charactersPerToken } = part
  const gaps = arrivals && gapSpec(arrivals)
  return {
    className: part.class,
    onBadRow: part.on_bad_row,
    ...given({ zeroOutput, sortRows, gaps, blockTokens, charactersPerToken }),
    seed: `${seed}/${name}`,
  }
}

type Given<T> = { [Key in keyof T]?: Exclude<T[Key], undefined> }

/** What is there of it. */
function given<T extends object>(values: T): Given<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Given<T>
}
