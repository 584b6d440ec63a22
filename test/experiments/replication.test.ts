import { describe, expect, it } from 'vitest'
import { Cuttable } from '../../src/arrivals/pieces.ts'
import { readWhole } from '../../src/arrivals/whole.ts'
import { atPace } from '../../src/experiments/prepare.ts'
import { race } from '../../src/experiments/race.ts'
import { replicated } from '../../src/experiments/replication.ts'
import { bootstrapOf, sliceOf } from '../../src/experiments/resampled.ts'
import { readYaml } from '../../src/scenario/document.ts'
import { parseScenario } from '../../src/scenario/schema.ts'
import { entrants, mixedScenario, preparedOf } from './scenarios.ts'

const text = mixedScenario({ requests: 500 })
const prepared = await preparedOf(text)

describe('a replication', () => {
  it('draws other requests by the same laws, of the same names, at the same factor of their rate', async () => {
    const [first, second] = await Promise.all(
      [0, 1].map(replication => readWhole(replicated(prepared, replication).arrivals())),
    )
    expect(first).toEqual(await readWhole(prepared.course.arrivals()))
    expect(second.length).toBe(500)
    expect(second.classes).toEqual(first.classes)
    expect(second.inputTokens).not.toEqual(first.inputTokens)
    // The mean of 499 exponential gaps is off by 4.5 % in both.
    expect(Math.abs(second.arrivalS[499] / first.arrivalS[499] - 1)).toBeLessThan(0.3)
  })

  it("keeps the saturation that loads count from, and draws the policy's chance anew", async () => {
    const course = replicated(prepared, 1)
    expect(course.kinds).toBe(prepared.course.kinds)
    expect(course.seed).toBe('1/1')
  })

  it('draws anew what replicas draw, at the same saturation', async () => {
    const chancy = await preparedOf(
      text.replaceAll('engine: vllm', 'engine: vllm\n    latency: { model: exponential, mean_s: 0.01 }'),
    )
    const rates = (replication: number) =>
      replicated(chancy, replication).kinds.map(({ saturationTokensPerS }) => saturationTokensPerS)
    expect(rates(1)).toEqual(rates(0))
    expect(rates(0).every(rate => rate > 0)).toBe(true)
    const steps = (replication: number) => replicated(chancy, replication).kinds[0].latency
    expect(steps(1)).not.toBe(steps(0))
  })

  it('is the same at every asking', async () => {
    const [once] = await race(replicated(prepared, 3), entrants('power-of-two'))
    const [again] = await race(replicated(prepared, 3), entrants('power-of-two'))
    expect(again.figures).toEqual(once.figures)
  })
})

describe('another pace', () => {
  it('is what the scenario with that pace is prepared to', async () => {
    const other = parseScenario(readYaml(text.replace('load: 0.7', 'load: 0.3'), 's.yaml'))
    const [shortcut] = await race(atPace(prepared, other).course, entrants('random'))
    const [whole] = await race(
      (await preparedOf(text.replace('load: 0.7', 'load: 0.3'))).course,
      entrants('random'),
    )
    expect(shortcut.result).toEqual(whole.result)
  })
})

describe('resampled requests', async () => {
  const cuttable = new Cuttable(await readWhole(prepared.workload.built.arrivals()))
  const { arrivalS } = cuttable.whole
  const spanS = arrivalS[499]

  it('of blocks are as many and as long as those they come from, but for chance', async () => {
    const drawn = await Promise.all(
      Array.from({ length: 40 }, (_, seed) => readWhole(bootstrapOf(cuttable, spanS / 10, seed))),
    )
    const counts = drawn.map(({ length }) => length)
    const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length
    expect(Math.abs(mean / 500 - 1)).toBeLessThan(0.03)
    expect(new Set(counts).size).toBeGreaterThan(10)
    for (const { arrivalS: times, length } of drawn) {
      expect(times[0]).toBe(0)
      expect(times[length - 1]).toBeLessThan(1.1 * spanS)
      expect(times.every((timeS, i) => i === 0 || times[i - 1] <= timeS)).toBe(true)
    }
  })

  it('of blocks keep what comes together together', async () => {
    const { inputTokens, length } = await readWhole(bootstrapOf(cuttable, spanS / 5, 'seed'))
    const pairs = new Set(
      cuttable.whole.inputTokens.subarray(1).map((next, i) => pair(cuttable.whole.inputTokens[i], next)),
    )
    const torn = Array.from({ length: length - 1 }, (_, i) =>
      pair(inputTokens[i], inputTokens[i + 1]),
    ).filter(both => !pairs.has(both))
    // Seams: between blocks, and where the end of the workload meets its beginning.
    expect(torn.length).toBeLessThan(11)
  })

  it('of slices are each of them once', async () => {
    const slices = await Promise.all([0, 1, 2, 3].map(slice => readWhole(sliceOf(cuttable, slice, 4))))
    expect(slices.flatMap(({ inputTokens }) => [...inputTokens])).toEqual([...cuttable.whole.inputTokens])
    for (const { arrivalS: times } of slices) expect(times[0]).toBe(0)
  })

  it('refuse blocks longer than all of it', () => {
    expect(() => bootstrapOf(cuttable, 1e9, 1)).toThrow(/block_s is 1000000000; must be <= /)
  })
})

function pair(first: number, second: number): number {
  return first * 1e5 + second
}
