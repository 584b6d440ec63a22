import { atLeast } from './bounds.ts'
import { normalQuantile } from './draws.ts'
import { mixed } from './mixture.ts'
import { interpolated, type QuantilePoint } from './table.ts'

/** How long users think, or tools take. */
export type DurationSpec =
  | { readonly kind: 'constant'; readonly durationS: number }
  | { readonly kind: 'exponential'; readonly meanS: number }
  /** By its median and the standard deviation of its logarithm; draws above `maxS` take it. */
  | {
      readonly kind: 'lognormal'
      readonly medianS: number
      readonly sigma: number
      readonly maxS: number
    }
  | { readonly kind: 'quantiles'; readonly points: readonly QuantilePoint[] }
  /** One of several laws; shares add up to 1. */
  | {
      readonly kind: 'mixture'
      readonly parts: readonly { readonly share: number; readonly law: DurationSpec }[]
    }

/** The time in seconds, >= 0, that belongs to a share of the draws in [0, 1). */
export type DurationAt = (share: number) => number

const KINDS = {
  constant: spec => {
    const durationS = atLeast('durationS', spec.durationS, 0)
    return () => durationS
  },
  exponential: spec => {
    const meanS = atLeast('meanS', spec.meanS, 0)
    return share => -meanS * Math.log(1 - share)
  },
  lognormal: spec => {
    const medianS = atLeast('medianS', spec.medianS, 0)
    const sigma = atLeast('sigma', spec.sigma, 0)
    const maxS = atLeast('maxS', spec.maxS, medianS)
    return share => Math.min(maxS, medianS * Math.exp(sigma * normalQuantile(share)))
  },
  quantiles: spec => interpolated(spec.points, 0),
  mixture: spec => mixed(spec.parts.map(({ share, law }) => ({ share, at: durationAt(law) }))),
} satisfies { [K in DurationSpec['kind']]: (spec: Extract<DurationSpec, { kind: K }>) => DurationAt }

/** Throws a UserError that names the number and its bound. */
export function durationAt(spec: DurationSpec): DurationAt {
  return (KINDS[spec.kind] as (spec: DurationSpec) => DurationAt)(spec)
}
