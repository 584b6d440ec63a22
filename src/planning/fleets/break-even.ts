import { breakEvenLoad, breakEvenPrice, type Cheaper } from '../../costs/break-even.ts'
import { type Choice, type Counting, nodesFor, usdPerHourOf } from '../../costs/choice.ts'
import { mtokPerHourOf } from './break-even-mix.ts'
import { bestOf, type MixNode, type PriceRange } from './break-even-nodes.ts'

/** Who is cheaper at small and at large loads, loads in millions of output tokens an hour. */
export interface LoadSpan {
  readonly small: Cheaper
  /** Up to which it is so at every load; infinite where it is at any. */
  readonly smallUntilMtokPerHour: number
  /** `neither` where full nodes cost so nearly the same that it goes on changing. */
  readonly large: Cheaper
  /** Above which it is so at every load: 0 where it is at any, NaN where it goes on changing. */
  readonly largeFromMtokPerHour: number
}

/** What a node of b may cost. */
export interface PriceVerdict {
  /** $ an hour of a node, the kWh apart, at which both cost the same; below 0 where b is dearer even for nothing. */
  readonly breakEvenUsd: number
  /** Whether who is cheaper depends on where in its range the price of b lies. */
  readonly isFlipped: boolean
}

/** What serves the plan's own load. */
export interface OwnLoad {
  readonly nodesA: number
  readonly nodesB: number
  readonly usdPerHourA: number
  readonly usdPerHourB: number
  readonly price: PriceVerdict
}

/** Two nodes by load with nodes counted in one way. */
export interface Counted {
  readonly span: LoadSpan
  readonly own: OwnLoad
}

/** Two ways to serve one mix of requests, by load and by price. */
export interface Comparison {
  readonly a: MixNode
  readonly b: MixNode
  /** Of each the best use of its kind of hardware, and of two kinds. */
  readonly isOfBest: boolean
  readonly whole: Counted
  readonly divisible: Counted
  /** Where all nodes are full. */
  readonly largeLoadPrice: PriceVerdict
  /** b over a, per token of full nodes. */
  readonly joulesRatio: number
  readonly gramsRatio: number
}

/** Every two nodes that serve the same requests, in order. */
export function allPairs(nodes: readonly MixNode[]): Comparison[] {
  return nodes.flatMap((a, i) =>
    nodes.slice(i + 1).flatMap(b => (b.mix === a.mix ? [compared(a, b, isOfBest(a, b, nodes))] : [])),
  )
}

/** The best of the ones with the best of the others, for each mix of requests that both serve. */
export function bestPairs(ones: readonly MixNode[], others: readonly MixNode[]): Comparison[] {
  const mixes = [...new Set(ones.map(({ mix }) => mix))]
  return mixes.flatMap(mix => {
    const [a, b] = [ones, others].map(side => side.filter(node => node.mix === mix))
    return b.length === 0 ? [] : [compared(bestOf(a), bestOf(b), true)]
  })
}

function isOfBest(a: MixNode, b: MixNode, nodes: readonly MixNode[]): boolean {
  const isBest = (node: MixNode) => bestOf(nodes.filter(other => isOneKind(node, other))) === node
  return !isOneKind(a, b) && isBest(a) && isBest(b)
}

function isOneKind(a: MixNode, b: MixNode): boolean {
  return a.option.candidate === b.option.candidate && a.mix === b.mix
}

function compared(a: MixNode, b: MixNode, isOfBest: boolean): Comparison {
  return {
    ...{ a, b, isOfBest },
    whole: counted(a, b, 'whole'),
    divisible: counted(a, b, 'divisible'),
    largeLoadPrice: priceVerdict(largeLoadUsd(a.choice, b.choice), b.price),
    joulesRatio: b.joulesPerMtok / a.joulesPerMtok,
    gramsRatio: b.gramsPerMtok / a.gramsPerMtok,
  }
}

function counted(a: MixNode, b: MixNode, counting: Counting): Counted {
  const load = mtokPerHourOf(a.mix, a.mix.ratePerS)
  return {
    span: spanOf(a.choice, b.choice, counting),
    own: {
      nodesA: nodesFor(load, a.choice, counting),
      nodesB: nodesFor(load, b.choice, counting),
      usdPerHourA: usdPerHourOf(load, a.choice, counting),
      usdPerHourB: usdPerHourOf(load, b.choice, counting),
      price: priceVerdict(breakEvenPrice(a.choice, b.choice, load, counting), b.price),
    },
  }
}

function spanOf(a: Choice, b: Choice, counting: Counting): LoadSpan {
  const { crossings, isComplete } = breakEvenLoad(a, b, counting)
  const [first, second] = crossings
  const last = crossings.at(-1)!
  return {
    small: first.cheaper,
    smallUntilMtokPerHour: second?.mtokPerHour ?? Number.POSITIVE_INFINITY,
    large: isComplete ? last.cheaper : 'neither',
    largeFromMtokPerHour: isComplete ? last.mtokPerHour : Number.NaN,
  }
}

/** At a load that fills a node of each, divisible nodes cost per token what they cost at any larger one. */
function largeLoadUsd(a: Choice, b: Choice): number {
  return breakEvenPrice(a, b, Math.max(a.mtokPerHour, b.mtokPerHour), 'divisible')
}

function priceVerdict(breakEvenUsd: number, { lowUsd, highUsd }: PriceRange): PriceVerdict {
  return { breakEvenUsd, isFlipped: lowUsd < breakEvenUsd && breakEvenUsd < highUsd }
}

/** Nodes at a load where something changes: of whole ones those that are just full. NaN where there is no such load. */
export function nodesAt(mtokPerHour: number, { choice }: MixNode, counting: Counting): number {
  if (!Number.isFinite(mtokPerHour)) return Number.NaN
  return nodesFor(counting === 'whole' ? mtokPerHour * (1 - ROUNDING) : mtokPerHour, choice, counting)
}

/** A load that just fills nodes may come out above it by that share. */
const ROUNDING = 1e-9
