import { beforeAll, describe, expect, it } from 'vitest'
import { loadTransition } from '../../../src/planning/transitions/load-transition.ts'
import { carriedOut } from '../../../src/planning/transitions/transition.ts'
import { readYaml } from '../../../src/scenario/document.ts'
import type { Catalogue } from '../../../src/scenario/facts.ts'
import { loadCatalogue, traceOpener } from '../../../src/scenario/files.ts'
import { SHIPPED_CATALOGUE } from '../../../src/scenario/shipped.ts'
import { TINY, tiny } from './tiny.ts'

let catalogue: Catalogue

beforeAll(() => {
  catalogue = loadCatalogue([SHIPPED_CATALOGUE])
})

async function carried(text: string, draws = 0) {
  const source = readYaml(text, 'tiny.yaml')
  return carriedOut(await loadTransition(source, catalogue, traceOpener('tiny.yaml'), { draws }))
}

describe('a transition', () => {
  it.each([
    ['region: us-ohio', 'region: us-ohoi', /tiny.yaml:4:9: region .*did you mean us-ohio/],
    ['to: 2026-Q3', 'to: 2024-Q3', /must have from <= to/],
    [
      'tariff: { basis: on-demand }',
      'tariff: { basis: owned, life_years: 0 }',
      /tariff.life_years is 0; must be > 0/,
    ],
    ['requests: 400', 'requests: 1', /services\[0\].workload has 1 request; must have 4 or more/],
    ['draws: 3', 'draws: 1', /draws .*must be 0, or 2 or more: one draw has no band/],
    ['draws: 3', 'drawz: 3', /has no key 'drawz'; did you mean draws/],
    ['to: 2026-Q3', 'to: 2026-03', /must be a quarter such as 2026-Q1/],
    ['low: 1.5, high: 3', 'low: 2.5, high: 3', /must have low <= value <= high/],
    [
      'available: 2026-Q1,',
      'available: 2026-Q1, measured: 2025-Q1,',
      /measured is 2025-Q1, before it can be had/,
    ],
    [
      '  aws-inf2.48xlarge: {',
      '  aws-inf3.48xlarge: {',
      /no candidate of a service; did you mean aws-inf2.48xlarge/,
    ],
    [
      '    rate_per_s: 5000',
      '    starts: 2027-Q1\n    rate_per_s: 5000',
      /services\[0\].starts is 2027-Q1; must be from/,
    ],
    [
      'node: l4-server-4x, ',
      'node: l4-server-4x, most: 3, ',
      /candidates\[0\] has most; it must be in nodes.l4-server-4x/,
    ],
    ['basis: on-demand', 'basis: reserved', /l4-server-4x.*no reserved price.*known: on-demand/],
    ['basis: on-demand', 'basis: owned', /needs owner/],
    [
      'nodes:\n',
      'nodes:\n  l4-server-4x: { available: 2025-Q4 }\n',
      /no node serves "frames" in 2025-Q3 under gpu-only: l4-server-4x: it cannot be had before 2025-Q4/,
    ],
    [
      'nodes:\n',
      'nodes:\n  l4-server-4x: { history: [{ market: tape, basis: on-demand }] }\n',
      /no price.*is known by 2025-09; the first is of 2026-05-31/,
    ],
    ['e2e_s: 0.05', 'e2e_s: 0.001', /no node serves "frames" in 2025-Q3/],
    [
      '    workload:',
      '    workload:\n      load: 0.5',
      /workload has load; how many requests come is rate_per_s beside it/,
    ],
  ] as const)('with %s as %s is refused', async (from, to, message) => {
    await expect(carried(tiny(from, to))).rejects.toThrow(message)
  })

  it('has the same first draws however many follow, and the same answer as given', async () => {
    const [none, few, more] = [await carried(TINY, 0), await carried(TINY, 2), await carried(TINY, 3)]
    const given = ({ strategies }: typeof none) =>
      strategies.map(({ quarters }) => quarters.map(({ outcome }) => outcome))
    expect(given(few)).toEqual(given(none))
    const simulated = ({ strategies }: typeof none) =>
      strategies.map(({ quarters }) => quarters.map(({ attainments }) => attainments))
    expect(simulated(more)).toEqual(simulated(few))
  })
})
