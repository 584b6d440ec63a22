import { expect, test } from 'vitest'
import { extentOf } from '../../src/planning/extent.ts'
import { jobsOf } from '../../src/planning/jobs.ts'
import { costOf, leastPrices } from '../../src/planning/least-price.ts'
import { solver } from '../../src/planning/linear-program.ts'
import { leastOutputCost } from '../../src/planning/recomputing.ts'
import { stepRows } from '../../src/planning/step-rows.ts'
import { Steps } from '../../src/planning/steps.ts'
import { courseOf, randomCourse } from '../laws/courses.ts'
import { Dice } from '../laws/dice.ts'
import { linearLatency } from '../laws/models.ts'
import { server } from './server.ts'

const seeds = Array.from({ length: 20 }, (_, seed) => seed)

test.each(seeds)(
  'no step that a kind may run does more than it costs, by the least prices (%i)',
  async seed => {
    const course = randomCourse(`least price ${seed}`, 'continuous')
    const dice = new Dice(`steps ${seed}`, 'continuous')
    const [kind] = course.kinds
    const extent = extentOf(kind, await jobsOf(course))
    const steps = new Steps(kind)
    const rows = stepRows(kind, extent, steps, (...step) => steps.seconds(...step))
    const need = { decodes: 10, context: 100, tokens: dice.oneOf([1, 100]), pairs: dice.oneOf([1, 5000]) }
    const prices = leastPrices(await solver(), rows, need)
    expect(costOf(prices, need)).toBeGreaterThan(0)
    for (let i = 0; i < 400; i++) {
      const decodes = dice.between(0, kind.maxSequences)
      const chunks = decodes === kind.maxSequences ? 0 : dice.between(decodes === 0 ? 1 : 0, 1)
      const room = 1 + (kind.kvBlocks * kind.blockTokens) / Math.max(1, decodes)
      const most = Math.min(extent.mostContext, room)
      if (most < extent.leastContext) continue
      const context = decodes * (extent.leastContext + dice.random() * (most - extent.leastContext))
      const tokens =
        chunks === 0
          ? 0
          : dice.between(1, Math.max(1, Math.min(kind.tokenBudget - decodes, extent.mostComputed)))
      const pairs = tokens * dice.random() * extent.mostPairs
      const cost = costOf(prices, { decodes, context, tokens, pairs })
      expect(cost).toBeLessThanOrEqual(steps.seconds(decodes, context, chunks, tokens, pairs) * (1 + 1e-9))
    }
  },
)

test('a token may come of computing again what was there, where that is cheaper than a decode step', async () => {
  const jobs = await jobsOf(courseOf([server()], [{ arrivalS: 0, inputTokens: 3, outputTokens: 5 }]))
  const cost = (tokens: number) =>
    leastOutputCost({ decodes: 10, context: 0, tokens, pairs: 0 }, server(), jobs, 0)
  expect(cost(1)).toBe(4 + 5 + 6 + 7)
  expect(cost(4)).toBe(40)
  expect(cost(2)).toBe(8 + 10 + 20)
})

test('places are the members that share what is read', () => {
  const times = { fixedS: 1, tokenS: 0, contextS: 1, pairS: 0 }
  const placesOf = (places: number) =>
    new Steps(server({ latency: linearLatency({ ...times, places }), maxSequences: 8 })).places
  expect([1, 2, 5].map(placesOf)).toEqual([1, 2, 5])
})

test('where a price jumps, what lies just below the jump is not taken for what lies above', async () => {
  const kind = server({ kvBlocks: 2000 })
  const extent = { leastContext: 10, mostContext: 1000, isShort: false, mostComputed: 10, mostPairs: 10 }
  const jump = (_: number, context: number) => (context > 50 ? 100 : 1)
  const rows = stepRows(kind, extent, new Steps(kind), jump)
  const { context } = leastPrices(await solver(), rows, { decodes: 0, context: 1, tokens: 0, pairs: 0 })
  expect(50 * context).toBeLessThanOrEqual(1)
  expect(50 * context).toBeGreaterThan(0.95)
})
