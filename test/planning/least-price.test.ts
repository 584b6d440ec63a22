import { expect, test } from 'vitest'
import { solver } from '../../src/core/linear-program.ts'
import { cutsPrompts } from '../../src/planning/chunking.ts'
import { extentOf } from '../../src/planning/extent.ts'
import { jobsOf } from '../../src/planning/jobs.ts'
import { costOf, leastPrices } from '../../src/planning/least-price.ts'
import { beyondOf, lumpsOf } from '../../src/planning/lumps.ts'
import { leastOutputCost } from '../../src/planning/recomputing.ts'
import { stepRows } from '../../src/planning/step-rows.ts'
import { Steps } from '../../src/planning/steps.ts'
import { NO_WORK } from '../../src/planning/work.ts'
import type { ReplicaKind } from '../../src/replicas/contract.ts'
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
    const lumps = lumpsOf(kind, extent.mostComputed)
    const rows = stepRows(kind, extent, steps, lumps, (...step) => steps.seconds(...step))
    const [tokens, pairs] = [dice.oneOf([1, 100]), dice.oneOf([1, 5000])]
    const need = { decodes: 10, context: 100, tokens, pairs, beyond: beyondOf(lumps, tokens) }
    const prices = leastPrices(await solver(), rows, need)
    expect(costOf(prices, need)).toBeGreaterThan(0)
    for (let i = 0; i < 400; i++) {
      const decodes = dice.between(0, kind.maxSequences)
      const isPure = decodes === kind.maxSequences || (decodes > 0 && dice.chance(0.3))
      const room = 1 + (kind.kvBlocks * kind.blockTokens) / Math.max(1, decodes)
      const most = Math.min(extent.mostContext, room)
      if (most < extent.leastContext) continue
      const context = decodes * (extent.leastContext + dice.random() * (most - extent.leastContext))
      const chunks = isPure
        ? { ...NOTHING, beyond: lumps.map(() => 0) }
        : randomChunks(dice, kind, decodes, extent.mostComputed, lumps)
      const pairs = chunks.tokens * dice.random() * extent.mostPairs
      const cost = costOf(prices, { decodes, context, pairs, ...chunks })
      const { members, tokens } = chunks
      expect(cost).toBeLessThanOrEqual(steps.seconds(decodes, context, members, tokens, pairs) * (1 + 1e-9))
    }
  },
)

const NOTHING = { members: 0, tokens: 0, beyond: [] as number[] }

/** Rests of prompts, whole but for the last, which ends where the budget does. */
function randomChunks(
  dice: Dice,
  kind: ReplicaKind,
  decodes: number,
  longest: number,
  lumps: readonly number[],
): typeof NOTHING {
  const isCut = cutsPrompts(kind) === 'at its budget'
  let left = Math.max(1, kind.tokenBudget - decodes)
  const chunks = { ...NOTHING, beyond: lumps.map(() => 0) }
  const mostMembers = dice.between(1, kind.maxSequences - decodes)
  while (chunks.members < mostMembers && left > 0) {
    const rest = dice.between(1, longest)
    const computed = isCut ? Math.min(rest, left) : rest
    if (!isCut && chunks.members > 0 && rest > left) break
    const undone = beyondOf(lumps, rest - computed)
    beyondOf(lumps, rest).forEach((of, lump) => {
      chunks.beyond[lump] += of - undone[lump]
    })
    chunks.members++
    chunks.tokens += computed
    left -= computed
  }
  return chunks
}

test('a token may come of computing again what was there, where that is cheaper than a decode step', async () => {
  const jobs = await jobsOf(courseOf([server()], [{ arrivalS: 0, inputTokens: 3, outputTokens: 5 }]))
  const cost = (tokens: number) => leastOutputCost({ ...NO_WORK, decodes: 10, tokens }, server(), jobs, 0, [])
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
  const rows = stepRows(kind, extent, new Steps(kind), [], jump)
  const { context } = leastPrices(await solver(), rows, { ...NO_WORK, context: 1 })
  expect(50 * context).toBeLessThanOrEqual(1)
  expect(50 * context).toBeGreaterThan(0.95)
})
