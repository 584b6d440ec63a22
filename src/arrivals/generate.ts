import { UserError } from '../core/errors.ts'
import type { ArrivalBlock, ArrivalSource } from './contract.ts'
import { type GapSpec, gapDraws } from './gaps.ts'
import { streams } from './generators/counted.ts'
import { type LabelSpec, Labels } from './generators/labels.ts'
import { type LengthDraws, type LengthsSpec, lengthDraws } from './generators/request-lengths.ts'
import { type Limits, Starts } from './generators/starts.ts'
import type { SessionSpec } from './sessions/session.ts'
import { sessionsOf } from './sessions/sessions.ts'

/** Open-loop arrivals drawn from laws. Ends at the first of its limits. */
export type GeneratorSpec = LengthsSpec &
  Limits & {
    /** Of all requests, unless labels tell classes apart. */
    readonly className: string
    /** Between requests, or between the starts of sessions. */
    readonly gaps: GapSpec
    readonly labels?: LabelSpec
    /** Requests come in sessions whose context grows, or share the beginnings of their prompts. */
    readonly sessions?: SessionSpec
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
  const labels = new Labels(spec.labels ?? oneClass(spec.className), seed, `${name}/labels`)
  const starts = new Starts(spec, gapDraws(spec.gaps, seed, name))
  if (spec.sessions) return sessionsOf(spec.sessions, spec, starts, labels, seed, name)
  return new Generated(starts, lengthDraws(spec, streams(seed, name)), labels)
}

function oneClass(className: string): LabelSpec {
  return { classes: [{ className, share: 1 }] }
}

class Generated implements ArrivalSource {
  readonly classes: readonly string[]
  readonly tenants?: readonly string[]
  readonly #starts: Starts
  readonly #lengths: LengthDraws
  readonly #labels: Labels
  #made = 0

  constructor(starts: Starts, lengths: LengthDraws, labels: Labels) {
    this.#starts = starts
    this.#lengths = lengths
    this.#labels = labels
    this.classes = labels.classes
    if (labels.tenants) this.tenants = labels.tenants
  }

  fill(block: ArrivalBlock): void {
    const { inputTokens, outputTokens } = block
    const { input, output } = this.#lengths
    const rows = this.#times(block)
    for (let row = 0; row < rows; row++) {
      inputTokens[row] = input()
      outputTokens[row] = output()
    }
    block.hitTokens.fill(0, 0, rows)
    this.#label(block, rows)
    block.length = rows
  }

  close(): void {}

  /** Writes arrival times and says how many. */
  #times({ arrivalS, capacity }: ArrivalBlock): number {
    const starts = this.#starts
    let row = 0
    while (row < capacity && !starts.isOver) {
      arrivalS[row++] = starts.take()
      starts.left--
    }
    return row
  }

  #label(block: ArrivalBlock, rows: number): void {
    const labels = this.#labels
    if (labels.classes.length === 1 && !labels.isDetailed) {
      block.classId.fill(0, 0, rows)
      return
    }
    const details = labels.isDetailed ? block.detailed() : undefined
    for (let row = 0; row < rows; row++) {
      details?.begin(row)
      labels.write(block, row, this.#made++)
    }
  }
}
