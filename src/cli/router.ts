import type { Course } from '../fleet/course.ts'
import { foretells, type LengthPredictor, PRIOR_OUTPUT_TOKENS } from '../fleet/length-predictor.ts'
import type { EventTiming } from '../fleet/signal-timing.ts'

type Line = readonly [name: string, text: string]
type Knowledge = Pick<Course, 'signals' | 'predictor'>

/** What the router knows, where the scenario says something of it. */
export function routerLines({ signals, predictor }: Knowledge): Line[] {
  const { load, kv, cache } = signals ?? {}
  return [
    ...lateLine('load', load),
    ...lateLine('free KV', kv),
    ...lateLine('caches', cache),
    ...(predictor === undefined ? [] : [['lengths', lengthsText(predictor)] as const]),
  ]
}

/** The same in full, with what holds where it says nothing. */
export function knowledgeLines({ signals, predictor }: Knowledge): Line[] {
  const { load, kv, cache } = signals ?? {}
  return [
    ['load', timingText(load)],
    ['free KV', timingText(kv)],
    ['caches', timingText(cache)],
    ['lengths', lengthsText(predictor)],
  ]
}

/** For under a table of results. */
export function foretellingNote({ predictor }: Knowledge): string[] {
  if (!foretells(predictor)) return []
  return [
    'The router is told output lengths before they are known: no router can do as well. Read this as what predicting\n' +
      'them would be worth at most.',
  ]
}

function lateLine(name: string, timing: EventTiming | undefined): Line[] {
  return timing === undefined ? [] : [[name, timingText(timing)]]
}

function timingText(timing: EventTiming | undefined): string {
  if (timing === undefined) return 'as it is, at once'
  const { everyS, lagS } = timing
  const late = lagS === 0 ? '' : `, known ${lagS} s later`
  return everyS === undefined ? `as events tell${late}` : `refreshed every ${everyS} s${late}`
}

function lengthsText(predictor: LengthPredictor = 'class-mean'): string {
  if (predictor === 'class-mean') return 'predicted by the mean of the finished requests of the class'
  if (predictor === 'none') return `not predicted: ${PRIOR_OUTPUT_TOKENS} tokens for all`
  if (predictor === 'oracle') return 'told: no router can know them'
  return `told, times e^(${predictor.noisy.error} x) with a normal x: no router can know them`
}
