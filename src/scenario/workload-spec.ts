import type { ArrivalSource } from '../arrivals/contract.ts'
import { generated } from '../arrivals/generate.ts'
import { UserError } from '../core/errors.ts'
import { dotted, type KeyPath, partOf, type Source } from './document.ts'
import { type GenerateSpec, generateSchema } from './generate-schema.ts'
import { generatorSpec, hasRate } from './generators.ts'
import { parseScenario } from './schema.ts'
import { type TransformItem, transformedBy } from './transform-schema.ts'
import { validated } from './validate.ts'
import { arrivalsOf, type OpenLoop, type OpenTrace } from './workload.ts'
import { type Workload, workloadSchema } from './workload-schema.ts'

/** A workload by itself, without a fleet. */
export interface WorkloadSpec {
  readonly workload: OpenLoop
  /** As the file has it. */
  readonly seed: string | number | undefined
  /** The file, and where in it the workload lies. */
  readonly source: Source
  readonly path: KeyPath
}

/** How much of a workload is wanted, and how fast. */
export interface Wanted {
  readonly requests?: number
  readonly durationS?: number
  readonly ratePerS?: number
}

const WORKLOAD_KEYS = ['generate', 'trace', 'preset', 'mix', 'closed_loop']

/**
 * Reads a workload from a scenario, from its `workload` section or from the `generate` section of that. Throws a
 * UserError with a line for each mistake.
 */
export function workloadSpec(source: Source): WorkloadSpec {
  const keys = Object.keys((source.input as object | null) ?? {})
  if (keys.includes('fleet')) {
    const { scenario } = parseScenario(source)
    return { workload: openLoop(scenario.workload), seed: scenario.seed, source, path: ['workload'] }
  }
  const path = keys.includes('workload') ? ['workload'] : []
  const part = partOf(source, path)
  const isWorkload = path.length > 0 || WORKLOAD_KEYS.some(key => keys.includes(key))
  const workload = isWorkload
    ? validated(workloadSchema, part)
    : { generate: validated(generateSchema, part) }
  return { workload: openLoop(workload), seed: undefined, source, path }
}

function openLoop(workload: Workload): OpenLoop {
  if (!('closed_loop' in workload)) return workload
  throw new UserError('the workload is a closed loop; its times depend on the fleet, so it is no trace')
}

/**
 * The requests of a workload at the pace that it says, or that is wanted. Throws a UserError where it says none, or a
 * load, which only a fleet makes a rate.
 */
export function workloadArrivals(
  spec: WorkloadSpec,
  wanted: Wanted,
  seed: string | number,
  open: OpenTrace,
): ArrivalSource {
  const pace = paceOf(spec, wanted)
  const changes = [...(pace ? [{ rate: pace }] : []), ...limitsOf(spec.workload, wanted)]
  const limited = { ...spec, workload: limitedTo(spec.workload, wanted, pace) }
  checkGenerators(limited, wanted)
  return transformedBy(() => arrivalsOf(limited.workload, seed, open), changes, seed, 'trace')
}

/** What the rate of a workload is made. */
type RateItem = NonNullable<TransformItem['rate']>

/** A generator draws as many as are wanted once they are at their pace; anything else is cut. */
function limitedTo(workload: OpenLoop, wanted: Wanted, pace: RateItem | undefined): OpenLoop {
  if (!('generate' in workload) || (wanted.requests ?? wanted.durationS) === undefined) return workload
  return { ...workload, generate: { ...workload.generate, ...ownLimits(wanted, pace) } }
}

/** Limits of a generator that is then brought to a pace: at a mean rate, a duration is a number of requests. */
function ownLimits({ requests, durationS }: Wanted, pace: RateItem | undefined) {
  if (durationS === undefined || pace === undefined) return { requests, duration_s: durationS }
  if ('factor' in pace) return { requests, duration_s: durationS * pace.factor }
  const inTime = Math.max(1, Math.round(durationS * pace.per_s))
  return { requests: Math.min(inTime, requests ?? inTime), duration_s: undefined }
}

function limitsOf(workload: OpenLoop, { requests, durationS }: Wanted): TransformItem[] {
  if ('generate' in workload) return []
  return [
    ...(durationS === undefined ? [] : [{ slice: { from_s: 0, to_s: durationS } }]),
    ...(requests === undefined ? [] : [{ head: requests }]),
  ]
}

function paceOf({ workload, source, path }: WorkloadSpec, { ratePerS }: Wanted): RateItem | undefined {
  if (ratePerS !== undefined) return { per_s: ratePerS }
  const { load, rate_scale, rate_per_s } = workload
  if (load !== undefined) {
    const where = `${source.place([...path, 'load'])}: ${dotted([...path, 'load'])}`
    throw new UserError(`${where} is ${load}; a trace has no fleet to load: --rate says how fast it comes`)
  }
  if (rate_per_s !== undefined) return { per_s: rate_per_s }
  return rate_scale === undefined ? undefined : { factor: rate_scale }
}

function checkGenerators({ workload, source, path }: WorkloadSpec, { ratePerS }: Wanted): void {
  const isPaced = (ratePerS ?? workload.rate_per_s) !== undefined
  const inMix = 'mix' in workload
  for (const [i, part] of (inMix ? workload.mix : [workload]).entries()) {
    if (!('generate' in part)) continue
    const where = source.place([...path, ...(inMix ? ['mix', i] : [])])
    mustMakeSense(part.generate, where)
    if (hasRate(part.generate.arrivals) || (isPaced && !inMix)) continue
    throw new UserError(`${where}: arrivals has no rate_per_s; must have one, or else --rate be given`)
  }
}

function mustMakeSense(generate: GenerateSpec, where: string): void {
  try {
    generated(generatorSpec(generate), 1)
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    throw new UserError(`${where}: ${error.message}`, { cause: error })
  }
}
