import { describe, expect, it } from 'vitest'
import { measure } from '../../src/arrivals/measure.ts'
import { arraySource } from '../laws/courses.ts'
import { type DetailedRow, detailedSource } from '../laws/detailed.ts'

const row = (more: Partial<DetailedRow> = {}): DetailedRow => ({
  arrivalS: 0,
  inputTokens: 100,
  outputTokens: 1,
  ...more,
})
const names = { classes: ['all'], tenants: ['a', 'b'], models: ['small', 'large'] }

describe('the measure of a workload', () => {
  it('names tenants and models, and counts who names a model', async () => {
    const rows = [row({ tenantId: 1, modelId: 0 }), row({ tenantId: 0 }), row({ modelId: 1 })]
    expect(await measure(detailedSource(rows, names))).toMatchObject({
      tenants: ['a', 'b'],
      models: ['small', 'large'],
      modelRequests: 2,
    })
  })

  it.each([
    ['one size', [512, 512], 512],
    ['sizes that divide one another', [64, 16, 128], 128],
    ['sizes that do not', [24, 16, 24], 48],
    ['none', [], 0],
  ])('finds the least whole number of prefix blocks of %s', async (_, sizes, tokens) => {
    const rows = [row(), ...sizes.map(blockTokens => row({ blockTokens, blockIds: [1] })), row()]
    const { prefixBlockTokens, blockLists } = await measure(detailedSource(rows, names))
    expect(prefixBlockTokens).toBe(tokens)
    expect(blockLists).toBe(sizes.length)
  })

  it('has no names where the workload gives none', async () => {
    const plain = await measure(arraySource([row()]))
    expect(plain).toMatchObject({ tenants: [], models: [], modelRequests: 0, prefixBlockTokens: 0 })
  })
})
