import { Document, isScalar, isSeq, visit } from 'yaml'
import type { z } from 'zod'
import type { DurationSpec } from '../arrivals/durations.ts'
import type { GapSpec } from '../arrivals/gaps.ts'
import type { GeneratorSpec } from '../arrivals/generate.ts'
import type { LabelSpec } from '../arrivals/generators/labels.ts'
import type { LengthsSpec } from '../arrivals/generators/request-lengths.ts'
import type { LengthSpec, Lognormal, TokenBounds } from '../arrivals/lengths.ts'
import type { SessionSpec } from '../arrivals/sessions/session.ts'
import type { TurnsSpec } from '../arrivals/sessions/turns.ts'
import { UserError } from '../core/errors.ts'
import type { generateSchema } from './generate-schema.ts'

type Section = z.input<typeof generateSchema>
type Laws<Spec extends { kind: string }, Law> = {
  [Kind in Spec['kind']]: (spec: Extract<Spec, { kind: Kind }>) => Law
}

/** A generator as a file that `regatta trace generate` and, below `workload`, a scenario take. */
export function generateText(spec: GeneratorSpec): string {
  const document = new Document({ generate: generateSection(spec) })
  visit(document, {
    Seq(_, seq) {
      const isRow = seq.items.every(item => isScalar(item))
      const isTable = seq.items.every(item => isSeq(item))
      if (isRow || isTable) seq.flow = true
    },
  })
  return document.toString({ flowCollectionPadding: false, lineWidth: 110 })
}

/** The `generate` section that stands for a generator. Throws a UserError where none does. */
export function generateSection(spec: GeneratorSpec): Section {
  const { requests, durationS, sessions } = spec
  return {
    ...(requests !== undefined && { requests }),
    ...(durationS !== undefined && { duration_s: durationS }),
    arrivals: arrivalsOf(spec.gaps),
    lengths: lengthsOf(spec),
    ...labelsOf(spec.labels ?? { classes: [{ className: spec.className, share: 1 }] }),
    ...(sessions && sessionsOf(sessions)),
  }
}

const ARRIVALS: Laws<GapSpec, Section['arrivals']> = {
  poisson: ({ ratePerS }) => ({ process: 'poisson', rate_per_s: ratePerS }),
  gamma: ({ ratePerS, cv }) => ({ process: 'gamma', rate_per_s: ratePerS, cv }),
  weibull: ({ ratePerS, shape }) => ({ process: 'weibull', rate_per_s: ratePerS, shape }),
  even: ({ ratePerS }) => ({ process: 'even', rate_per_s: ratePerS }),
  periodic: ({ senders, ratePerS }) => ({ process: 'periodic', senders, rate_per_s: ratePerS }),
  'on-off': spec => ({
    process: 'on-off',
    on_rate_per_s: spec.onRatePerS,
    off_rate_per_s: spec.offRatePerS,
    on_s: spec.onS,
    off_s: spec.offS,
  }),
  markov: ({ states }) => ({
    process: 'markov',
    states: states.map(({ ratePerS, stayS }) => ({ rate_per_s: ratePerS, stay_s: stayS })),
  }),
  profile: ({ stepS, ratesPerS, cv }) => ({
    process: 'profile',
    step_s: stepS,
    rates_per_s: [...ratesPerS],
    cv,
  }),
  curve: ({ rate }) => {
    throw new UserError(`a curve of rates (${rate.kind}) is not written; a profile is`)
  },
}

function arrivalsOf(gaps: GapSpec): Section['arrivals'] {
  return (ARRIVALS[gaps.kind] as (gaps: GapSpec) => Section['arrivals'])(gaps)
}

type Length = Extract<Section['lengths'], { output: unknown }>['input']
type SimpleLength = Exclude<Length, { mixture: unknown }>

const LENGTHS: Laws<LengthSpec, Length> = {
  fixed: ({ tokens }) => ({ fixed: tokens }),
  uniform: spec => ({ uniform: boundsOf(spec) }),
  lognormal: spec => ({ lognormal: { ...lognormalOf(spec), ...boundsOf(spec) } }),
  'two-lognormals': spec => ({
    two_lognormals: {
      first_share: spec.firstShare,
      first: lognormalOf(spec.first),
      second: lognormalOf(spec.second),
      ...boundsOf(spec),
    },
  }),
  quantiles: ({ points }) => ({ quantiles: points.map(([share, tokens]) => [share, tokens]) }),
  mixture: ({ parts }) => ({
    mixture: parts.map(({ share, law }) => ({ share, law: lengthOf(law) as SimpleLength })),
  }),
}

function lengthOf(spec: LengthSpec): Length {
  return (LENGTHS[spec.kind] as (spec: LengthSpec) => Length)(spec)
}

function lognormalOf({ medianTokens, sigma }: Lognormal) {
  return { median_tokens: medianTokens, sigma }
}

function boundsOf({ minTokens, maxTokens }: TokenBounds) {
  return { min_tokens: minTokens, max_tokens: maxTokens }
}

function lengthsOf(spec: LengthsSpec): Section['lengths'] {
  if ('bins' in spec) {
    const bins = spec.bins.map(({ share, input, output }) => {
      return { share, input: [...input] as [number, number], output: [...output] as [number, number] }
    })
    return { bins }
  }
  const input = lengthOf(spec.input)
  if ('reasoning' in spec) {
    const { reasoning, answer, maxOutputTokens: max_output_tokens } = spec
    return { input, reasoning: lengthOf(reasoning), answer: lengthOf(answer), max_output_tokens }
  }
  const output = lengthOf(spec.output)
  return 'rankCorrelation' in spec
    ? { input, output, rank_correlation: spec.rankCorrelation }
    : { input, output }
}

function labelsOf({ classes, tenants, modality, items }: LabelSpec): Partial<Section> {
  const [first] = classes
  const deadlineOf = ({ deadlineS }: typeof first) =>
    deadlineS === undefined ? {} : { deadline_s: deadlineS }
  return {
    ...(classes.length === 1
      ? { class: first.className, ...deadlineOf(first) }
      : { classes: classes.map(one => ({ class: one.className, share: one.share, ...deadlineOf(one) })) }),
    ...(tenants && { tenants: tenants.map(({ tenant, share }) => ({ tenant, share })) }),
    ...(modality && { modality }),
    ...(items && { items: lengthOf(items) }),
  }
}

type Sessions = NonNullable<Section['sessions']>

function sessionsOf(spec: SessionSpec): Partial<Section> {
  const { prefixes, blockTokens, turns } = spec
  const isAlone = turns.kind === 'fixed' && turns.turns === 1
  return {
    ...(!isAlone && { sessions: turnsAndTimes(spec) }),
    ...(prefixes && {
      prefixes: {
        levels: prefixes.levels.map(level => ({ ...level, tokens: lengthOf(level.tokens) })),
        by_tenant: prefixes.byTenant,
      },
    }),
    ...(blockTokens !== undefined && { block_tokens: blockTokens }),
  }
}

function turnsAndTimes(spec: SessionSpec): Sessions {
  return {
    turns: turnsOf(spec.turns),
    think_s: durationOf(spec.thinkS),
    ...(spec.firstInput && { first_input: lengthOf(spec.firstInput) }),
    max_context_tokens: spec.maxContextTokens,
    at_cap: spec.atCap,
    ...(spec.keptShare !== undefined && { kept_share: spec.keptShare }),
  }
}

const TURNS: Laws<TurnsSpec, Sessions['turns']> = {
  fixed: ({ turns }) => ({ fixed: turns }),
  geometric: ({ meanTurns, maxTurns }) => ({ geometric: { mean_turns: meanTurns, max_turns: maxTurns } }),
  continues: ({ shares, maxTurns }) => ({ continues: { shares: [...shares], max_turns: maxTurns } }),
  table: ({ rows }) => ({ table: rows.map(([turns, share]) => [turns, share]) }),
}

function turnsOf(spec: TurnsSpec): Sessions['turns'] {
  return (TURNS[spec.kind] as (spec: TurnsSpec) => Sessions['turns'])(spec)
}

type Duration = Sessions['think_s']
type SimpleDuration = Exclude<Duration, { mixture: unknown }>

const DURATIONS: Laws<DurationSpec, Duration> = {
  constant: ({ durationS }) => ({ constant_s: durationS }),
  exponential: ({ meanS }) => ({ exponential: { mean_s: meanS } }),
  lognormal: ({ medianS, sigma, maxS }) => ({ lognormal: { median_s: medianS, sigma, max_s: maxS } }),
  quantiles: ({ points }) => ({ quantiles: points.map(([share, s]) => [share, s]) }),
  mixture: ({ parts }) => ({
    mixture: parts.map(({ share, law }) => ({ share, law: durationOf(law) as SimpleDuration })),
  }),
}

function durationOf(spec: DurationSpec): Duration {
  return (DURATIONS[spec.kind] as (spec: DurationSpec) => Duration)(spec)
}
