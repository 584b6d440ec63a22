import { UserError } from '../../core/errors.ts'
import type { Source } from '../../scenario/document.ts'
import { entryOf } from '../../scenario/entries.ts'
import type { Catalogue } from '../../scenario/facts.ts'
import type { PlanSpec } from './plan-schema.ts'

/**
 * Facility energy per unit of IT energy where a plan does not give it: of nodes that are owned their owner's, else the
 * schema's. Throws a UserError where candidates would have unlike ones: there is one site.
 */
export function pueOf(spec: PlanSpec, source: Source, catalogue: Catalogue): number {
  const { pue: given } = source.input as Readonly<Record<string, unknown>>
  if (given !== undefined) return spec.pue
  const sites = new Map(spec.candidates.map((_, index) => siteOf(spec, index, source, catalogue)))
  if (new Set(sites.values()).size === 1) return [...sites.values()][0]
  const whose = [...sites].map(([name, pue]) => `${pue} ${name}`).join(', ')
  throw new UserError(
    `${source.place([])}: pue is missing; must be given where candidates would have unlike ones: ${whose}`,
  )
}

function siteOf(
  { candidates, tariff, pue }: PlanSpec,
  index: number,
  source: Source,
  catalogue: Catalogue,
): readonly [name: string, pue: number] {
  const { usd_per_hour: usdPerHour, tariff: own } = candidates[index]
  const { basis, owner } = { ...tariff, ...own, basis: own?.basis ?? tariff.basis }
  if (usdPerHour !== undefined || basis !== 'owned' || owner === undefined) return ['of rented nodes', pue]
  const path = own?.owner === undefined ? ['tariff', 'owner'] : ['candidates', index, 'tariff', 'owner']
  const { pue: owners } = entryOf(catalogue, 'owners', owner, `${source.place(path)}: owner`)
  return [`of ${owner}`, owners.value]
}
