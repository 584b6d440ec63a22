import type { Interval } from '../statistics/interval.ts'
import { pairedDifference } from '../statistics/paired.ts'
import type { Comparison, Side } from '../sweeps/analysis/comparisons.ts'
import { betterOf, isShare, titleOf } from '../sweeps/analysis/titles.ts'
import { percent, short } from './print.ts'

/** More than anybody will wait for is not worth telling. */
const MOST_TOLD = 1000

const MOST_DECIMALS = 6
const ROUNDING = 1e-9

/** An interval is told as one number on either side where its middle is no farther from the estimate than that. */
const LOPSIDED = 0.1

/** `power-of-two beats round-robin on p99 TTFT by 12.3 % ± 3.1 %` */
export function sentence(comparison: Comparison): string {
  const { a, b, metric, outcome } = comparison
  if (outcome === 'same')
    return `${a.title} and ${b.title} have the same ${titleOf(metric)} in every replication`
  if (outcome === 'open') return openSentence(comparison)
  const better = betterOf(metric)
  const isAhead = (outcome === 'above') === (better !== 'lower')
  const [ahead, behind] = isAhead ? [a, b] : [b, a]
  const by = amountText(ahead, behind, comparison)
  return better === undefined
    ? `${ahead.title} has a higher ${titleOf(metric)} than ${behind.title} by ${by}`
    : `${ahead.title} beats ${behind.title} on ${titleOf(metric)} by ${by}`
}

function openSentence(comparison: Comparison): string {
  const { a, b, metric, replications } = comparison
  const opening = `cannot tell ${a.title} from ${b.title} on ${titleOf(metric)}`
  if (a.values.some(Number.isNaN) || b.values.some(Number.isNaN)) {
    return `${opening}: it is not defined in every replication`
  }
  if (replications < 2) return `${opening}: ${replications} replication says nothing of chance`
  return `${opening}: ${signedText(comparison)}${familyText(comparison)}; ${moreText(comparison)}`
}

/** By itself the interval may leave out 0 where among many comparisons that is no wonder. */
function familyText({ pValue, difference, family }: Comparison): string {
  return pValue < 1 - difference.confidence ? `, which among ${family} comparisons may be chance` : ''
}

function moreText({ more }: Comparison): string {
  if (!Number.isFinite(more) || more > MOST_TOLD) return 'more replications would hardly tell'
  return `about ${Math.max(1, more)} more replication${more > 1 ? 's' : ''} would`
}

/** How far ahead, without a sign: against the one that is behind. */
function amountText(ahead: Side, behind: Side, { metric, difference: { confidence } }: Comparison): string {
  const { difference, relative } = pairedDifference(ahead.values, behind.values, confidence)
  if (isShare(metric))
    return `${plain(upward(difference), 100)} points, ${percent(ahead.mean)} against ${percent(behind.mean)} %`
  if (isTelling(relative) && ahead.mean !== 0) return relativeText(upward(relative))
  return `${plain(upward(difference))}, ${short(ahead.mean)} against ${short(behind.mean)}`
}

function signedText({ a, metric, difference, relative }: Comparison): string {
  if (isShare(metric)) return `${plain(difference, 100)} points of ${percent(a.mean)} %`
  if (isTelling(relative)) return relativeText(relative)
  return `${plain(difference)} of ${short(a.mean)}`
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
  return isEven(interval) ? `${at} % ± ${half} %` : `${at} % (${from} to ${to} %)`
}

function plain(interval: Interval, scale = 1): string {
  const decimals = decimalsFor(interval, scale)
  const [at, half] = [interval.estimate, interval.halfWidth].map(value => (scale * value).toFixed(decimals))
  return `${at} ± ${half}`
}

function isEven(interval: Interval): boolean {
  const { estimate, low, high, halfWidth } = interval
  return isExact(interval) || Math.abs((low + high) / 2 - estimate) <= LOPSIDED * halfWidth
}

/** So many that they tell two digits of half the width of the interval, and one at least. */
function decimalsFor(interval: Interval, scale: number): number {
  if (isExact(interval)) return 1
  return Math.min(MOST_DECIMALS, Math.max(1, 1 - Math.floor(Math.log10(scale * interval.halfWidth))))
}

/** But for what rounding leaves. */
function isExact({ estimate, halfWidth }: Interval): boolean {
  return !(halfWidth > ROUNDING * Math.abs(estimate))
}
