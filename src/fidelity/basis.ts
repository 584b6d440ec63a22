import type { Catalogue } from '../scenario/facts.ts'
import type { Comparison } from './contract.ts'

/**
 * What a prediction rests on: an engine's constants that were fitted on runs of this device, model and format, or on
 * others; blank where no engine takes part.
 */
export const BASES = ['fitted', 'new', ''] as const
export type Basis = (typeof BASES)[number]

/** Kinds of models, which are hard to predict in different measure; blank where no model takes part. */
export const FAMILIES = ['dense', 'experts', ''] as const
export type Family = (typeof FAMILIES)[number]

export function basisOf({ device, engine, model, weights }: Comparison, catalogue: Catalogue): Basis {
  const entry = catalogue.engines.get(engine)
  if (entry === undefined || model === '') return ''
  return entry.fittedOn?.includes(`${device} ${model} ${weights}`) ? 'fitted' : 'new'
}

export function familyOf({ model }: Comparison, catalogue: Catalogue): Family {
  const entry = catalogue.models.get(model)
  if (entry === undefined) return ''
  return entry.moe === undefined ? 'dense' : 'experts'
}
