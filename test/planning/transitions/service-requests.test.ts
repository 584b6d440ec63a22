import { expect, it } from 'vitest'
import { readWhole, type WholeWorkload } from '../../../src/arrivals/whole.ts'
import { requestsIn, serviceRequests } from '../../../src/planning/transitions/service-requests.ts'

const SLO = { ttft_s: 2, tpot_s: 0.1, attainment: 0.9 } as never

/** One request a second; input tokens number them, and the second half of the day has ten times as many output tokens. */
function workload(length: number): WholeWorkload {
  const of = (value: (row: number) => number) => Int32Array.from({ length }, (_, row) => value(row))
  return {
    ...{ length, classes: ['all'], arrivalS: Float64Array.from({ length }, (_, row) => row) },
    ...{ inputTokens: of(row => 1 + row), outputTokens: of(row => (row < length / 2 ? 10 : 100)) },
    ...{ hitTokens: of(() => 0), classId: new Uint8Array(length) },
  } as WholeWorkload
}

it('nodes are rated by requests of the whole trace, and fleets simulated on others of the whole trace', async () => {
  const { toRate, toSimulate } = serviceRequests(workload(1000), SLO)!
  const [rated, simulated] = await Promise.all([toRate(100), toSimulate(100)].map(readWhole))
  for (const { length, outputTokens } of [rated, simulated]) {
    expect(length).toBe(100)
    expect(outputTokens.reduce((sum, tokens) => sum + tokens, 0) / 100).toBeCloseTo(55, 12)
  }
  const seen = new Set(rated.inputTokens)
  expect(simulated.inputTokens.filter(row => seen.has(row))).toHaveLength(0)
})

it('requests come over and over where more are asked for than a half has', async () => {
  const { toSimulate } = serviceRequests(workload(10), SLO)!
  expect((await readWhole(toSimulate(12))).length).toBe(12)
})

it('a run lasts 6 lives of a mean request that just meets its SLO, up to 16,000 requests', () => {
  const requests = serviceRequests(workload(1000), SLO)!
  expect(requests.lifeS).toBeCloseTo(2 + 0.1 * 55, 12)
  expect(requestsIn(requests, 10, 100)).toBe(450)
  expect(requestsIn(requests, 10, 1000)).toBe(1000)
  expect(requestsIn(requests, 1e6, 1000)).toBe(16_000)
  expect(requestsIn(requests, 1e6, 20_000)).toBe(20_000)
  expect(serviceRequests(workload(8), { e2e_s: 0.1, attainment: 0.9 } as never)!.lifeS).toBe(0.1)
})

it.each([0, 1, 2, 3])('there are no two halves of %s requests', length => {
  expect(serviceRequests(workload(length), SLO)).toBeUndefined()
})
