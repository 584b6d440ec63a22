import type { ArrivalBlock, ArrivalSource } from '../contract.ts'
import type { Labels } from '../generators/labels.ts'
import type { LengthsSpec } from '../generators/request-lengths.ts'
import type { Starts } from '../generators/starts.ts'
import { SessionDraws, type SessionSpec } from './session.ts'

/** A block of requests lists no more prefix blocks than this and those of one prompt. */
const MOST_LISTED = 2 ** 20

/**
 * Sessions that begin when `starts` says. The turns of a session come directly behind each other, all at the time
 * of its start; from the second on they have a think time. Sessions of one turn each are requests without a session.
 * Memory is that of one session, and of the shared prefixes
 * taken so far.
 *
 * @param name prefix of the names of their streams of chance
 */
export function sessionsOf(
  spec: SessionSpec,
  lengths: LengthsSpec,
  starts: Starts,
  labels: Labels,
  seed: string | number,
  name: string,
): ArrivalSource {
  return new Sessions(new SessionDraws(spec, lengths, seed, `${name}/sessions`), spec, starts, labels)
}

class Sessions implements ArrivalSource {
  readonly classes: readonly string[]
  readonly tenants?: readonly string[]
  readonly #draws: SessionDraws
  readonly #starts: Starts
  readonly #labels: Labels
  readonly #blockTokens: number | undefined
  /** Requests that are always alone are in no session. */
  readonly #areAlone: boolean
  /** Ids of the blocks of the row at hand. */
  readonly #blocks: number[] = []
  #session = -1
  #startS = 0
  #turn = 0

  constructor(draws: SessionDraws, { blockTokens, turns }: SessionSpec, starts: Starts, labels: Labels) {
    this.#draws = draws
    this.#starts = starts
    this.#labels = labels
    this.#blockTokens = blockTokens
    this.#areAlone = turns.kind === 'fixed' && turns.turns === 1
    this.classes = labels.classes
    if (labels.tenants) this.tenants = labels.tenants
  }

  fill(block: ArrivalBlock): void {
    const details = block.detailed()
    block.length = 0
    while (block.length < block.capacity && details.blocksFrom[block.length] < MOST_LISTED) {
      if (this.#turn === this.#draws.turns && !this.#begin()) return
      this.#write(block)
    }
  }

  close(): void {}

  /** Draws the next session; false at the end. */
  #begin(): boolean {
    const starts = this.#starts
    if (starts.isOver) return false
    this.#startS = starts.take()
    const session = ++this.#session
    this.#draws.draw(session, this.#labels.tenantOf(session), starts.left)
    starts.left -= this.#draws.turns
    this.#turn = 0
    return true
  }

  #write(block: ArrivalBlock): void {
    const { inputTokens, outputTokens, thinkS, turns } = this.#draws
    const details = block.detailed()
    const row = block.length
    const turn = this.#turn++
    block.push(this.#startS, inputTokens[turn], outputTokens[turn], 0, 0)
    details.begin(row)
    this.#labels.write(block, row, this.#session)
    if (this.#blockTokens !== undefined) details.setBlocks(row, this.#blockTokens, this.#listed(turn))
    if (this.#areAlone) return
    details.sessionId[row] = this.#session
    details.turn[row] = turn + 1
    details.turns[row] = turns
    details.thinkS[row] = thinkS[turn]
  }

  #listed(turn: number): readonly number[] {
    const { prefixes, ownFirst, ownBlocks } = this.#draws
    const shared = prefixes.blocks.length
    const blocks = this.#blocks
    blocks.length = shared + ownBlocks[turn]
    for (let i = 0; i < shared; i++) blocks[i] = prefixes.blocks[i]
    for (let i = 0; i < ownBlocks[turn]; i++) blocks[shared + i] = ownFirst[turn] + i
    return blocks
  }
}
