import { UserError } from '../../src/core/errors.ts'
import { suggestion } from '../../src/core/nearest.ts'
import { dotted, readYaml, type Source } from '../../src/scenario/document.ts'
import type { Catalogue } from '../../src/scenario/facts.ts'
import { besideScenario, loadCatalogue, textOf, traceOpener } from '../../src/scenario/files.ts'
import { SHIPPED_CATALOGUE } from '../../src/scenario/shipped.ts'
import { validated } from '../../src/scenario/validate.ts'
import type { OpenTrace } from '../../src/scenario/workload.ts'
import { type Claim, type ClaimInput, claimSchema } from './claim-schema.ts'

/** A claim with the places that it was read from and the catalogue that it rests on. */
export interface ClaimFile {
  readonly claim: Claim
  readonly source: Source & { readonly input: ClaimInput }
  readonly catalogue: Catalogue
  readonly open: OpenTrace
}

/** Throws a UserError that names the place of the first mistake. */
export function loadClaim(file: string): ClaimFile {
  const source = readYaml(textOf(file), file)
  const claim = validated(claimSchema, source)
  checkNames(claim, source)
  const own = claim.catalogue.map(path => besideScenario(file, path))
  return {
    claim,
    source: { ...source, input: source.input as ClaimInput },
    catalogue: loadCatalogue([SHIPPED_CATALOGUE, ...own]),
    open: traceOpener(file),
  }
}

/** Cases and paths name works, pools and terms of the file. */
function checkNames({ cases, paths, works, pools, terms }: Claim, { place }: Source): void {
  const check = (path: readonly (string | number)[], names: readonly string[], known: object) => {
    const unknown = names.find(name => !(name in known))
    if (unknown === undefined) return
    throw new UserError(
      `${place(path)}: ${dotted(path)}: "${unknown}"; ${suggestion(unknown, Object.keys(known))}`,
    )
  }
  for (const [index, group] of cases.entries()) {
    const paid = group.terms?.flatMap(({ subject, against }) => [subject, against]) ?? []
    check(['cases', index, 'works'], group.works, works)
    check(['cases', index, 'subjects'], group.subjects, pools)
    check(['cases', index, 'against'], group.against, pools)
    check(['cases', index, 'terms'], paid, terms)
  }
  for (const [index, path] of paths.entries()) {
    check(['paths', index, 'work'], [path.work], works)
    check(['paths', index, 'rented'], [path.rented], pools)
    check(['paths', index, 'against'], [path.against], pools)
    check(['paths', index, 'terms'], [path.terms], terms)
  }
}
