import type { Catalogue } from '../scenario/facts.ts'
import type { Basis, Comparison } from './contract.ts'

/** Kinds of models, which are hard to predict in different measure; blank where no model takes part. */
export const FAMILIES = ['dense', 'experts', ''] as const
export type Family = (typeof FAMILIES)[number]

/** That of the comparison itself, or else whether its engine was fitted on runs of its device, model and format. */
export function basisOf(comparison: Comparison, catalogue: Catalogue): Basis {
  const { device, engine, model, weights, basis } = comparison
  if (basis !== undefined) return basis
  const entry = catalogue.engines.get(engine)
  if (entry === undefined || model === '') return ''
  return entry.fittedOn?.includes(`${device} ${model} ${weights}`) ? 'fitted' : 'new'
}

export function familyOf({ model }: Comparison, catalogue: Catalogue): Family {
  const entry = catalogue.models.get(model)
  if (entry === undefined) return ''
  return entry.moe === undefined ? 'dense' : 'experts'
}
