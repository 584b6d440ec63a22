import { normal, stream, uniformAt } from '../core/random.ts'
import type { RequestTable } from '../requests/table.ts'

/** Output tokens expected while no request, or none of the class, has finished yet. */
export const PRIOR_OUTPUT_TOKENS = 256

/**
 * How a router predicts the output length of a request: the mean of the finished requests of its class; the truth; not
 * at all, which is the prior for all; or the truth times e^(error x), with x from a standard normal distribution.
 */
export type LengthPredictor =
  | 'class-mean'
  | 'oracle'
  | 'none'
  | { readonly noisy: { readonly error: number } }

/** Predicts whole tokens, so that sums over requests return to 0 exactly. */
export interface Lengths {
  /** Output tokens of a request that has arrived now; at least 1. */
  predict(request: number): number
  /** A request has ended with an output. */
  ended(request: number): void
}

/** Whether predictions come from what no router can know. */
export function foretells(predictor: LengthPredictor = 'class-mean'): boolean {
  return predictor !== 'class-mean' && predictor !== 'none'
}

/** @param classes how many there are */
export function lengthsBy(
  predictor: LengthPredictor = 'class-mean',
  requests: RequestTable,
  classes: number,
  seed: string | number,
): Lengths {
  const ended = () => {}
  if (typeof predictor === 'object') {
    const { error } = predictor.noisy
    return { ended, predict: noisy(requests, error, stream(seed, 'predicted lengths')() * 2 ** 32) }
  }
  if (predictor === 'oracle') return { ended, predict: request => requests.outputTokens[request] }
  if (predictor === 'none') return { ended, predict: () => PRIOR_OUTPUT_TOKENS }
  return new ClassMeans(requests, classes)
}

/** The same draw for the n-th request whoever routes it. @param key of the draws */
function noisy(requests: RequestTable, error: number, key: number) {
  let place = 0
  const random = () => uniformAt(key, place++)
  return (request: number) => {
    place = requests.ordinal[request] * 2 ** 10
    return Math.max(1, Math.round(requests.outputTokens[request] * Math.exp(error * normal(random))))
  }
}

class ClassMeans implements Lengths {
  readonly #requests: RequestTable
  readonly #count: Float64Array
  readonly #tokens: Float64Array

  constructor(requests: RequestTable, classes: number) {
    this.#requests = requests
    this.#count = new Float64Array(classes)
    this.#tokens = new Float64Array(classes)
  }

  predict(request: number): number {
    const group = this.#requests.classId[request]
    const count = this.#count[group]
    return count === 0 ? PRIOR_OUTPUT_TOKENS : Math.max(1, Math.round(this.#tokens[group] / count))
  }

  ended(request: number): void {
    const { classId, emittedTokens } = this.#requests
    this.#count[classId[request]]++
    this.#tokens[classId[request]] += emittedTokens[request]
  }
}
