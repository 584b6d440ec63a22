import { looped } from '../../arrivals/transforms/loop.ts'
import { readWhole, type WholeWorkload } from '../../arrivals/whole.ts'
import { UserError } from '../../core/errors.ts'
import { buildWorkload, paceFactor } from '../../scenario/workload.ts'
import type { RequestClass } from './classes.ts'
import { dealt, only } from './dealt.ts'
import type { Plan } from './load.ts'
import { scenarioOf } from './scenario-of.ts'

/** All requests of a plan that ask for one model, whatever their class and lengths. */
export interface Mix extends RequestClass {
  /** Requests a second at the plan's pace. */
  readonly ratePerS: number
  /** So many of them, evenly over all their time, sessions whole, as a router deals in turn; over and over where they are fewer. */
  readonly arrivals: RequestClass['arrivals']
}

/** Millions of output tokens an hour of so many requests a second. */
export function mtokPerHourOf({ meanOutputTokens }: Mix, ratePerS: number): number {
  return (ratePerS * meanOutputTokens * 3600) / 1e6
}

/** Requests a second of so many millions of output tokens an hour. */
export function ratePerSOf({ meanOutputTokens }: Mix, mtokPerHour: number): number {
  return (mtokPerHour * 1e6) / 3600 / meanOutputTokens
}

/** One mix for each model that is asked for. Throws a UserError where one has too few requests to have a rate. */
export async function mixesOf(plan: Plan): Promise<Mix[]> {
  const { spec, source, open, options } = plan
  const parsed = scenarioOf(spec, source, { fleet: [{ option: options[0], nodes: 1 }], warmupS: 0 })
  const { arrivals, pace } = buildWorkload(parsed, open)
  const whole = await readWhole(arrivals())
  const models = modelByRow(whole, plan)
  const mixes = [...new Set(models)].map(model => requestsFor(whole, models, model))
  for (const { requests, lastS, name } of mixes) checkRate(plan, name, requests, lastS)
  const meanPerS = (whole.length - 1) / whole.arrivalS[whole.length - 1]
  const ratePerS = meanPerS * paceFactor(pace, meanPerS, () => Number.NaN)
  return mixes.map(({ lastS: _, ...mix }) => ({ ...mix, ratePerS: (ratePerS * mix.requests) / whole.length }))
}

/** Who asks for none gets the plan's first; the turns of a session go where its first goes. */
function modelByRow(whole: WholeWorkload, { spec }: Plan): (string | undefined)[] {
  const { models, details } = whole
  const ofSession = new Map<number, string | undefined>()
  return Array.from({ length: whole.length }, (_, row) => {
    const session = details?.sessionId[row] ?? -1
    if (ofSession.has(session)) return ofSession.get(session)
    const named = models?.[details?.modelId[row] ?? -1]
    const model = spec.task === undefined ? (named ?? [spec.model ?? []].flat()[0]) : undefined
    if (session >= 0) ofSession.set(session, model)
    return model
  })
}

function requestsFor(whole: WholeWorkload, models: readonly (string | undefined)[], model?: string) {
  const rows = [...models.keys()].filter(row => models[row] === model)
  const mean = (lengths: Int32Array) => rows.reduce((sum, row) => sum + lengths[row], 0) / rows.length
  return {
    name: model === undefined ? 'all requests' : `all requests for ${model}`,
    model,
    requests: rows.length,
    meanInputTokens: mean(whole.inputTokens),
    meanOutputTokens: mean(whole.outputTokens),
    lastS: whole.arrivalS[rows.at(-1)!] - whole.arrivalS[rows[0]],
    arrivals: (requests: number) => looped(() => only(whole, dealt(whole, rows, requests)), { requests }),
  }
}

function checkRate({ source }: Plan, name: string, requests: number, lastS: number): void {
  if (lastS > 0) return
  throw new UserError(
    `${source.place(['workload'])}: workload has of ${name} ${requests}, over ${lastS} s; ` +
      'must have 2 or more, at different times, to have a rate',
  )
}
