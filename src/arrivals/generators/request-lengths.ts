import { within } from '../bounds.ts'
import { type Draw, normalQuantile, normalShare } from '../draws.ts'
import { type LengthAt, type LengthSpec, lengthAt } from '../lengths.ts'
import { mixed } from '../mixture.ts'
import type { Chance } from './counted.ts'

/** Prompt and output lengths of requests. */
export type LengthsSpec = IndependentLengths | CorrelatedLengths | BinnedLengths | ReasoningLengths

export interface IndependentLengths {
  readonly input: LengthSpec
  readonly output: LengthSpec
}

/** Laws of their own whose ranks go together: by a normal copula, Nelsen 2006. */
export interface CorrelatedLengths extends IndependentLengths {
  /** Spearman's, above -1 and below 1. */
  readonly rankCorrelation: number
}

/** A table of what goes with what. Within a bin every whole length is as likely, and both are independent. */
export interface BinnedLengths {
  readonly bins: readonly LengthBin[]
}

export interface LengthBin {
  /** Of the requests; shares add up to 1. */
  readonly share: number
  /** Least and most tokens, both included. */
  readonly input: readonly [least: number, most: number]
  readonly output: readonly [least: number, most: number]
}

/** Outputs that are thoughts and then an answer, cut at a limit. */
export interface ReasoningLengths {
  readonly input: LengthSpec
  readonly reasoning: LengthSpec
  readonly answer: LengthSpec
  readonly maxOutputTokens: number
}

/** Draws lengths of one request after another: its input first, then its output. */
export interface LengthDraws {
  readonly input: Draw
  readonly output: Draw
}

/** Throws a UserError that names the number and its bound. */
export function lengthDraws(spec: LengthsSpec, chance: Chance): LengthDraws {
  if ('bins' in spec) return binned(spec, chance)
  if ('reasoning' in spec) return reasoning(spec, chance)
  if ('rankCorrelation' in spec) return correlated(spec, chance)
  return { input: drawn(spec.input, chance('input')), output: drawn(spec.output, chance('output')) }
}

function drawn(spec: LengthSpec, share: Draw): Draw {
  const at = lengthAt(spec)
  return () => at(share())
}

function reasoning(spec: ReasoningLengths, chance: Chance): LengthDraws {
  const thoughts = drawn(spec.reasoning, chance('reasoning'))
  const answer = drawn(spec.answer, chance('output'))
  const most = Math.round(within('maxOutputTokens', spec.maxOutputTokens, 1, 2 ** 31 - 1))
  return {
    input: drawn(spec.input, chance('input')),
    output: () => Math.min(thoughts() + answer(), most),
  }
}

function binned({ bins }: BinnedLengths, chance: Chance): LengthDraws {
  const shareOfInput = chance('input')
  const shareOfOutput = chance('output')
  const pick = mixed(
    bins.map(({ share, input, output }) => {
      const [inputAt, outputAt] = [uniform(input), uniform(output)]
      return { share, at: (rest: number) => ({ input: inputAt(rest), outputAt }) }
    }),
  )
  let { outputAt } = pick(0)
  return {
    input: () => {
      const bin = pick(shareOfInput())
      outputAt = bin.outputAt
      return bin.input
    },
    output: () => outputAt(shareOfOutput()),
  }
}

function uniform([minTokens, maxTokens]: readonly [number, number]): LengthAt {
  return lengthAt({ kind: 'uniform', minTokens, maxTokens })
}

/** Largest share that is told apart from 1. */
const MOST = 1 - 2 ** -33

function correlated(spec: CorrelatedLengths, chance: Chance): LengthDraws {
  const together = pearsonOf(within('rankCorrelation', spec.rankCorrelation, -0.999, 0.999))
  const apart = Math.sqrt(1 - together * together)
  const [shareOfInput, shareOfOutput] = [chance('input'), chance('output')]
  const [inputAt, outputAt] = [lengthAt(spec.input), lengthAt(spec.output)]
  let z = 0
  return {
    input: () => {
      const share = shareOfInput()
      z = normalQuantile(share)
      return inputAt(share)
    },
    output: () => {
      const share = normalShare(together * z + apart * normalQuantile(shareOfOutput()))
      return outputAt(Math.min(share, MOST))
    },
  }
}

/** Correlation of two normals whose ranks correlate so: 2 sin(πr/6), the sine by its series. */
function pearsonOf(rankCorrelation: number): number {
  const x = (Math.PI * rankCorrelation) / 6
  const square = x * x
  return 2 * x * (1 - (square / 6) * (1 - (square / 20) * (1 - (square / 42) * (1 - square / 72))))
}
