import type { Setup, Subject } from '../fidelity/subject.ts'
import { causalPairs } from '../latency/context.ts'
import type { Observation } from './contract.ts'

/** One measured engine step. */
export interface StepTime {
  readonly place: string
  readonly setup: Setup
  readonly seconds: number
  readonly phase: 'prefill' | 'decode'
  readonly sequences: number
  /** Of all sequences together: prompt tokens computed, or context tokens read. */
  readonly tokens: number
}

/** The step as an observation: whole prompts of equal length, or decodes. */
export function stepTime({ place, setup, seconds, phase, sequences, tokens }: StepTime): Observation {
  const perSequence = String(Math.round(tokens / sequences))
  const conditions = {
    ...{ model: setup.model.id, tp: String(setup.tp), 'number of sequences': String(sequences) },
    ...(phase === 'decode' ? { context: perSequence } : { 'prompt length': perSequence }),
  }
  return {
    place,
    setup,
    quantities: [{ metric: `${phase} step`, measured: seconds, isFitted: true, conditions }],
    predict: subject => [phase === 'decode' ? decodeS(subject) : prefillS(subject)],
  }

  function decodeS({ latency }: Subject): number {
    const contextTokens = Math.round(Math.max(0, tokens - sequences))
    return latency.gapSeconds({ sequences, contextTokens, window: latency.window }, 1)
  }

  function prefillS({ latency }: Subject): number {
    const { window } = latency
    return latency.stepSeconds({
      ...{ sequences: 0, contextTokens: 0, window, ordinal: 0 },
      ...{ chunks: sequences, chunkTokens: tokens, chunkCachedTokens: 0 },
      chunkPairs: sequences * causalPairs(tokens / sequences, 0, window),
    })
  }
}
