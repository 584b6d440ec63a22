import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { PlanResult } from '../../../src/planning/fleets/contract.ts'
import { planFleet } from '../../../src/planning/fleets/plan.ts'
import { wilsonInterval } from '../../../src/statistics/proportion.ts'
import { fast, planFrom, planText, SLOW, server, toyPlan, workload } from './toys.ts'

const planned = (...toy: Parameters<typeof toyPlan>) => planFleet(toyPlan(...toy))

/** Nodes by the options' names. */
function fleetOf({ options }: PlanResult, nodes: readonly number[]): Record<string, number> {
  return Object.fromEntries(options.map(({ name }, i) => [name, nodes[i]]))
}

describe.concurrent('a plan of servers whose capacity is known', () => {
  it.each([
    // 25 requests a second on servers of 10 and of 20: one of each serves 30.
    [12, { slow: 1, fast: 1 }, 22],
    // At three times the price for twice the speed, three slow ones are cheaper than one of each.
    [30, { slow: 3, fast: 0 }, 30],
    // At less than the price of a slow one, two fast ones are cheapest.
    [8, { slow: 0, fast: 2 }, 16],
  ])('fast ones at %d $/h lead to %o, %d $/h', async (usdPerHour, nodes, total) => {
    const result = await planned({ candidates: [SLOW, fast(usdPerHour)] })
    expect(fleetOf(result, result.chosen.nodes)).toEqual(nodes)
    expect(result.chosen.usdPerHour.estimate).toBeCloseTo(total, 9)
    expect(result.promise.nodes).toEqual(result.chosen.nodes)
    expect(result.verdict).toBe('feasible')
    expect(result.looks).toBe(1)
    expect(result.gap.usdPerHour).toBeCloseTo(0, 9)
    expect(result.ratings.map(([rate]) => rate)).toEqual([expect.closeTo(10, 0), expect.closeTo(20, 0)])
  })

  it('a kind that is faster and cheaper takes all', async () => {
    const result = await planned({ candidates: [SLOW, fast(9)] })
    expect(fleetOf(result, result.chosen.nodes)).toEqual({ slow: 0, fast: 2 })
    for (const { measured, isFront } of result.tried) expect(isFront && measured.nodes[0] > 0).toBe(false)
  })

  it('what can be had of a kind binds', async () => {
    const scarce = server('fast', 'gcp-a3-highgpu-8g', 8, 'model: fixed, step_s: 0.05', '    most: 1\n')
    const result = await planned({ candidates: [SLOW, scarce] })
    expect(fleetOf(result, result.chosen.nodes)).toEqual({ slow: 1, fast: 1 })
  })

  it('a budget binds: the fewest watts that it buys', async () => {
    const frugal = server('frugal', 'gcp-a3-highgpu-8g', 100, 'model: fixed, step_s: 0.02')
    const free = await planned({ candidates: [SLOW, frugal], more: 'minimise: watts\n' })
    expect(fleetOf(free, free.chosen.nodes)).toEqual({ slow: 0, frugal: 1 })
    const bound = await planned({
      candidates: [SLOW, frugal],
      more: 'minimise: watts\nlimits: { usd_per_hour: 40 }\n',
    })
    expect(fleetOf(bound, bound.chosen.nodes)).toEqual({ slow: 3, frugal: 0 })
    for (const { measured } of bound.tried) expect(measured.usdPerHour.estimate).toBeLessThanOrEqual(40)
  })

  it('limits that nothing keeps to end with what binds', async () => {
    const asked = planned({ candidates: [SLOW], more: 'limits: { usd_per_hour: 20 }\n' })
    await expect(asked).rejects.toThrow(/30/)
  })

  it('a fleet under a policy needs fewer nodes than its nodes one by one, where queues are shared', async () => {
    const result = await planned({ candidates: [SLOW], workload: workload('poisson', 25, 4000) })
    // By itself a server of 10 a second meets half a second of waiting for 95 % up to some 8 a second.
    expect(result.promise.nodes).toEqual([4])
    expect(result.chosen.nodes).toEqual([3])
    expect(result.verdict).toBe('feasible')
    expect(result.gap.nodes).toBeCloseTo(-0.25, 9)
  })

  it('the same plan gives the same answer', async () => {
    const ask = () => planned({ candidates: [SLOW, fast(12)], workload: workload('poisson', 25) })
    const [once, again] = [await ask(), await ask()]
    const told = ({ chosen, promised, tried, simulations, runs }: PlanResult) => ({
      ...{ chosen, promised, tried, simulations, runs },
    })
    expect(told(again)).toEqual(told(once))
  })

  it('tells of every rating and run', async () => {
    const rated: number[] = []
    let runs = 0
    const result = await planFleet(toyPlan({ candidates: [SLOW, fast(12)] }), {
      onRated: (done, total) => void rated.push(done / total),
      onRun: made => {
        runs = made
      },
    })
    expect(rated).toEqual([0.5, 1])
    expect(runs).toBe(result.runs)
  })

  it('the chosen fleet is a scenario at the plan’s prices', async () => {
    const { scenario } = (await planned({ candidates: [SLOW, fast(12)] })).scenario
    expect(scenario.fleet).toMatchObject([
      { name: 'slow', usd_per_hour: 10 },
      { name: 'fast', usd_per_hour: 12 },
    ])
    expect(scenario.workload).toMatchObject({ rate_per_s: 25 })
  })
})

describe.concurrent('a verdict', () => {
  it('is never feasible where its interval has the objective inside, however many runs hold', async () => {
    // Split at random, each of three servers is near its limit by itself, and there is no fourth.
    const scarce = server('slow', 'aws-p5.48xlarge', 10, 'model: fixed, step_s: 0.1', '    most: 3\n')
    const text = planText({ candidates: [scarce], workload: workload('poisson', 18.8, 3000) })
      .replace('least-requests', 'random')
      .replace('replications: 3', 'replications: 2')
    const { chosen, verdict, objective, tried } = await planFleet(planFrom(text))
    expect(chosen.nodes).toEqual([3])
    expect(chosen.attainment.estimate).toBeGreaterThan(objective)
    expect(chosen.attainment.low).toBeLessThan(objective)
    expect(verdict).toBe('unclear')
    expect(tried.map(of => of.verdict)).not.toContain('feasible')
  })
})

describe.concurrent('a plan for a trace', () => {
  const folder = mkdtempSync(join(tmpdir(), 'regatta-plan-'))
  const trace = join(folder, 'even.csv')
  const rows = Array.from(
    { length: 400 },
    (_, i) => `2024-05-10 00:00:${(i / 10).toFixed(4).padStart(7, '0')},100,1`,
  )
  writeFileSync(trace, `TIMESTAMP,ContextTokens,GeneratedTokens\n${rows.join('\n')}\n`)
  afterAll(() => rmSync(folder, { recursive: true }))
  const text = planText({
    candidates: [fast(10)],
    workload: `workload: { trace: ${trace}, rate_per_s: 10 }\n`,
    slo: '{ ttft_s: 5, tpot_s: 1 }',
  })

  it('is as sure as one trace lets it be, however many draws are made from it', async () => {
    const { chosen, verdict, shape } = await planFleet(planFrom(text))
    expect([verdict, shape.isRedrawn, shape.hasItself]).toEqual(['feasible', true, true])
    expect(chosen.attainment.estimate).toBe(1)
    // All of a run's requests but for its warm-up, once and not three times.
    const counted = 0.9 * shape.requests
    const unsure = 1 - wilsonInterval(counted, counted, 0.95).low
    expect((1 - chosen.attainment.low) / unsure).toBeGreaterThan(0.8)
  })

  it('is refused where there is one draw, which has no spread', async () => {
    const asked = planFleet(planFrom(text.replace('replications: 3', 'replications: 2')))
    await expect(asked).rejects.toThrow(/plan\.yaml:\d+:\d+: verify\.replications is 2; must be >= 3/)
  })
})

describe.concurrent('a plan that cannot be', () => {
  it('names the class that nobody serves in time, who comes nearest and by how much that misses', async () => {
    const asked = planned({ candidates: [SLOW, fast(12)], slo: '{ ttft_s: 0.04, tpot_s: 1 }' })
    await expect(asked).rejects.toThrow(
      /class "all" can be served within the SLO by no candidate; the nearest is fast/,
    )
    await expect(asked).rejects.toThrow(/its p99 of TTFT is 0\.\d+ s, 1\.\d+ times the 0\.04 s of the SLO/)
  })

  it('holds a class to its own objectives', async () => {
    const own = '{ ttft_s: 0.5, tpot_s: 1, classes: { all: { ttft_s: 0.05 } } }'
    await expect(planned({ candidates: [SLOW], slo: own })).rejects.toThrow(/times the 0\.05 s of the SLO/)
  })

  it('names the model that no memory holds and what is lacking', async () => {
    const text = planText({ candidates: [SLOW] }).replace('llama-3.1-8b', 'llama-3.1-405b')
    const asked = planFleet(planFrom(text))
    await expect(asked).rejects.toThrow(/candidates\[0\]\.replica does not fit its memory: llama-3.1-405b/)
  })

  it('leaves out what can serve nothing, and says why', async () => {
    const small = server('small', 't4-server-4x', 1, 'model: fixed, step_s: 0.1').replace('tp: 8', 'tp: 1')
    const result = await planned({ candidates: [SLOW, small] })
    expect(result.options.map(({ name }) => name)).toEqual(['slow'])
    expect(result.leftOut).toEqual([{ name: 'small', why: expect.stringContaining('candidates[1]') }])
  })
})
