import { atLeast, within } from './bounds.ts'
import { normalQuantile } from './draws.ts'
import { mixed } from './mixture.ts'
import { interpolated, type QuantilePoint, tabulated } from './table.ts'

/** A lognormal law by its median and the standard deviation of its logarithm. */
export interface Lognormal {
  readonly medianTokens: number
  readonly sigma: number
}

/** Draws outside take the nearer bound, as requests cut at a context limit do. */
export interface TokenBounds {
  readonly minTokens: number
  readonly maxTokens: number
}

/** How long prompts or outputs are. */
export type LengthSpec =
  | { readonly kind: 'fixed'; readonly tokens: number }
  /** Every whole number of tokens between the bounds is as likely. */
  | ({ readonly kind: 'uniform' } & TokenBounds)
  | ({ readonly kind: 'lognormal' } & Lognormal & TokenBounds)
  | ({
      readonly kind: 'two-lognormals'
      /** Share of the first law, 0 to 1. */
      readonly firstShare: number
      readonly first: Lognormal
      readonly second: Lognormal
    } & TokenBounds)
  | { readonly kind: 'quantiles'; readonly points: readonly QuantilePoint[] }
  /** One of several laws; shares add up to 1. */
  | { readonly kind: 'mixture'; readonly parts: readonly LengthPart[] }

export interface LengthPart {
  readonly share: number
  readonly law: LengthSpec
}

const MOST_TOKENS = 2 ** 31 - 1

/** The length in whole tokens, >= 1, that belongs to a share of the requests in [0, 1). */
export type LengthAt = (share: number) => number

const KINDS = {
  fixed: spec => {
    const tokens = Math.round(within('tokens', spec.tokens, 1, MOST_TOKENS))
    return () => tokens
  },
  uniform: spec => {
    const least = Math.round(within('minTokens', spec.minTokens, 1, MOST_TOKENS))
    const most = Math.round(within('maxTokens', spec.maxTokens, least, MOST_TOKENS))
    return share => least + Math.floor(share * (most - least + 1))
  },
  lognormal: spec => bounded(lognormalAt(spec), spec),
  'two-lognormals': spec => {
    const share = within('firstShare', spec.firstShare, 0, 1)
    const first = bounded(lognormalAt(spec.first), spec)
    const second = bounded(lognormalAt(spec.second), spec)
    return at => (at < share ? first(at / share) : second((at - share) / (1 - share)))
  },
  quantiles: spec => {
    const at = interpolated(spec.points, 1)
    return share => Math.round(at(share))
  },
  mixture: spec => mixed(spec.parts.map(({ share, law }) => ({ share, at: lengthAt(law) }))),
} satisfies { [K in LengthSpec['kind']]: (spec: Extract<LengthSpec, { kind: K }>) => LengthAt }

/** Turns a specification into lengths. Throws a UserError that names the number and its bound. */
export function lengthAt(spec: LengthSpec): LengthAt {
  return (KINDS[spec.kind] as (spec: LengthSpec) => LengthAt)(spec)
}

function lognormalAt(law: Lognormal): (share: number) => number {
  const mu = Math.log(atLeast('medianTokens', law.medianTokens, 1))
  const sigma = atLeast('sigma', law.sigma, 0)
  return tabulated(share => Math.exp(mu + sigma * normalQuantile(share)))
}

function bounded(at: (share: number) => number, { minTokens, maxTokens }: TokenBounds): LengthAt {
  const least = Math.round(within('minTokens', minTokens, 1, MOST_TOKENS))
  const most = Math.round(within('maxTokens', maxTokens, least, MOST_TOKENS))
  return share => {
    const tokens = Math.round(at(share))
    return tokens < least ? least : Math.min(tokens, most)
  }
}
