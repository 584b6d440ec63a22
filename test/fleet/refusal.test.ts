import { describe, expect, test } from 'vitest'
import { REFUSED } from '../../src/requests/table.ts'
import { type Policy, REJECT } from '../../src/routing/contract.ts'
import { type PolicyChoice, simulate } from '../../src/simulate.ts'
import { randomCourse } from '../laws/courses.ts'
import { type DetailedRow, detailedSource } from '../laws/detailed.ts'
import { replaying, runFast } from '../laws/fast.ts'
import { scenarioNamed } from '../laws/features.ts'
import { rowsOf, withRows } from '../laws/watched.ts'
import { idleServers } from './servers.ts'

const isRefused = (ordinal: number) => ordinal % 3 === 1

describe.each([1, 2, 3, 4, 5, 6, 7, 8])('random course %i', seed => {
  test('whoever the policy refuses is as if never come, but counted as refused at once', async () => {
    const course = randomCourse(seed, seed % 2 === 0 ? 'continuous' : 'dyadic')
    const rows = await rowsOf(course)
    const decisions = rows.map((_, i) => i % course.replicas.length)
    const refusing = await runFast(course, replaying(decisions.map((to, i) => (isRefused(i) ? REJECT : to))))
    const kept = (_: unknown, i: number) => !isRefused(i)
    const served = await runFast(withRows(course, rows.filter(kept)), replaying(decisions.filter(kept)))
    expect(refusing.rows.filter(kept)).toStrictEqual(served.rows)
    for (const row of refusing.rows.filter((_, i) => isRefused(i))) {
      expect(row).toMatchObject({ replica: -1, outcome: REFUSED, emitted: 0, shareS: 0, shareJ: 0 })
      expect(row.endS).toBe(row.arrivalS)
    }
    const refused = rows.length - served.rows.length
    expect(refusing.result.refused).toBe(refused)
    expect(refusing.result.rejected).toBe(served.result.rejected)
    expect(refusing.result.finished).toBe(served.result.finished)
  })
})

test('a refused turn ends: the next of its session comes its think time later', async () => {
  const rows: DetailedRow[] = [1, 2, 3].map(turn => ({
    arrivalS: turn === 1 ? 4 : 0,
    inputTokens: turn,
    outputTokens: 1,
    session: { id: 7, turn, turns: 3, thinkS: turn === 1 ? Number.NaN : 2 },
  }))
  const course = idleServers(1, { arrivals: () => detailedSource(rows, { classes: ['any'] }) })
  const refusesFirst = policy(({ inputTokens }) => (inputTokens === 1 ? REJECT : 0))
  const { rows: found } = await runFast(course, refusesFirst)
  expect(found.map(row => [row.arrivalS, row.endS])).toEqual([
    [4, 4],
    [6, 7],
    [9, 10],
  ])
})

test('who refuses a request whose prompt has been computed is told so', async () => {
  const { course } = await scenarioNamed('dyadic/1/roles')
  let made = 0
  const make = () => (made++ === 0 ? () => 0 : () => REJECT)
  const refusing = { name: 'mine', entry: { about: 'refuses to decode', make } }
  const { handoff, ...rest } = course
  const { policy: _, ...sameForAll } = handoff!
  await expect(simulate({ ...rest, handoff: sameForAll }, refusing)).rejects.toThrow(
    /^at [\d.]+ s the policy refused a request whose prompt is computed; only before that may it$/,
  )
})

describe('what few workloads say', () => {
  const rows: DetailedRow[] = [
    {
      arrivalS: 0,
      inputTokens: 40,
      outputTokens: 1,
      tenantId: 1,
      deadlineS: 9,
      blockTokens: 16,
      blockIds: [5, 6],
    },
    { arrivalS: 1, inputTokens: 4, outputTokens: 1, session: { id: 3, turn: 1, turns: 0 } },
    { arrivalS: 2, inputTokens: 400, outputTokens: 1, blockTokens: 16, blockIds: range(25) },
  ]
  const arrivals = () => detailedSource(rows, { classes: ['any'], tenants: ['a', 'b'] })

  test('a policy that reads notes sees', async () => {
    const seen: unknown[] = []
    const looking = policy(request => {
      const { session, tenant, deadlineS, prefixBlocks, prefixBlockTokens } = request
      const blocks = range(prefixBlocks).map(place => request.prefixBlock(place))
      seen.push({ session, tenant, deadlineS, prefixBlockTokens, blocks })
      return 0
    })
    await simulate(idleServers(1, { arrivals }), {
      ...looking,
      entry: { ...looking.entry!, readsNotes: true },
    })
    const none = { session: -1, tenant: -1, deadlineS: Number.NaN, prefixBlockTokens: 0, blocks: [] }
    expect(seen).toEqual([
      { ...none, tenant: 1, deadlineS: 9, prefixBlockTokens: 16, blocks: [5, 6] },
      { ...none, session: 3 },
      { ...none, prefixBlockTokens: 16, blocks: range(25) },
    ])
  })

  test('one that does not say so sees the tenant alone, which results tell apart', async () => {
    const seen: unknown[] = []
    const blind = policy(({ session, tenant, prefixBlocks }) => {
      seen.push([session, tenant, prefixBlocks])
      return 0
    })
    await simulate(idleServers(1, { arrivals }), blind)
    expect(seen).toEqual([1, -1, -1].map(tenant => [-1, tenant, 0]))
  })
})

function policy(decide: Policy): PolicyChoice {
  return { name: 'mine', entry: { about: 'decides as told', make: () => decide } }
}

function range(length: number): number[] {
  return Array.from({ length }, (_, i) => i)
}
