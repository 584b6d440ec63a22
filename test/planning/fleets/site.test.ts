import { describe, expect, it } from 'vitest'
import { loadCatalogue } from '../../../src/scenario/files.ts'
import { SHIPPED_CATALOGUE } from '../../../src/scenario/shipped.ts'
import { fast, SLOW, toyPlan } from './toys.ts'

const { owners } = loadCatalogue([SHIPPED_CATALOGUE])
const NEOCLOUD = owners.get('neocloud')!.pue.value
const HYPERSCALER = owners.get('hyperscaler')!.pue.value
const UNPRICED = SLOW.replace('    usd_per_hour: 10\n', '')
const OWNED = 'tariff: { basis: owned, owner: neocloud }\n'

const pueOf = (candidates: readonly string[], more = '') => toyPlan({ candidates, more }).spec.pue

describe('the PUE of a plan that gives none', () => {
  it('is the usual one of rented nodes', () => {
    expect(pueOf([UNPRICED])).toBe(1.12)
  })

  it('is the owner’s of owned nodes', () => {
    expect(NEOCLOUD).not.toBe(1.12)
    expect(pueOf([UNPRICED], OWNED)).toBe(NEOCLOUD)
    expect(pueOf([`${UNPRICED}    tariff: { basis: owned, owner: neocloud }\n`])).toBe(NEOCLOUD)
  })

  it('is the plan’s own where it has one', () => {
    expect(pueOf([UNPRICED], `pue: 1.5\n${OWNED}`)).toBe(1.5)
    expect(pueOf([UNPRICED], `pue: 1.12\n${OWNED}`)).toBe(1.12)
  })

  it('must be given where candidates would have unlike ones, whose are named', () => {
    const mixed = () => pueOf([UNPRICED, fast(12)], OWNED)
    expect(mixed).toThrow(
      `pue is missing; must be given where candidates would have unlike ones: ${NEOCLOUD} of neocloud, 1.12 of rented nodes`,
    )
    const other = `${UNPRICED.replace('name: slow', 'name: other')}    tariff: { owner: hyperscaler }\n`
    if (HYPERSCALER !== NEOCLOUD) expect(() => pueOf([UNPRICED, other], OWNED)).toThrow('of hyperscaler')
    expect(pueOf([UNPRICED, fast(12)], `pue: 1.2\n${OWNED}`)).toBe(1.2)
  })

  it('is of owners that there are', () => {
    expect(() => pueOf([UNPRICED], OWNED.replace('neocloud', 'neoclod'))).toThrow(/owner.*neocloud/)
  })
})
