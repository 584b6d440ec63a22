import { expect, test } from 'vitest'
import type { Batcher } from '../../src/batching/contract.ts'
import { prefillFirst } from '../../src/batching/prefill-first.ts'
import type { ReplicaKind } from '../../src/replicas/contract.ts'
import { type Flavour, randomCourse } from './courses.ts'
import { runFast } from './fast.ts'
import { runNaive } from './naive.ts'
import { seeds } from './seeds.ts'

/** Keeps an even number of decodes out of the steps that carry prompts, and lets an odd number share them. */
const moody: Batcher = step => {
  const isOdd = step.decodes % 2 === 1
  if (isOdd) step.continueRunning()
  while (step.hasWaiting && (step.headTokens <= step.budgetTokens || step.chunkTokens === 0)) {
    if (!step.admit(step.headTokens)) break
  }
  if (!isOdd && step.chunkTokens === 0) step.continueRunning()
}

/** Memory for little more than the longest request, so that decodes are preempted. */
function tight(kind: ReplicaKind, batcher: Batcher): ReplicaKind {
  const leastBlocks = Math.ceil(kind.maxModelLen / kind.blockTokens)
  return { ...kind, batcher, batchDelayS: 0, kvBlocks: leastBlocks + 2, watermarkBlocks: 0 }
}

const BATCHERS: [string, Batcher][] = [
  ['prefill-first', prefillFirst],
  ['moody', moody],
]

test.each(BATCHERS)(
  'gaps are those of a naive stepper where decodes are held back and preempted: %s',
  async (_, own) => {
    let preemptions = 0
    for (const flavour of ['continuous', 'dyadic'] satisfies Flavour[]) {
      for (const seed of seeds(25)) {
        const random = randomCourse(`gaps ${seed}`, flavour)
        const course = { ...random, kinds: random.kinds.map(kind => tight(kind, own)) }
        const { rows, result } = await runFast(course, { name: 'round-robin' })
        const { gapsS, requests } = await runNaive(course, ({ ordinal }) => rows[ordinal].replica)
        expect(result.itl.count, `seed ${seed}`).toBe(gapsS.length)
        const totalS = gapsS.reduce((sum, gapS) => sum + gapS, 0)
        expect(Math.abs(result.itl.mean * gapsS.length - totalS)).toBeLessThanOrEqual(1e-9 * totalS)
        rows.forEach(({ worstItlS }, i) => {
          expect(Math.abs(worstItlS - requests[i].worstItlS)).toBeLessThanOrEqual(1e-9 * worstItlS)
        })
        preemptions += result.preemptions
      }
    }
    expect(preemptions).toBeGreaterThan(100)
  },
)
