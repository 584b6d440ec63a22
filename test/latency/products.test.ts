import { describe, expect, it } from 'vitest'
import { below, stream } from '../../src/core/random.ts'
import {
  busiestRows,
  layerProducts,
  matricesTouched,
  meanRows,
  type Product,
  productBytes,
} from '../../src/latency/products.ts'
import { FP8 } from './cases.ts'
import { DEEPSEEK_R1 } from './transformers.ts'

const ROUTERS = [
  { experts: 256, chosen: 8, groups: 8 },
  { experts: 256, chosen: 8, groups: 64 },
  { experts: 128, chosen: 8, groups: 4 },
  { experts: 64, chosen: 6, groups: 2 },
  { experts: 32, chosen: 4, groups: 32 },
  { experts: 8, chosen: 2, groups: 8 },
]
type Router = (typeof ROUTERS)[number]

describe.each(ROUTERS)('$chosen of $experts experts in $groups groups, chosen at random', router => {
  const product = routed(router)

  it.each([1, 4, 16, 64, 256, 1024])('load the busiest group as %d tokens do on average', tokens => {
    const { rows } = chosenBy(router, tokens)
    const { chosen, groups } = router
    const mean = (tokens * chosen) / groups
    expect(meanRows(product, tokens)).toBeCloseTo(mean, 10)
    // The leading term lies above the truth by half a sigma; for a handful of tokens on many groups below it.
    const sigma = Math.sqrt(mean * (1 - 1 / groups))
    expect(Math.abs(busiestRows(product, tokens) - rows)).toBeLessThan(0.75 * sigma)
    if (mean >= 2) expect(busiestRows(product, tokens)).toBeGreaterThan(rows)
  })

  it.each([1, 16, 256])('are touched in a group as by %d tokens on average', tokens => {
    const { touched } = chosenBy(router, tokens)
    expect(Math.abs(matricesTouched(product, tokens) / touched - 1)).toBeLessThan(0.03)
  })

  it('load no group with more than every choice', () => {
    for (const tokens of [0, 1, 2, 3]) {
      expect(busiestRows(product, tokens)).toBeLessThanOrEqual(tokens * router.chosen)
    }
  })
})

describe('a product without groups', () => {
  it('has the rows of its tokens', () => {
    expect(busiestRows({ ...routed(ROUTERS[0]), groups: 1, rowsPerToken: 1, matrices: 1 }, 77)).toBe(77)
  })
})

describe('the products that go into the latent space and out of it', () => {
  it('read a vector of every head for each token, and write one', () => {
    const products = layerProducts(DEEPSEEK_R1, { tp: 4, ...FP8, attentionDp: 2 })
    const heads = 128 / 2
    const ofToken = (product: Product) => productBytes(product, 1, 101, 2) - productBytes(product, 1, 100, 2)
    const [, , into, out] = products
    expect([into.columns, into.depth]).toEqual([heads * 512, 128])
    expect(ofToken(into)).toBe(heads * (128 + 512) * 2)
    expect(ofToken(out)).toBe(heads * (512 + 128) * 2)
    expect(productBytes(into, 1, 0, 2)).toBe(heads * 512 * 128)
  })
})

function routed({ experts, chosen, groups }: Router): Product {
  return {
    layers: 1,
    rowsPerToken: chosen / groups,
    columns: 1,
    depth: 1,
    weightBytes: 2,
    matrices: experts / groups,
    isOfRank: false,
    groups,
  }
}

/** Rows of the busiest group, and experts touched in a group, on average over many throws. */
function chosenBy({ experts, chosen, groups }: Router, tokens: number): { rows: number; touched: number } {
  const random = stream(`${experts}/${chosen}/${groups}/${tokens}`, 'experts')
  const order = Array.from({ length: experts }, (_, expert) => expert)
  const trials = tokens > 200 ? 100 : 600
  let rows = 0
  let touched = 0
  for (let trial = 0; trial < trials; trial++) {
    const rowsOf: number[] = Array(groups).fill(0)
    const hit = new Set<number>()
    for (let choice = 0; choice < tokens * chosen; choice++) {
      const place = choice % chosen
      const other = place + below(random, experts - place)
      const expert = order[other]
      order[other] = order[place]
      order[place] = expert
      rowsOf[Math.floor((expert * groups) / experts)]++
      hit.add(expert)
    }
    rows += Math.max(...rowsOf)
    touched += hit.size / groups
  }
  return { rows: rows / trials, touched: touched / trials }
}
