import { expect, test } from 'vitest'
import { ConstantEnergy } from '../../src/energy/constant.ts'
import { Exponential } from '../../src/latency/exponential.ts'
import { Fixed } from '../../src/latency/fixed.ts'
import { boundOf } from '../../src/planning/bound.ts'
import { arraySource, courseOf } from '../laws/courses.ts'
import { server } from './server.ts'

/** A request every `gapS` seconds, of so many tokens: with a fixed step each takes as many seconds. */
function rows(count: number, gapS: number, outputTokens = 1) {
  return Array.from({ length: count }, (_, i) => ({ arrivalS: i * gapS, inputTokens: 10, outputTokens }))
}

test('what is left out is what costs most, and costs nothing', async () => {
  const mixed = [...rows(9, 10), { arrivalS: 90, inputTokens: 10, outputTokens: 5 }]
  const bound = await boundOf(courseOf([server()], mixed, { slo: { ttftS: 10, tpotS: 10 } }))
  expect(bound.at(1).busyUsd).toBeCloseTo(14, 3)
  expect(bound.at(0.9).busyUsd).toBeCloseTo(9, 3)
  expect(bound.at(0.5).busyUsd).toBeCloseTo(5, 3)
  expect(bound.at(0).busyUsd).toBeCloseTo(0, 3)
})

test('joules are those above idle, and what the fleet draws idle until the last arrival', async () => {
  const bound = await boundOf(courseOf([server()], rows(10, 10), { slo: { ttftS: 10, tpotS: 10 }, pue: 1.5 }))
  const { aboveIdleJ, totalJ } = bound.at(1)
  expect(aboveIdleJ).toBeCloseTo(10 * 200 * 1.5, 1)
  expect(totalJ - aboveIdleJ).toBeCloseTo(90 * 100 * 1.5, 6)
})

test('the dear kind takes what the cheap one has no time for, and no more', async () => {
  const kinds = [server({ name: 'cheap' }), server({ name: 'dear', usdPerHour: 7200 })]
  // A burst of 40 with 10 s each to the first token; the cheap one serves 10 of them in time.
  const burst = rows(40, 0).map((row, i) => ({ ...row, arrivalS: i === 39 ? 20 : 0 }))
  const course = courseOf(kinds, burst, { slo: { ttftS: 10, tpotS: 10 }, replicas: [0, 1, 1, 1] })
  const { busyUsd } = (await boundOf(course)).at(1)
  expect(busyUsd).toBeGreaterThan(40 + 25)
  expect(busyUsd).toBeLessThanOrEqual(40 + 29 + 1e-6)
})

test('work waits within its deadline for the cheap kind', async () => {
  const kinds = [server({ name: 'cheap' }), server({ name: 'dear', usdPerHour: 7200 })]
  const course = courseOf(kinds, rows(40, 0.01), { slo: { ttftS: 100, tpotS: 10 } })
  expect((await boundOf(course)).at(1).busyUsd).toBeCloseTo(40, 3)
})

test('a kind that is too slow even alone is out of the question', async () => {
  const slow = server({ name: 'slow', latency: new Fixed({ stepS: 3 }), usdPerHour: 36 })
  const course = courseOf([slow, server()], rows(10, 10), { slo: { ttftS: 2, tpotS: 10 } })
  expect((await boundOf(course)).at(1).busyUsd).toBeCloseTo(10, 3)
})

test('latencies are those of the fastest kind, with the way there and back', async () => {
  const outside = { requestS: 0.25, promptTokenS: 0.01, replyS: 0.5 }
  const quick = server({ latency: new Fixed({ stepS: 0.5 }), frontEndS: 0.125, outside })
  const { latency } = await boundOf(courseOf([server(), quick], rows(4, 1, 3)))
  expect(latency.ttft.mean).toBeCloseTo(1, 9)
  expect(latency.tpot.p50).toBeCloseTo(0.5, 9)
  expect(latency.e2e.p99).toBeCloseTo(0.25 + 0.1 + 0.125 + 1.5 + 0.5, 9)
})

test('prompts beyond the budget take as many steps as they are cut into', async () => {
  const course = courseOf([server()], [{ arrivalS: 0, inputTokens: 250, outputTokens: 1 }])
  expect((await boundOf(course)).latency.ttft.mean).toBeCloseTo(3, 9)
})

test('objectives of classes are their own', async () => {
  const classes = [
    { slo: { ttftS: 0.5, tpotS: 10 }, tier: 'critical' },
    { slo: { ttftS: 100, tpotS: 10 }, tier: 'background' },
  ] as const
  const some = rows(10, 1).map((row, i) => ({ ...row, classId: i % 2 }))
  const source = () => arraySource(some, ['chat', 'bulk'])
  const bound = await boundOf(courseOf([server()], some, { arrivals: source, classSlos: classes }))
  expect(bound.at(0.5).busyUsd).toBeCloseTo(5, 3)
  expect(() => bound.at(0.6)).toThrow(
    'bound: 5 of 10 requests are of class "chat" and meet their SLO on no kind of replica even alone: TTFT must be at ' +
      'most 0.5 s, and is 1 s at best, on server; 60 % of all must',
  )
})

test('an attainment out of reach is told with the class, the load and by how much', async () => {
  // A second each of 100 that come within one: all but 21 find the replica taken until it is too late.
  const some = rows(100, 0.01).map((row, i) => ({ ...row, classId: i % 2 }))
  const source = () => arraySource(some, ['chat', 'bulk'])
  const kind = server({ saturationRequestsPerS: 1 })
  const course = courseOf([kind], some, { arrivals: source, slo: { ttftS: 20, tpotS: 1 } })
  const bound = await boundOf(course)
  expect(bound.at(0.1).busyUsd).toBeCloseTo(10, 3)
  const message = messageOf(() => bound.at(0.9))
  expect(message).toMatch(/no policy can meet the SLO for 90 % of the requests at load 100: /)
  expect(message).toMatch(/ of class "(chat|bulk)" [\d.]+ % of the work finds no replica in time/)
  const [, times] = message.match(/have to be ([\d.]+) times as many replicas or more/)!
  expect(Number(times)).toBeCloseTo(90 / 20.99, 2)
})

test('as many replicas as a bound out of reach asks for are enough of them', async () => {
  const course = (replicas: number) =>
    courseOf([server()], rows(100, 0.01), { slo: { ttftS: 20, tpotS: 1 }, replicas: Array(replicas).fill(0) })
  const [few, enough] = await Promise.all([boundOf(course(4)), boundOf(course(5))])
  expect(() => few.at(0.9)).toThrow(/1\.0\d+ times as many/)
  expect(enough.at(0.9).busyUsd).toBeCloseTo(90, 2)
})

test('every objective that no kind meets is told, with who comes nearest', async () => {
  const quick = server({ name: 'quick', latency: new Fixed({ stepS: 0.5 }) })
  const slo = { ttftS: 0.25, tpotS: 0.125, e2eS: 100 }
  const bound = await boundOf(courseOf([server(), quick], rows(4, 10, 3), { slo }))
  expect(messageOf(() => bound.at(1))).toMatch(
    /TTFT must be at most 0.25 s, and is 0.5 s at best, on quick; TPOT must be at most 0.125 s, and is 0.5 s at best, on quick; 100 %/,
  )
})

test('a kind that has no replicas serves nobody', async () => {
  const quick = server({ name: 'quick', latency: new Fixed({ stepS: 0.5 }) })
  const more = { replicas: [0] }
  const strict = courseOf([server(), quick], rows(10, 10), { ...more, slo: { ttftS: 0.75, tpotS: 1 } })
  await expect(boundOf(strict).then(bound => bound.at(1))).rejects.toThrow(/1 s at best, on server/)
  const lenient = courseOf([server(), quick], rows(10, 10), { ...more, slo: { ttftS: 10, tpotS: 1 } })
  expect((await boundOf(lenient)).at(1).busyUsd).toBeCloseTo(10, 3)
})

test('progress rises to all that there is, kind by kind', async () => {
  const told: [number, string][] = []
  const kinds = [server({ name: 'one' }), server({ name: 'other', maxSequences: 4 })]
  await boundOf(courseOf(kinds, rows(10, 10)), { onProgress: (share, what) => told.push([share, what]) })
  const shares = told.map(([share]) => share)
  expect(shares).toEqual([...shares].sort((a, b) => a - b))
  expect(shares[0]).toBe(0)
  expect(shares[shares.length - 1]).toBeLessThan(1)
  expect([...new Set(told.map(([, what]) => what))]).toEqual([
    'reads the workload',
    'prices steps of one',
    'prices steps of other',
  ])
})

test('without a price there is no bound on dollars, and one on joules', async () => {
  const bound = await boundOf(courseOf([server({ usdPerHour: Number.NaN })], rows(10, 10)))
  expect(bound.at(1).busyUsd).toBeNaN()
  expect(bound.at(1).aboveIdleJ).toBeGreaterThan(0)
})

test('what cannot be bounded is refused by name', async () => {
  const drawn = server({ name: 'dice', latency: new Exponential({ meanS: 1, key: 1 }) })
  await expect(boundOf(courseOf([drawn], rows(3, 1)))).rejects.toThrow(
    /steps of dice take times that are drawn/,
  )
  const thrifty = server({ name: 'odd', energy: new ConstantEnergy({ idleWatts: 100, busyWatts: 50 }) })
  await expect(boundOf(courseOf([thrifty], rows(3, 1)))).rejects.toThrow(/odd draws less than the 100 W/)
  const clients = { clients: 2, requests: 4, thinkS: 0, lengths: () => ({ inputTokens: 1, outputTokens: 1 }) }
  await expect(boundOf(courseOf([server()], [], { closedLoop: clients }))).rejects.toThrow(/closed loop/)
})

function messageOf(act: () => unknown): string {
  try {
    act()
  } catch (error) {
    return (error as Error).message
  }
  return expect.fail('nothing was thrown')
}
