import type { ArrivalBlock, ArrivalSource } from './contract.ts'
import { moveBlocks, moveSessions } from './transforms/ids.ts'
import { namesOf, takeRow, type WholeWorkload } from './whole.ts'

/** What begins from one second up to another, put elsewhere in time. */
export interface Piece {
  readonly fromS: number
  readonly toS: number
  /** Added to every time; below 0 it comes earlier. */
  readonly laterS: number
}

/**
 * A workload in memory made ready to be cut. The turns of a session are one thing that begins with the first of them:
 * wherever it goes they go together.
 */
export class Cuttable {
  readonly whole: WholeWorkload
  /** One more than the largest id of a session, and of a prefix block. */
  readonly sessions: number
  readonly blocks: number
  /** When what the row belongs to begins. */
  readonly #beginS: Float64Array
  /** Rows in order of that. */
  readonly #rows: Int32Array

  constructor(whole: WholeWorkload) {
    const { details } = whole
    this.whole = whole
    this.sessions = idsIn(details?.sessionId)
    this.blocks = idsIn(details?.blockIds)
    this.#beginS = this.sessions === 0 ? whole.arrivalS : beginnings(whole)
    this.#rows = Int32Array.from({ length: whole.length }, (_, row) => row)
    if (this.sessions > 0) this.#rows.sort((a, b) => this.#beginS[a] - this.#beginS[b] || a - b)
  }

  /** Rows that belong to what begins in the stretch. */
  rowsIn({ fromS, toS }: Piece): Int32Array {
    return this.#rows.subarray(this.#firstAt(fromS), this.#firstAt(toS))
  }

  /** Place of the first row of what begins then or later. */
  #firstAt(timeS: number): number {
    let low = 0
    let high = this.#rows.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#beginS[this.#rows[middle]] < timeS) low = middle + 1
      else high = middle
    }
    return low
  }
}

/**
 * A workload put together from pieces of another, the first request at 0 s. What comes more than once has a session and
 * prefix blocks of its own each time.
 */
export function fromPieces(cuttable: Cuttable, pieces: readonly Piece[]): ArrivalSource {
  const { whole, sessions, blocks } = cuttable
  const { rows, times, copies } = laidOut(cuttable, pieces)
  let read = 0
  return {
    ...namesOf(whole),
    fill(block) {
      block.length = 0
      while (block.length < block.capacity && read < rows.length) {
        takeRow(block, whole, rows[read], times[read] - times[0])
        if (copies[read] > 0) moveApart(block, copies[read], sessions, blocks)
        read++
      }
    },
    close() {},
  }
}

/** Gives the last row ids that no earlier copy of it has. */
function moveApart(block: ArrivalBlock, copy: number, sessions: number, blocks: number): void {
  const row = block.length - 1
  moveSessions(block, row, { times: 1, plus: copy * sessions })
  moveBlocks(block, row, { times: 1, plus: copy * blocks })
}

/** Rows in order of time, with their times and how often each came in an earlier piece. */
interface Layout {
  readonly rows: Int32Array
  readonly times: Float64Array
  readonly copies: Int32Array
}

function laidOut(cuttable: Cuttable, pieces: readonly Piece[]): Layout {
  const { arrivalS, length } = cuttable.whole
  const parts = pieces.map(piece => cuttable.rowsIn(piece))
  const size = parts.reduce((sum, part) => sum + part.length, 0)
  const layout = { rows: new Int32Array(size), times: new Float64Array(size), copies: new Int32Array(size) }
  const drawn = new Int32Array(length)
  let at = 0
  for (const [i, part] of parts.entries()) {
    for (const row of part) {
      layout.rows[at] = row
      layout.times[at] = arrivalS[row] + pieces[i].laterS
      layout.copies[at++] = drawn[row]++
    }
  }
  return isInOrder(layout.times) ? layout : sorted(layout)
}

function isInOrder(times: Float64Array): boolean {
  return times.every((timeS, i) => i === 0 || times[i - 1] <= timeS)
}

function sorted({ rows, times, copies }: Layout): Layout {
  const order = Int32Array.from(rows, (_, i) => i).sort((a, b) => times[a] - times[b] || a - b)
  return {
    rows: order.map(i => rows[i]),
    times: Float64Array.from(order, i => times[i]),
    copies: order.map(i => copies[i]),
  }
}

function beginnings({ length, arrivalS, details }: WholeWorkload): Float64Array {
  const { sessionId } = details!
  const begun = new Map<number, number>()
  const beginS = new Float64Array(length)
  for (let row = 0; row < length; row++) {
    const session = sessionId[row]
    if (session >= 0 && !begun.has(session)) begun.set(session, arrivalS[row])
    beginS[row] = session < 0 ? arrivalS[row] : begun.get(session)!
  }
  return beginS
}

function idsIn(ids: Int32Array | undefined): number {
  return ids === undefined ? 0 : ids.reduce((most, id) => Math.max(most, id + 1), 0)
}
