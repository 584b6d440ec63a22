import { UserError } from '../core/errors.ts'
import { type Random, stream } from '../core/random.ts'
import { atLeast, positive } from './bounds.ts'
import type { ArrivalBlock, ArrivalSource } from './contract.ts'
import type { Draw } from './draws.ts'
import { type GapSpec, gapDraws } from './gaps.ts'
import { type LengthAt, type LengthSpec, lengthAt } from './lengths.ts'

/** Open-loop arrivals of one class, drawn from laws. Ends at the first of its two limits. */
export interface GeneratorSpec {
  readonly className: string
  readonly gaps: GapSpec
  readonly input: LengthSpec
  readonly output: LengthSpec
  /** How many requests at most. */
  readonly requests?: number
  /** Requests arrive before this many seconds. */
  readonly durationS?: number
}

/**
 * A workload drawn from laws, the first request at 0 s. Throws a UserError that names the number and its bound.
 *
 * @param seed the run's seed
 * @param name prefix of the names of its streams of chance; generators of one run need different ones
 */
export function generated(spec: GeneratorSpec, seed: string | number, name = 'arrivals'): ArrivalSource {
  if (spec.requests === undefined && spec.durationS === undefined) {
    throw new UserError('a generator has neither requests nor durationS; must have one')
  }
  return new Generated(spec, seed, name)
}

class Generated implements ArrivalSource {
  readonly classes: readonly string[]
  readonly #gap: Draw
  readonly #inputAt: LengthAt
  readonly #outputAt: LengthAt
  readonly #inputShare: Random
  readonly #outputShare: Random
  readonly #requests: number
  readonly #endS: number
  #made = 0
  #nextS = 0

  constructor(spec: GeneratorSpec, seed: string | number, name: string) {
    this.classes = [spec.className]
    this.#gap = gapDraws(spec.gaps, seed, name)
    this.#inputAt = lengthAt(spec.input)
    this.#outputAt = lengthAt(spec.output)
    this.#inputShare = stream(seed, `${name}/input`)
    this.#outputShare = stream(seed, `${name}/output`)
    this.#requests =
      spec.requests === undefined ? Number.POSITIVE_INFINITY : atLeast('requests', spec.requests, 1)
    this.#endS =
      spec.durationS === undefined ? Number.POSITIVE_INFINITY : positive('durationS', spec.durationS)
  }

  fill(block: ArrivalBlock): void {
    const { inputTokens, outputTokens } = block
    const rows = this.#times(block)
    for (let row = 0; row < rows; row++) inputTokens[row] = this.#inputAt(this.#inputShare())
    for (let row = 0; row < rows; row++) outputTokens[row] = this.#outputAt(this.#outputShare())
    block.hitTokens.fill(0, 0, rows)
    block.classId.fill(0, 0, rows)
    block.length = rows
  }

  close(): void {}

  /** Writes arrival times and says how many. */
  #times(block: ArrivalBlock): number {
    const most = Math.min(block.capacity, this.#requests - this.#made)
    let row = 0
    while (row < most && this.#nextS < this.#endS) {
      block.arrivalS[row++] = this.#nextS
      this.#nextS += this.#gap()
    }
    this.#made += row
    return row
  }
}
