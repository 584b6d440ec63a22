import type { Interval } from '../statistics/interval.ts'
import { shapeOf } from '../statistics/interval-shape.ts'
import { pairedDifference } from '../statistics/paired.ts'
import type { Comparison, Side } from '../sweeps/analysis/comparisons.ts'
import { betterOf, isShare, titleOf, unitOf } from '../sweeps/known-metrics.ts'
import { percent, short } from './print.ts'

/** More than anybody will wait for is not worth telling. */
const MOST_TOLD = 1000

const MOST_DECIMALS = 6

/** `power-of-two beats round-robin on p99 TTFT by 12.3 % ± 3.1 %` */
export function sentence(comparison: Comparison): string {
  const { a, b, metric, outcome } = comparison
  if (outcome === 'same')
    return `${a.title} and ${b.title} have the same ${titleOf(metric)} in every replication`
  if (outcome === 'open') return openSentence(comparison)
  const [ahead, behind] = inOrder(comparison)
  const by = amountText(ahead, behind, comparison)
  return betterOf(metric) === undefined
    ? `${ahead.title} has a higher ${titleOf(metric)} than ${behind.title} by ${by}`
    : `${ahead.title} beats ${behind.title} on ${titleOf(metric)} by ${by}`
}

/** The better of the two by their means, or the higher where neither way is better; then the other. */
function inOrder({ a, b, metric, difference }: Comparison): readonly [ahead: Side, behind: Side] {
  const isAhead = difference.estimate > 0 === (betterOf(metric) !== 'lower')
  return isAhead ? [a, b] : [b, a]
}

function openSentence(comparison: Comparison): string {
  const { a, b, metric, replications } = comparison
  const opening = `cannot tell ${a.title} from ${b.title} on ${titleOf(metric)}`
  if (a.values.some(Number.isNaN) || b.values.some(Number.isNaN)) {
    return `${opening}: it is not defined in every replication`
  }
  if (replications < 2) return `${opening}: ${replications} replication says nothing of chance`
  return `${opening}: ${seemingText(comparison)}${familyText(comparison)}${moreText(comparison)}`
}

/** `power-of-two seems ahead by 1.2 % ± 3.1 %` */
function seemingText(comparison: Comparison): string {
  const [ahead, behind] = inOrder(comparison)
  const by = amountText(ahead, behind, comparison)
  if (comparison.difference.estimate === 0) return `neither seems ahead: ${by}`
  return `${ahead.title} seems ${betterOf(comparison.metric) === undefined ? 'higher' : 'ahead'} by ${by}`
}

/** By itself the interval may leave out 0 where among many comparisons that is no wonder. */
function familyText({ pValue, difference, family }: Comparison): string {
  return pValue < 1 - difference.confidence ? `, which among ${family} comparisons may be chance` : ''
}

function moreText({ more, sampling }: Comparison): string {
  if (Number.isNaN(more)) return ''
  if (sampling === 'redrawn') return '; a longer trace may, more draws of this one would not'
  if (!Number.isFinite(more) || more > MOST_TOLD) return '; more replications would hardly tell'
  const count = Math.max(1, more)
  const ifSo = 'if the difference is as large as it seems'
  return `; about ${count} more replication${count > 1 ? 's' : ''} would, ${ifSo}`
}

/** How far ahead, without a sign: against the one that is behind. */
function amountText(ahead: Side, behind: Side, comparison: Comparison): string {
  const { metric, sampling } = comparison
  const { confidence } = comparison.difference
  const { difference, relative } = pairedDifference(ahead.values, behind.values, confidence, sampling)
  if (isShare(metric))
    return `${plain(upward(difference), 100)} points, ${percent(ahead.mean)} against ${percent(behind.mean)} %`
  if (isTelling(relative) && ahead.mean !== 0) return relativeText(upward(relative))
  const unit = unitOf(metric) === '' ? '' : ` ${unitOf(metric)}`
  return `${plain(upward(difference))}${unit}, ${short(ahead.mean)} against ${short(behind.mean)}${unit}`
}

/** A base that may be 0 says nothing of how much more another is. */
function isTelling({ low, high }: Interval): boolean {
  return Number.isFinite(low) && Number.isFinite(high)
}

/** The same difference, counted so that it is above 0. */
function upward(interval: Interval): Interval {
  if (interval.estimate >= 0) return interval
  return { ...interval, estimate: -interval.estimate, low: -interval.high, high: -interval.low }
}

/** `12.3 % ± 3.1 %`, or `12.3 % (9.8 to 17.1 %)` where the interval is not even. */
function relativeText(interval: Interval): string {
  const { estimate, low, high, halfWidth } = interval
  const decimals = decimalsFor(interval, 100)
  const [at, from, to, half] = [estimate, low, high, halfWidth].map(value => (100 * value).toFixed(decimals))
  return shapeOf(interval) === 'lopsided' ? `${at} % (${from} to ${to} %)` : `${at} % ± ${half} %`
}

function plain(interval: Interval, scale = 1): string {
  const decimals = decimalsFor(interval, scale)
  const [at, half] = [interval.estimate, interval.halfWidth].map(value => (scale * value).toFixed(decimals))
  return `${at} ± ${half}`
}

/** So many that they tell two digits of half the width of the interval, and one at least. */
function decimalsFor(interval: Interval, scale: number): number {
  if (shapeOf(interval) === 'point') return 1
  return Math.min(MOST_DECIMALS, Math.max(1, 1 - Math.floor(Math.log10(scale * interval.halfWidth))))
}
