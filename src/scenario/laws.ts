import type { DurationSpec } from '../arrivals/durations.ts'
import type { GapSpec } from '../arrivals/gaps.ts'
import type { LengthsSpec } from '../arrivals/generators/request-lengths.ts'
import type { LengthSpec } from '../arrivals/lengths.ts'
import type { ArrivalLaw, CurveGaps } from './arrivals-schema.ts'
import type { DurationLaw, LengthLaw, RequestLengths } from './laws-schema.ts'

type Law<P extends ArrivalLaw['process']> = Extract<ArrivalLaw, { process: P }>

/** Where the workload sets the rate, the law draws gaps of a mean of 1 s. */
const GAPS = {
  poisson: law => ({ kind: 'poisson', ratePerS: law.rate_per_s ?? 1 }),
  gamma: law => ({ kind: 'gamma', ratePerS: law.rate_per_s ?? 1, cv: law.cv }),
  weibull: law => ({ kind: 'weibull', ratePerS: law.rate_per_s ?? 1, shape: law.shape }),
  even: law => ({ kind: 'even', ratePerS: law.rate_per_s ?? 1 }),
  periodic: law => ({ kind: 'periodic', senders: law.senders, ratePerS: law.rate_per_s }),
  'on-off': law => ({
    kind: 'on-off',
    onRatePerS: law.on_rate_per_s,
    offRatePerS: law.off_rate_per_s,
    onS: law.on_s,
    offS: law.off_s,
  }),
  markov: ({ states }) => ({
    kind: 'markov',
    states: states.map(state => ({ ratePerS: state.rate_per_s, stayS: state.stay_s })),
  }),
  profile: law => ({ kind: 'profile', stepS: law.step_s, ratesPerS: law.rates_per_s, cv: law.cv }),
  diurnal: hourly,
  weekly: hourly,
  sinusoid: law => ({
    kind: 'curve',
    rate: {
      kind: 'sinusoid',
      ratePerS: law.rate_per_s,
      swing: law.swing,
      periodS: law.period_s,
      peakS: law.peak_s,
    },
    gaps: unitGaps(law.gaps),
  }),
  'flash-crowd': law => ({
    kind: 'curve',
    rate: {
      kind: 'flash-crowd',
      ratePerS: law.rate_per_s,
      height: law.height,
      startS: law.start_s,
      riseS: law.rise_s,
      holdS: law.hold_s,
      decayS: law.decay_s,
    },
    gaps: unitGaps(law.gaps),
  }),
} satisfies { [P in ArrivalLaw['process']]: (law: Law<P>) => GapSpec }

export function gapSpec(law: ArrivalLaw): GapSpec {
  return (GAPS[law.process] as (law: ArrivalLaw) => GapSpec)(law)
}

function hourly({ rate_per_s, hourly, start_hour, gaps }: Law<'diurnal' | 'weekly'>): GapSpec {
  const factors = [...hourly.slice(start_hour), ...hourly.slice(0, start_hour)]
  const ratesPerS = factors.map(factor => factor * rate_per_s)
  return { kind: 'curve', rate: { kind: 'steps', stepS: 3600, ratesPerS }, gaps: unitGaps(gaps) }
}

function unitGaps(gaps: CurveGaps): GapSpec {
  return gapSpec({ ...gaps, rate_per_s: 1 })
}

export function lengthSpec(law: LengthLaw): LengthSpec {
  if ('fixed' in law) return { kind: 'fixed', tokens: law.fixed }
  if ('uniform' in law) return { kind: 'uniform', ...bounds(law.uniform) }
  if ('quantiles' in law) return { kind: 'quantiles', points: law.quantiles }
  if ('lognormal' in law) return { kind: 'lognormal', ...lognormal(law.lognormal), ...bounds(law.lognormal) }
  if ('mixture' in law) {
    return {
      kind: 'mixture',
      parts: law.mixture.map(({ share, law }) => ({ share, law: lengthSpec(law) })),
    }
  }
  const { first_share: firstShare, first, second } = law.two_lognormals
  return {
    kind: 'two-lognormals',
    firstShare,
    first: lognormal(first),
    second: lognormal(second),
    ...bounds(law.two_lognormals),
  }
}

function lognormal({ median_tokens, sigma }: { median_tokens: number; sigma: number }) {
  return { medianTokens: median_tokens, sigma }
}

function bounds({ min_tokens, max_tokens }: { min_tokens: number; max_tokens: number }) {
  return { minTokens: min_tokens, maxTokens: max_tokens }
}

export function lengthsSpec(laws: RequestLengths): LengthsSpec {
  if ('bins' in laws) return { bins: laws.bins }
  const input = lengthSpec(laws.input)
  if ('reasoning' in laws) {
    return {
      input,
      reasoning: lengthSpec(laws.reasoning),
      answer: lengthSpec(laws.answer),
      maxOutputTokens: laws.max_output_tokens,
    }
  }
  const output = lengthSpec(laws.output)
  const { rank_correlation: rankCorrelation } = laws
  return rankCorrelation === undefined ? { input, output } : { input, output, rankCorrelation }
}

export function durationSpec(law: DurationLaw): DurationSpec {
  if ('constant_s' in law) return { kind: 'constant', durationS: law.constant_s }
  if ('exponential' in law) return { kind: 'exponential', meanS: law.exponential.mean_s }
  if ('quantiles' in law) return { kind: 'quantiles', points: law.quantiles }
  if ('lognormal' in law) {
    const { median_s, sigma, max_s } = law.lognormal
    return { kind: 'lognormal', medianS: median_s, sigma, maxS: max_s }
  }
  return {
    kind: 'mixture',
    parts: law.mixture.map(({ share, law }) => ({ share, law: durationSpec(law) })),
  }
}
