import type { GapSpec } from '../arrivals/gaps.ts'
import type { GeneratorSpec } from '../arrivals/generate.ts'
import type { LengthSpec } from '../arrivals/lengths.ts'
import type { ArrivalLaw, GenerateSpec, LengthLaw } from './generate-schema.ts'

/** Whether the law says how many requests come a second, so that the workload need not. */
export function hasRate(law: ArrivalLaw): boolean {
  return law.process === 'on-off' || law.process === 'profile' || law.rate_per_s !== undefined
}

export function generatorSpec({
  requests,
  arrivals,
  lengths,
  class: className,
}: GenerateSpec): GeneratorSpec {
  const input = lengthSpec(lengths.input)
  const output = lengthSpec(lengths.output)
  return { className, requests, gaps: gapSpec(arrivals), input, output }
}

/** Where the workload sets the rate, the law draws gaps of a mean of 1 s. */
function gapSpec(law: ArrivalLaw): GapSpec {
  switch (law.process) {
    case 'poisson':
    case 'even':
      return { kind: law.process, ratePerS: law.rate_per_s ?? 1 }
    case 'gamma':
      return { kind: 'gamma', ratePerS: law.rate_per_s ?? 1, cv: law.cv }
    case 'on-off':
      return {
        kind: 'on-off',
        onRatePerS: law.on_rate_per_s,
        offRatePerS: law.off_rate_per_s,
        onS: law.on_s,
        offS: law.off_s,
      }
    case 'profile':
      return { kind: 'profile', stepS: law.step_s, ratesPerS: law.rates_per_s, cv: law.cv }
  }
}

export function lengthSpec(law: LengthLaw): LengthSpec {
  if ('fixed' in law) return { kind: 'fixed', tokens: law.fixed }
  if ('uniform' in law) {
    return { kind: 'uniform', minTokens: law.uniform.min_tokens, maxTokens: law.uniform.max_tokens }
  }
  if ('quantiles' in law) return { kind: 'quantiles', points: law.quantiles }
  if ('lognormal' in law) {
    const { median_tokens, sigma, min_tokens, max_tokens } = law.lognormal
    return {
      kind: 'lognormal',
      medianTokens: median_tokens,
      sigma,
      minTokens: min_tokens,
      maxTokens: max_tokens,
    }
  }
  const { first_share, first, second, min_tokens, max_tokens } = law.two_lognormals
  return {
    kind: 'two-lognormals',
    firstShare: first_share,
    first: { medianTokens: first.median_tokens, sigma: first.sigma },
    second: { medianTokens: second.median_tokens, sigma: second.sigma },
    minTokens: min_tokens,
    maxTokens: max_tokens,
  }
}
