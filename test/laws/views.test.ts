import { describe, expect, test } from 'vitest'
import type { Course } from '../../src/fleet/course.ts'
import type { ClusterView } from '../../src/routing/contract.ts'
import { type Flavour, randomCourse } from './courses.ts'
import { type FastRow, runFast } from './fast.ts'
import { runNaive } from './naive.ts'
import { seeds } from './seeds.ts'
import { anyChoice, rowsOf, watched, withClients } from './watched.ts'

const FLAVOURS: readonly Flavour[] = ['continuous', 'dyadic']

/** What a policy was told at one decision, and what it decided. */
interface Decision {
  readonly nowS: number
  readonly replica: number
  readonly predictedTokens: number
  readonly outstandingTokens: readonly number[]
  readonly counts: readonly Counts[]
}

interface Counts {
  readonly waiting: number
  readonly running: number
  readonly freeBlocks: number
}

/** A run with everything that its policy could see of queues and memory, and the view itself for afterwards. */
async function observed(course: Course, seed: number) {
  const decisions: Decision[] = []
  let view!: ClusterView
  const choice = watched(anyChoice(seed, course), (request, cluster, replica) => {
    view = cluster
    const ids = course.replicas.map((_, id) => id)
    decisions.push({
      nowS: cluster.nowS,
      replica,
      predictedTokens: request.predictedTokens,
      outstandingTokens: ids.map(id => cluster.outstandingTokens(id)),
      counts: ids.map(id => ({
        waiting: cluster.waitingRequests(id),
        running: cluster.runningRequests(id),
        freeBlocks: cluster.kvFreeTokens(id) / course.kinds[course.replicas[id]].blockTokens,
      })),
    })
  })
  const run = await runFast(course, choice)
  return { ...run, decisions, view }
}

describe.each(FLAVOURS)('%s times', flavour => {
  test('a router sees the queues and the free blocks that a naive stepper counts', async () => {
    for (const seed of seeds(60)) {
      const course = randomCourse(seed, flavour)
      const { decisions } = await observed(course, seed)
      await runNaive(course, ({ ordinal }, _nowS, counted) => {
        expect(decisions[ordinal].counts, `seed ${seed}, decision ${ordinal}`).toEqual(counted)
        return decisions[ordinal].replica
      })
    }
  })

  test('KV blocks are never over capacity, and all are free when all is over (law 5)', async () => {
    for (const seed of seeds(60)) {
      const random = randomCourse(seed, flavour)
      const course = seed % 4 === 0 ? withClients(random, seed) : random
      const { decisions, result, view } = await observed(course, seed)
      const capacity = course.replicas.map(kind => course.kinds[kind].kvBlocks)
      const isWithin = ({ freeBlocks }: Counts, id: number) => freeBlocks >= 0 && freeBlocks <= capacity[id]
      expect(decisions.every(({ counts }) => counts.every(isWithin))).toBe(true)
      expect(result.samples.every(({ kvUsedFraction: used }) => used >= 0 && used <= 1)).toBe(true)
      for (let id = 0; id < view.replicas; id++) {
        expect(view.kvFreeTokens(id), `seed ${seed}, replica ${id}`).toBe(view.kvCapacityTokens(id))
        expect(view.outstandingRequests(id)).toBe(0)
        expect(view.outstandingTokens(id)).toBe(0)
        expect(view.pendingPrefillTokens(id)).toBe(0)
      }
    }
  })

  test('a prediction is the mean of the finished requests of the class, and load is counted in it', async () => {
    for (const seed of seeds(40)) {
      const course = randomCourse(seed, flavour)
      const asked = await rowsOf(course)
      const { rows, decisions } = await observed(course, seed)
      for (const [i, { nowS, predictedTokens, outstandingTokens }] of decisions.entries()) {
        const isOver = (row: FastRow, k: number) => k < i && row.endS <= nowS && row.emitted > 0
        const ofClass = rows.filter((row, k) => isOver(row, k) && asked[k].classId === asked[i].classId)
        expect(predictedTokens).toBe(meanTokens(ofClass))
        const loads = outstandingTokens.map((_, id) => {
          const open = rows
            .slice(0, i)
            .flatMap((row, k) => (row.replica === id && row.endS > nowS ? [k] : []))
          return open.reduce((sum, k) => sum + asked[k].inputTokens + decisions[k].predictedTokens, 0)
        })
        expect(outstandingTokens, `seed ${seed}, decision ${i}`).toEqual(loads)
      }
    }
  })
})

function meanTokens(rows: readonly FastRow[]): number {
  if (rows.length === 0) return 256
  return Math.max(1, Math.round(rows.reduce((sum, row) => sum + row.emitted, 0) / rows.length))
}
