import { describe, expect, it } from 'vitest'
import { figuresOf, perGoodMtok, perMtok } from '../../src/results/figures.ts'
import { madeReplica, madeResult } from './made.ts'

describe('figures of a run', () => {
  it('divide what the window saw by its length', () => {
    const figures = figuresOf(madeResult())
    expect(figures.throughputRps).toBe(0.09)
    expect(figures.outputTokensPerS).toBe(30)
    expect(figures.promptTokensPerS).toBe(90)
    expect(figures.goodputRps).toBe(0.08)
    expect(figures.goodputTokensPerS).toBe(24)
    expect(figures.attainment).toBe(0.8)
    expect(figures.drainS).toBe(15)
    expect(figures.busyJOutsideWindow).toBe(1200)
  })

  it('take load over the saturation of all replicas and busy over the time of all', () => {
    const idle = madeReplica({ outputTokens: 0, busyS: 0, idleS: 100, saturationTokensPerS: 50 })
    const figures = figuresOf(madeResult({ replicas: [madeReplica(), idle] }))
    expect(figures.load).toBeCloseTo(30 / 150, 12)
    expect(figures.busyFraction).toBe(0.15)
  })

  it('count replicas that take turns as one', () => {
    const turn = madeReplica({ turns: 2, busyS: 20, idleS: 30, awayS: 50 })
    const figures = figuresOf(madeResult({ replicas: [turn, turn, madeReplica()] }))
    expect(figures.busyFraction).toBeCloseTo((20 + 20 + 30) / 200, 12)
    expect(figures.usdPerHour).toBe(72)
    expect(figures.usd.total).toBeCloseTo(2, 12)
  })

  it('take hits over all prompts that were asked', () => {
    const caching = madeReplica({ prompts: { asked: 1000, hit: 400 } })
    expect(figuresOf(madeResult({ replicas: [madeReplica(), caching] })).prefixHitShare).toBe(0.04)
    expect(figuresOf(madeResult({ prompts: { asked: 0, hit: 0 } })).prefixHitShare).toBeNaN()
  })

  it('split the meter into busy and idle, spare nodes standing idle', () => {
    const figures = figuresOf(madeResult({ spareWatts: 10, spareUsdPerHour: 3.6, spareG: 0.5 }))
    expect(figures.joules).toEqual({ busy: 6000, idle: 1400 + 10 * 100 * 1.2, total: 8600 })
    expect(figures.usd.busy).toBeCloseTo(0.3, 12)
    expect(figures.usd.idle).toBeCloseTo(0.7 + 0.1, 12)
    expect(figures.grams).toEqual({ busy: 0.6, idle: 0.64, total: 1.24 })
    expect(figures.usdPerHour).toBe(39.6)
  })

  it('give amounts per million output tokens, and per million that met the SLO', () => {
    const result = madeResult()
    expect(perMtok(6, result)).toBeCloseTo(2000, 9)
    expect(perGoodMtok(6, result)).toBeCloseTo(2500, 9)
    expect(perGoodMtok(6, madeResult({ attainedTokens: 0 }))).toBeNaN()
  })

  it('know no $ where a node has no price', () => {
    const figures = figuresOf(madeResult({ replicas: [madeReplica({ usdPerHour: Number.NaN })] }))
    expect(figures.usd.total).toBeNaN()
    expect(figures.usdPerHour).toBeNaN()
    expect(figures.joules.total).toBe(7400)
  })
})
