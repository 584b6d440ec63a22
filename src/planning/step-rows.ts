import type { ReplicaKind } from '../replicas/contract.ts'
import { cutsPrompts, keepsPromptsWhole } from './chunking.ts'
import type { Extent } from './extent.ts'
import { type Cut, mostBeyond } from './lumps.ts'
import type { Steps } from './steps.ts'
import type { Work } from './work.ts'

/** Seconds or joules of a step. */
export type Price = (
  decodes: number,
  context: number,
  chunks: number,
  tokens: number,
  pairs: number,
) => number

/** Steps of a kind, each with all the work that it may do and what it costs at least. */
export class StepRows {
  readonly work: Work[] = []
  readonly prices: number[] = []

  add(work: Work, price: number): void {
    this.work.push(work)
    this.prices.push(price)
  }
}

/** Where one count of decodes or tokens ends and the next begins. */
interface Level {
  readonly low: number
  readonly high: number
}

/** A part of the contexts and of the pairs per token that steps of the same counts may have. */
interface Box {
  readonly contexts: readonly [number, number]
  readonly pairs: readonly [number, number]
}

/** How far apart counts may lie that are taken together, of decodes and of tokens, and up to what they are taken one by one. */
const DECODES_RATIO = 1.03
const TOKENS_RATIO = 1.015
const ONE_BY_ONE = 16
/** How often a box is halved each way in which the price is not affine: of decode steps, and of steps with chunks. */
const DECODE_HALVINGS = 7
const CHUNK_HALVINGS = 3

/**
 * Every step that replicas of the kind can run is at least as dear as one of the rows is, and does no more than that. It
 * rests on two things: a step that carries more takes no less (beyond `places`), and a price that is affine at nine
 * points of a box is affine in it, so that its corners tell. Elsewhere a box is priced at its low corner, and counted
 * with the work of its high one.
 *
 * @param onProgress told the share of it that has been done
 */
export function stepRows(
  kind: ReplicaKind,
  extent: Extent,
  steps: Steps,
  lumps: readonly number[],
  price: Price,
  onProgress: (share: number) => void = () => {},
): StepRows {
  const rows = new StepRows()
  for (const level of levels(0, kind.maxSequences, DECODES_RATIO, Math.max(ONE_BY_ONE, steps.places))) {
    onProgress(level.low / (kind.maxSequences + 1))
    if (level.high > 0) decodeRows(rows, kind, extent, level, price)
    chunkRows(rows, kind, extent, steps.places, level, lumps, price)
  }
  return rows
}

function decodeRows(
  rows: StepRows,
  kind: ReplicaKind,
  { leastContext, mostContext }: Extent,
  level: Level,
  price: Price,
): void {
  if (mostContext === 0) return
  const most = Math.min(mostContext, contextRoom(kind, level.low))
  if (most < leastContext) return
  const box: Box = { contexts: [leastContext, most], pairs: [0, 0] }
  cover(
    rows,
    box,
    DECODE_HALVINGS,
    { decodes: level, tokens: { low: 0, high: 0 }, beyond: [], chunks: 0 },
    price,
  )
}

/** Context tokens a decode for which there are blocks; whoever shares blocks needs fewer. */
function contextRoom({ kvBlocks, blockTokens, prefixCache }: ReplicaKind, decodes: number): number {
  return prefixCache === undefined ? 1 + (kvBlocks * blockTokens) / decodes : Number.POSITIVE_INFINITY
}

function chunkRows(
  rows: StepRows,
  kind: ReplicaKind,
  { leastContext, mostContext, isShort, mostComputed, mostPairs }: Extent,
  places: number,
  decodes: Level,
  lumps: readonly number[],
  price: Price,
): void {
  const members = kind.maxSequences - decodes.low
  const room = Math.min(mostContext, contextRoom(kind, Math.max(1, decodes.low)))
  if (members === 0 || (decodes.high > 0 && room < leastContext)) return
  const contexts: Box['contexts'] = decodes.high === 0 ? [0, 0] : [leastContext, room]
  const box: Box = { contexts, pairs: [0, mostPairs] }
  for (const tokens of levels(
    1,
    mostChunkTokens(kind, decodes.low, mostComputed),
    TOKENS_RATIO,
    ONE_BY_ONE,
  )) {
    const chunks = Math.min(places, members, tokens.high)
    const cut = mostCut(kind, isShort, decodes, tokens.high)
    const beyond = mostBeyond(lumps, tokens.high, mostComputed, cut)
    for (let chunk = 1; chunk <= chunks; chunk++)
      cover(rows, box, CHUNK_HALVINGS, { decodes, tokens, beyond, chunks: chunk }, price)
  }
}

/** Prompt tokens of a step at most. */
function mostChunkTokens(kind: ReplicaKind, decodes: number, mostComputed: number): number {
  const { tokenBudget, chunkBudget = tokenBudget, maxSequences } = kind
  const held = Math.min(kind.kvBlocks * kind.blockTokens, (maxSequences - decodes) * mostComputed)
  const budget = Math.min(tokenBudget - decodes, chunkBudget)
  if (keepsPromptsWhole(kind) === 'all') return held
  return Math.min(
    held,
    keepsPromptsWhole(kind) === 'one' ? Math.max(budget, mostComputed) : Math.max(1, budget),
  )
}

/**
 * What a step of so many may have cut: nothing, or one prompt where its budget is spent. Decodes that were preempted while
 * it was formed had their tokens of the budget: a prompt may have been cut for them, and others beside it be given those.
 */
function mostCut(kind: ReplicaKind, isShort: boolean, { low, high }: Level, tokens: number): Cut {
  const { tokenBudget, chunkBudget = tokenBudget, maxSequences } = kind
  const decoding = isShort ? maxSequences - 1 : high
  const isSpent = tokens >= Math.min(tokenBudget - decoding, chunkBudget)
  if (cutsPrompts(kind) === 'never' || !isSpent) return 'nothing'
  return { besides: isShort ? maxSequences - 1 - low : 0 }
}

/** From `least` to `most`: one by one, then so many together that the last is not much more than the first, and the last two. */
function levels(least: number, most: number, ratio: number, oneByOne: number): Level[] {
  const found: Level[] = []
  for (let low = least; low <= most; ) {
    const high = low <= oneByOne ? low : Math.max(low, Math.min(most - 2, Math.floor(low * ratio)))
    found.push({ low, high })
    low = high + 1
  }
  return found
}

interface Counts {
  readonly decodes: Level
  readonly tokens: Level
  readonly beyond: readonly number[]
  readonly chunks: number
}

function cover(rows: StepRows, box: Box, halvings: number, counts: Counts, price: Price): void {
  const { decodes, tokens, beyond, chunks } = counts
  const at = (context: number, pairs: number) =>
    price(decodes.low, context * decodes.low, chunks, Math.max(chunks, tokens.low), pairs * tokens.low)
  const add = (context: number, pairs: number, amount: number) => {
    const work = {
      decodes: decodes.high,
      context: context * decodes.high,
      tokens: tokens.high,
      pairs: pairs * tokens.high,
      beyond,
    }
    rows.add(work, amount)
  }
  const [contextLow, contextHigh] = box.contexts
  const [pairsLow, pairsHigh] = box.pairs
  if (isAffine(box, at)) {
    for (const context of new Set(box.contexts))
      for (const pairs of new Set(box.pairs)) add(context, pairs, at(context, pairs))
  } else if (halvings === 0) add(contextHigh, pairsHigh, at(contextLow, pairsLow))
  else for (const part of quarters(box)) cover(rows, part, halvings - 1, counts, price)
}

/** Whether a function of contexts and pairs is affine in the box, by its corners, its edges' middles and its centre. */
function isAffine({ contexts, pairs }: Box, at: (context: number, pairs: number) => number): boolean {
  const [low, high] = contexts
  const [few, many] = pairs
  const base = at(low, few)
  const byContext = at(high, few) - base
  const byPairs = at(low, many) - base
  const isOn = (x: number, y: number) => {
    const found = at(low + x * (high - low), few + y * (many - few))
    return Math.abs(found - (base + x * byContext + y * byPairs)) <= 1e-9 * Math.abs(found)
  }
  return isOn(1, 1) && isOn(0.5, 0.5) && isOn(0.5, 0) && isOn(0, 0.5) && isOn(1, 0.5) && isOn(0.5, 1)
}

/** Halves of each side that has an extent: by ratio where it begins above 0. */
function quarters({ contexts, pairs }: Box): Box[] {
  return halves(contexts).flatMap(part => halves(pairs).map(other => ({ contexts: part, pairs: other })))
}

function halves([low, high]: readonly [number, number]): (readonly [number, number])[] {
  if (low === high) return [[low, high]]
  const middle = low > 0 ? Math.sqrt(low * high) : high / 2
  return [
    [low, middle],
    [middle, high],
  ]
}
