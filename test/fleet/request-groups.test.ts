import { describe, expect, test } from 'vitest'
import type { Course } from '../../src/fleet/course.ts'
import { FINISHED, LENGTH, REFUSED, REJECTED } from '../../src/requests/table.ts'
import type { GroupResult } from '../../src/results/group-result.ts'
import { REJECT, type Slo } from '../../src/routing/contract.ts'
import { randomCourse } from '../laws/courses.ts'
import { type DetailedRow, detailedSource } from '../laws/detailed.ts'
import { type FastRow, replaying, runFast } from '../laws/fast.ts'
import { rowsOf, withClients } from '../laws/watched.ts'
import { idleServers } from './servers.ts'

const CLASSES = ['chat', 'code', 'nobody']
const TENANTS = ['a', 'b', 'c', 'idle']

/** A random course whose classes are promised different things, with tenants, a warm-up and a refusal in five. */
async function ran(seed: number) {
  const random = randomCourse(`groups ${seed}`, seed % 2 === 0 ? 'continuous' : 'dyadic')
  const asked: DetailedRow[] = (await rowsOf(random)).map((row, i) => ({ ...row, tenantId: (i % 4) - 1 }))
  const { ttftS, tpotS } = random.slo
  const lax: Slo = { ttftS: 5 * ttftS, tpotS: 5 * tpotS, e2eS: 50 * ttftS }
  const course: Course = {
    ...random,
    arrivals: () => detailedSource(asked, { classes: CLASSES, tenants: TENANTS }),
    classSlos: [
      { slo: random.slo, tier: 'critical' },
      { slo: lax, tier: 'background' },
      { slo: lax, tier: 'batch' },
    ],
    warmupS: asked[Math.floor(asked.length / 4)].arrivalS,
  }
  const decisions = asked.map((_, i) => (i % 5 === 2 ? REJECT : i % course.replicas.length))
  const { rows, result } = await runFast(course, replaying(decisions))
  return { course, asked, rows, result }
}

/** The same from the rows, one measure after the other. */
function counted(asked: readonly DetailedRow[], rows: readonly FastRow[], slo: readonly Slo[], toS: number) {
  const served = rows.filter(({ outcome }) => outcome === FINISHED || outcome === LENGTH)
  const good = rows.filter((row, i) => served.includes(row) && isGood(slo[i], row))
  const ttfts = served.map(row => row.firstTokenS - row.arrivalS)
  const several = served.filter(({ emitted }) => emitted > 1)
  return {
    arrived: rows.length,
    finished: served.length,
    rejected: rows.filter(({ outcome }) => outcome === REJECTED).length,
    refused: rows.filter(({ outcome }) => outcome === REFUSED).length,
    attained: good.length,
    attainedTokens: sum(good.map(({ emitted }) => emitted)),
    askedTokens: sum(asked.map(({ inputTokens, outputTokens }) => inputTokens + outputTokens)),
    servedTokens: sum(
      served.filter(({ endS }) => endS <= toS).map(({ inputTokens, emitted }) => inputTokens + emitted),
    ),
    ttftMeanS: expect.closeTo(sum(ttfts) / served.length, 9),
    tpotMeanS: expect.closeTo(sum(several.map(tpotOf)) / several.length, 9),
    e2eMeanS: expect.closeTo(sum(served.map(row => row.endS - row.arrivalS)) / served.length, 9),
  }
}

function isGood({ ttftS, tpotS, e2eS = Number.POSITIVE_INFINITY }: Slo, row: FastRow): boolean {
  const isQuick = row.firstTokenS - row.arrivalS <= ttftS && row.endS - row.arrivalS <= e2eS
  return isQuick && (row.emitted < 2 || tpotOf(row) <= tpotS)
}

function tpotOf({ firstTokenS, endS, emitted }: FastRow): number {
  return (endS - firstTokenS) / (emitted - 1)
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

function named(groups: readonly GroupResult[], by: GroupResult['by']): string[] {
  return groups.filter(group => group.by === by).map(({ name }) => name)
}

describe.each([1, 2, 3, 4, 5, 6])('random course %i', seed => {
  test('tells of each class and tenant what its own requests say', async () => {
    const { course, asked, rows, result } = await ran(seed)
    const { warmupS, lastArrivalS, groups } = result
    const slos = asked.map(({ classId = 0 }) => course.classSlos![classId].slo)
    const ofRows = (isMeant: (row: DetailedRow) => boolean) => {
      const meant = asked.map((row, i) => isMeant(row) && rows[i].arrivalS >= warmupS)
      const own = <T>(all: readonly T[]) => all.filter((_, i) => meant[i])
      return counted(own(asked), own(rows), own(slos), lastArrivalS)
    }
    for (const group of groups) {
      const id = (group.by === 'class' ? CLASSES : TENANTS).indexOf(group.name)
      const truth = ofRows(({ classId = 0, tenantId }) => (group.by === 'class' ? classId : tenantId) === id)
      expect(group, `${group.by} ${group.name}`).toMatchObject(truth)
    }
    expect(named(groups, 'tenant')).toEqual(['a', 'b', 'c'])
    expect(named(groups, 'class')).not.toContain('nobody')
  })

  test('classes add up to the whole, whose requests are each held to the promise of their class', async () => {
    const { asked, result } = await ran(seed)
    const classes = result.groups.filter(({ by }) => by === 'class')
    const total = (of: (group: GroupResult) => number) => sum(classes.map(of))
    const { finished, rejected, refused, expired, timedOut } = result
    expect(finished + rejected + refused + expired + timedOut).toBe(result.requests)
    expect(result.requests).toBe(asked.length)
    expect(total(({ arrived }) => arrived)).toBe(result.arrivedInWindow)
    expect(total(({ attained }) => attained)).toBe(result.attained)
    expect(total(({ attainedTokens }) => attainedTokens)).toBe(result.attainedTokens)
    expect(total(({ spreads }) => spreads!.e2e.count)).toBe(result.e2e.count)
    for (const { spreads, finished, ttftMeanS, tpotMeanS, e2eMeanS } of classes) {
      expect(spreads!.ttft.count).toBe(finished)
      const means = [spreads!.ttft.mean, spreads!.tpot.mean, spreads!.e2e.mean]
      expect(means).toEqual([ttftMeanS, tpotMeanS, e2eMeanS])
    }
  })
})

test('a class has its tier and its own objectives', async () => {
  const { course, result } = await ran(1)
  const { slo } = course.classSlos![1]
  const code = result.groups.find(({ name }) => name === 'code')
  expect(code!.promised).toEqual({ tier: 'background', ...slo })
})

describe('what there is to tell apart', () => {
  const row = { arrivalS: 0, inputTokens: 1, outputTokens: 1 }
  const groupsOf = async (rows: readonly DetailedRow[], names: { tenants?: string[] }, more = {}) => {
    const arrivals = () => detailedSource(rows, { classes: ['any'], ...names })
    const { result } = await runFast(idleServers(1, { arrivals, ...more }), { name: 'round-robin' })
    return result.groups.map(({ by, name, arrived }) => [by, name, arrived])
  }

  test('is nothing in a workload of one class and no tenants', async () => {
    expect(await groupsOf([row], {})).toEqual([])
  })

  test('is the one class where it has objectives of its own', async () => {
    const classSlos = [{ slo: { ttftS: 1, tpotS: 1 }, tier: 'batch' }]
    expect(await groupsOf([row], {}, { classSlos })).toEqual([['class', 'any', 1]])
  })

  test('is thousands of tenants, by their names, and none for requests of nobody', async () => {
    const tenants = Array.from({ length: 3000 }, (_, i) => `t${i}`)
    const rows = [2999, 7, -1, 7].map((tenantId, i) => ({ ...row, arrivalS: i, tenantId }))
    expect(await groupsOf(rows, { tenants })).toEqual([
      ['tenant', 't7', 2],
      ['tenant', 't2999', 1],
    ])
  })

  test('is clients in a loop and open arrivals, but not either by itself', async () => {
    const course = randomCourse('groups', 'dyadic')
    const both = await runFast(withClients(course, 3), { name: 'random' })
    expect(named(both.result.groups, 'class')).toContain('closed-loop')
    const clients = await runFast(withClients(course, 4), { name: 'random' })
    expect(clients.result.groups).toEqual([])
  })
})
