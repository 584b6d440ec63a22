/** Writes the traces of this folder: `npx tsx traces/generate.ts`. The same bytes every time. */
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gapDraws } from '../src/arrivals/gaps.ts'
import { interpolated } from '../src/arrivals/table.ts'
import { below, normal, type Random, stream } from '../src/core/random.ts'
import {
  CODE_BURSTS,
  CODE_GAPS_S,
  CODE_INPUT,
  CODE_OUTPUT,
  CODE_SILENCES_S,
  CONV_INPUT,
  CONV_OUTPUT,
  type Shape,
} from './shapes.ts'

/** The text of every trace by file name. */
export const TRACES = {
  'azure-conv-like.csv': conversation,
  'azure-code-like.csv': code,
} satisfies Record<string, () => string>

/** Near-Poisson arrivals whose rate drifts from minute to minute. */
function conversation(): string {
  const seed = 'azure-conv-like/2'
  const [requests, spanS] = [19_366, 3501.6]
  const ratesPerS = driftingRates(stream(seed, 'rates'), 59, requests / spanS)
  const gap = gapDraws({ kind: 'profile', stepS: 60, ratesPerS, cv: 1.04 }, seed, 'arrivals')
  const gapsS = Array.from({ length: requests - 1 }, gap)
  return csv(seed, stretched(gapsS, spanS), CONV_INPUT, CONV_OUTPUT)
}

/** A first-order autoregression brought to mean and spread exactly, then kept within 3.2 to 8 per second. */
function driftingRates(random: Random, minutes: number, meanPerS: number): number[] {
  const drift = [normal(random)]
  while (drift.length < minutes) drift.push(0.85 * drift[drift.length - 1] + 0.527 * normal(random))
  const mean = sum(drift) / minutes
  const spread = Math.sqrt(sum(drift.map(x => (x - mean) * (x - mean))) / minutes)
  return drift.map(x => Math.min(8, Math.max(3.2, meanPerS + (1.03 * (x - mean)) / spread)))
}

/** Bursts of requests between silences of 10 s to over 3 minutes. */
function code(): string {
  const seed = 'azure-code-like/57'
  const [requests, bursts, spanS] = [8819, 46, 3435.9]
  const sizes = burstSizes(stream(seed, 'bursts'), bursts, requests)
  const silenceS = shuffled(stream(seed, 'silences'), quantiles(bursts - 1, interpolated(CODE_SILENCES_S, 0)))
  const gapsS = burstGaps(stream(seed, 'gaps'), sizes)
  const allS = gapsS.flatMap((inBurstS, burst) => [...silenceS.slice(burst - 1, burst), ...inBurstS])
  return csv(seed, stretched(allS, spanS), CODE_INPUT, CODE_OUTPUT)
}

/**
 * Gaps whose ranks correlate within a burst, so that some bursts are fast and some slow, while all gaps together
 * have the quantiles of the table.
 */
function burstGaps(random: Random, sizes: readonly number[]): number[][] {
  const ranks = sizes.flatMap((size, burst) => {
    const pace = Math.sqrt(PACE_SHARE) * normal(random)
    return Array.from({ length: size - 1 }, () => ({
      burst,
      at: pace + Math.sqrt(1 - PACE_SHARE) * normal(random),
    }))
  })
  const gapsS = quantiles(ranks.length, interpolated(CODE_GAPS_S, 0))
  const order = ranks.map((_, i) => i).sort((a, b) => ranks[a].at - ranks[b].at)
  const gapOf = new Float64Array(ranks.length)
  for (const [place, i] of order.entries()) gapOf[i] = gapsS[place]
  return sizes.map((_, burst) => [...gapOf].filter((_, i) => ranks[i].burst === burst))
}

/** Share of the variance of the gaps' ranks that a burst has in common. */
const PACE_SHARE = 0.1

/** Sizes in random order that add up to the requests. */
function burstSizes(random: Random, bursts: number, requests: number): number[] {
  const sizes = shuffled(random, quantiles(bursts, interpolated(CODE_BURSTS, 1)))
  const scale = requests / sum(sizes)
  const whole = sizes.map(size => Math.round(size * scale))
  const largest = whole.indexOf(Math.max(...whole))
  whole[largest] += requests - sum(whole)
  return whole
}

/** Arrival times in seconds from 0 to the span. */
function stretched(gapsS: readonly number[], spanS: number): number[] {
  const scale = spanS / sum(gapsS)
  let nowS = 0
  return [0, ...gapsS.map(gapS => (nowS += gapS * scale))]
}

/** The quantiles of a distribution at evenly spaced shares, both ends included. */
function quantiles(count: number, at: (share: number) => number): number[] {
  return Array.from({ length: count }, (_, i) => at(Math.min(i / (count - 1), 1 - Number.EPSILON)))
}

function shuffled(random: Random, values: readonly number[]): number[] {
  const order = [...values]
  for (let i = order.length - 1; i > 0; i--) {
    const j = below(random, i + 1)
    ;[order[i], order[j]] = [order[j], order[i]]
  }
  return order
}

function csv(seed: string, timesS: readonly number[], input: Shape, output: Shape): string {
  const inputs = shuffled(stream(seed, 'input'), quantiles(timesS.length, interpolated(input, 1)))
  const outputs = shuffled(stream(seed, 'output'), quantiles(timesS.length, interpolated(output, 1)))
  const rows = timesS.map(
    (timeS, i) => `${timestamp(timeS)},${Math.round(inputs[i])},${Math.round(outputs[i])}\n`,
  )
  return `TIMESTAMP,ContextTokens,GeneratedTokens\n${rows.join('')}`
}

/** Microseconds and a zero, as in the original; the date is made up. */
function timestamp(timeS: number): string {
  const microseconds = Math.round(timeS * 1e6)
  const seconds = Math.floor(microseconds / 1e6)
  const clock = [12 + Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
    .map(two)
    .join(':')
  return `2000-01-01 ${clock}.${String(microseconds % 1e6).padStart(6, '0')}0`
}

function two(number: number): string {
  return String(number).padStart(2, '0')
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [name, text] of Object.entries(TRACES)) writeFileSync(new URL(name, import.meta.url), text())
}
