import { describe, expect, it } from 'vitest'
import { readWhole, type WholeWorkload } from '../../../src/arrivals/whole.ts'
import { MOST_REQUESTS, type RequestRuns, requestRuns } from '../../../src/planning/fleets/request-runs.ts'
import { scenarioOf } from '../../../src/planning/fleets/scenario-of.ts'
import { traceOpener } from '../../../src/scenario/files.ts'
import { buildWorkload } from '../../../src/scenario/workload.ts'
import { SLOW, toyPlan, workload } from './toys.ts'

async function runsFor(text: string, leastS = 0, replications = 3): Promise<RequestRuns> {
  const { spec, source, open, options } = toyPlan({ candidates: [SLOW], workload: text })
  const parsed = scenarioOf(spec, source, { fleet: [{ option: options[0], nodes: 1 }], warmupS: 0 })
  const built = buildWorkload(parsed, open)
  const whole = await readWhole(built.arrivals())
  return requestRuns({ parsed, open, built, whole }, replications, leastS)
}

const read = (runs: RequestRuns, replication: number) => readWhole(runs.arrivals(replication)())

/** Requests a second as they come. */
function paceOf({ arrivalS, length }: WholeWorkload, { factor }: RequestRuns): number {
  return ((length - 1) / arrivalS[length - 1]) * factor
}

describe('the requests that fleets are simulated with', () => {
  it('are those of the workload, at its rate, the same at every reading and others in each replication', async () => {
    const runs = await runsFor(workload('poisson', 25))
    expect(runs).toMatchObject({ requests: 1000, workloadRequests: 1000, isRedrawn: false })
    expect(runs.ratePerS).toBeCloseTo(25, 9)
    expect(runs.spanS).toBeCloseTo(40, 9)
    const [first, again, second] = await Promise.all([read(runs, 0), read(runs, 0), read(runs, 1)])
    expect(again.arrivalS).toEqual(first.arrivalS)
    expect(second.arrivalS).not.toEqual(first.arrivalS)
    const paces = await Promise.all([0, 1, 2].map(async i => 1 / paceOf(await read(runs, i), runs)))
    expect(paces.reduce((sum, gapS) => sum + gapS, 0) / 3).toBeCloseTo(1 / 25, 3)
  })

  it('of a replication are the same, whether it was asked for in advance or is made as it is read', async () => {
    const [few, many] = [
      await runsFor(workload('poisson', 25), 0, 1),
      await runsFor(workload('poisson', 25), 0, 4),
    ]
    const [made, kept] = [await read(few, 3), await read(many, 3)]
    expect(made.arrivalS).toEqual(kept.arrivalS)
    expect(made.inputTokens).toEqual(kept.inputTokens)
    expect(await read(few, 3)).toEqual(made)
  })

  it('come again and again where a run would be too short', async () => {
    const runs = await runsFor(workload('even', 25), 100)
    expect(runs.requests).toBeGreaterThanOrEqual(2500)
    expect(runs.requests).toBeLessThan(2510)
    const whole = await read(runs, 1)
    expect(whole.length).toBe(runs.requests)
    expect(paceOf(whole, runs)).toBeCloseTo(25, 1)
    for (let i = 1; i < whole.length; i++)
      expect(whole.arrivalS[i]).toBeGreaterThanOrEqual(whole.arrivalS[i - 1])
  })

  it('are a part of a longer workload', async () => {
    const runs = await runsFor(workload('poisson', 25, MOST_REQUESTS + 5000), 0, 1)
    expect([runs.requests, runs.workloadRequests]).toEqual([MOST_REQUESTS, MOST_REQUESTS + 5000])
    expect((await read(runs, 0)).length).toBe(MOST_REQUESTS)
  })

  it('of a trace are the trace itself and then blocks of it', async () => {
    const runs = await runsFor(`workload: { trace: ${TRACE}, rate_per_s: 100 }\n`, 300)
    expect([runs.isRedrawn, runs.hasItself]).toEqual([true, true])
    expect(runs.ratePerS).toBeCloseTo(100, 9)
    expect(runs.requests).toBeGreaterThan(runs.workloadRequests)
    const [itself, drawn] = [await read(runs, 0), await read(runs, 1)]
    const own = await readWhole(traceOpener('')({ trace: TRACE, format: 'auto', options: OPTIONS }))
    expect(itself.inputTokens.slice(0, own.length)).toEqual(own.inputTokens)
    expect(drawn.inputTokens).not.toEqual(itself.inputTokens)
    expectFrom(own, drawn, runs)
  })

  it('of a longer trace are blocks of it in every replication', async () => {
    const runs = await runsFor(`workload: { trace: ${TRACE}, rate_per_s: 100 }\n`)
    expect(runs.requests).toBeLessThan(runs.workloadRequests)
    expect(runs.hasItself).toBe(false)
    const own = await readWhole(traceOpener('')({ trace: TRACE, format: 'auto', options: OPTIONS }))
    for (const replication of [0, 1]) expectFrom(own, await read(runs, replication), runs)
  })
})

const TRACE = new URL('../../../traces/azure-conv-like.csv', import.meta.url).pathname
const OPTIONS = { className: 'all' }

/** Drawn from the trace, at about its pace. */
function expectFrom(own: WholeWorkload, drawn: WholeWorkload, runs: RequestRuns): void {
  expect(drawn.length).toBe(runs.requests)
  const lengths = new Set(own.inputTokens)
  expect(drawn.inputTokens.every(length => lengths.has(length))).toBe(true)
  expect(paceOf(drawn, runs)).toBeGreaterThan(70)
  expect(paceOf(drawn, runs)).toBeLessThan(140)
}
