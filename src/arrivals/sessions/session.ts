import { UserError } from '../../core/errors.ts'
import { within } from '../bounds.ts'
import { type DurationAt, type DurationSpec, durationAt } from '../durations.ts'
import { Counted } from '../generators/counted.ts'
import { type LengthDraws, type LengthsSpec, lengthDraws } from '../generators/request-lengths.ts'
import { type LengthSpec, lengthAt } from '../lengths.ts'
import { BlockIds, Prefixes, type PrefixSpec } from './prefixes.ts'
import { type TurnsAt, type TurnsSpec, turnsAt } from './turns.ts'

/**
 * Sessions of turns whose context grows: a turn's prompt is the shared prefix, all inputs and outputs of the turns
 * before, and an input of its own.
 */
export interface SessionSpec {
  readonly turns: TurnsSpec
  /** From the end of a turn to the next: a user's thinking, or a tool's work. */
  readonly thinkS: DurationSpec
  /** Input of the first turn, such as a task or a document; by default like that of the others. */
  readonly firstInput?: LengthSpec
  /** Most tokens of a prompt and its output. */
  readonly maxContextTokens: number
  /** A session whose next turn has no room ends, or it drops its oldest tokens behind the prefix. */
  readonly atCap: 'end' | 'truncate'
  /** How full the context is after that, from 0 to 1, which is the default: no more is dropped than needs be. */
  readonly keptShare?: number
  readonly prefixes?: PrefixSpec
  /** Tokens of the blocks that prompts are listed in; without it none are. */
  readonly blockTokens?: number
}

const NO_PREFIXES: PrefixSpec = { levels: [], byTenant: false }
/** A turn's number among all turns of all sessions: 20 bits for the turn. */
const TURN_STRIDE = 2 ** 20

/** Draws one session after another. What is drawn depends on seed, session and turn alone. */
export class SessionDraws {
  /** Turns of the session drawn last. */
  turns = 0
  readonly inputTokens: number[] = []
  readonly outputTokens: number[] = []
  /** Before each turn; NaN before the first. */
  readonly thinkS: number[] = []
  readonly prefixes: Prefixes
  /** First of the ids of a prompt's whole blocks behind those of the prefix, and how many. */
  readonly ownFirst: number[] = []
  readonly ownBlocks: number[] = []
  readonly #spec: SessionSpec
  readonly #keptShare: number
  readonly #ids = new BlockIds()
  readonly #counted: Counted
  readonly #lengths: LengthDraws
  readonly #firstInput: (() => number) | undefined
  readonly #think: () => number
  readonly #turns: () => number
  /** Tokens behind the prefix that the next prompt begins with. */
  #history = 0

  constructor(spec: SessionSpec, lengths: LengthsSpec, seed: string | number, name: string) {
    const counted = new Counted(seed, name)
    this.#spec = spec
    this.#keptShare = within('keptShare', spec.keptShare ?? 1, 0, 1)
    this.#counted = counted
    this.#lengths = lengthDraws(lengths, counted.chance)
    this.#firstInput = spec.firstInput && at(lengthAt(spec.firstInput), counted.chance('first input'))
    this.#think = at<DurationAt>(durationAt(spec.thinkS), counted.chance('think'))
    this.#turns = at<TurnsAt>(turnsAt(spec.turns), counted.chance('turns'))
    this.prefixes = new Prefixes(spec.prefixes ?? NO_PREFIXES, spec.blockTokens, this.#ids, seed, name)
    within('maxContextTokens', spec.maxContextTokens, 2, 2 ** 31 - 1)
  }

  /** Draws a session, of at most so many turns. */
  draw(session: number, tenantId: number, mostTurns = Number.POSITIVE_INFINITY): void {
    this.prefixes.take(session, tenantId)
    this.#counted.index = session * TURN_STRIDE
    const turns = Math.min(this.#turns(), mostTurns)
    this.#history = 0
    this.turns = 0
    while (this.turns < turns) {
      this.#counted.index = session * TURN_STRIDE + this.turns
      if (!this.#drawTurn()) return
    }
  }

  /** Says whether there was room for it. */
  #drawTurn(): boolean {
    const turn = this.turns
    const drawn = this.#lengths.input()
    const input = turn === 0 && this.#firstInput ? this.#firstInput() : drawn
    const output = this.#lengths.output()
    const roomTokens = this.#spec.maxContextTokens - this.prefixes.tokens
    if (roomTokens < 2) this.#refusePrefix()
    const isOver = this.#history + input + output > roomTokens
    if (isOver && turn > 0 && this.#spec.atCap === 'end') return false
    const own = isOver ? Math.min(output, roomTokens - 1) : output
    const kept = isOver ? this.#keptOf(roomTokens, input + own) : this.#history
    const added = isOver ? Math.min(input, roomTokens - kept - own) : input
    this.inputTokens[turn] = this.prefixes.tokens + kept + added
    this.outputTokens[turn] = own
    this.thinkS[turn] = turn === 0 ? Number.NaN : this.#think()
    if (this.#spec.blockTokens !== undefined) this.#list(turn, this.#spec.blockTokens, kept < this.#history)
    this.#history = kept + added + own
    this.turns++
    return true
  }

  /** Tokens of the history that stay where not all of them can. */
  #keptOf(roomTokens: number, newTokens: number): number {
    const fullTokens = Math.round(roomTokens * this.#keptShare)
    return Math.max(0, Math.min(this.#history, fullTokens - newTokens))
  }

  /** Whoever dropped its oldest tokens has new blocks from there on. */
  #list(turn: number, blockTokens: number, dropped: boolean): void {
    const blocks = Math.floor(this.inputTokens[turn] / blockTokens) - this.prefixes.blocks.length
    const known = turn === 0 || dropped ? 0 : this.ownBlocks[turn - 1]
    const first = this.#ids.take(blocks - known)
    this.ownFirst[turn] = known > 0 ? this.ownFirst[turn - 1] : first
    this.ownBlocks[turn] = blocks
  }

  #refusePrefix(): never {
    const { maxContextTokens } = this.#spec
    throw new UserError(
      `a prefix has ${this.prefixes.tokens} tokens; must be less than maxContextTokens, ${maxContextTokens}, by at least 2`,
    )
  }
}

function at<At extends (share: number) => number>(value: At, share: () => number): () => number {
  return () => value(share())
}
