import { describe, expect, it } from 'vitest'
import { fromMemory, fromRows } from '../../../src/arrivals/memory.ts'
import { readWhole } from '../../../src/arrivals/whole.ts'
import { classesOf, medianCut } from '../../../src/planning/fleets/classes.ts'

const rows = Array.from({ length: 40 }, (_, i) => ({
  arrivalS: i,
  inputTokens: i % 2 === 0 ? 100 : 900,
  outputTokens: i % 4 < 2 ? 10 : 50,
}))
const whole = () => readWhole(fromMemory(fromRows(rows)))

describe('classes of requests', () => {
  it('are told apart by the lengths at which the cuts lie, none of which is empty', async () => {
    const classes = classesOf(await whole(), { inputTokens: [100, 500], outputTokens: [10] })
    expect(classes.map(({ name, requests }) => [name.replace(/^[^,]*, /, ''), requests])).toEqual([
      ['in <= 100, out <= 10', 10],
      ['in <= 100, out > 10', 10],
      ['in > 500, out <= 10', 10],
      ['in > 500, out > 10', 10],
    ])
    expect(classes.map(of => of.meanInputTokens)).toEqual([100, 100, 900, 900])
    expect(classes.map(of => of.meanOutputTokens)).toEqual([10, 50, 10, 50])
  })

  it('bring their own requests alone, in order, over and over', async () => {
    const [, , , last] = classesOf(await whole(), { inputTokens: [100, 500], outputTokens: [10] })
    const own = await readWhole(last.arrivals(25))
    expect(own.length).toBe(25)
    expect(new Set(own.inputTokens)).toEqual(new Set([900]))
    expect(new Set(own.outputTokens)).toEqual(new Set([50]))
    expect([...own.arrivalS]).toEqual([...own.arrivalS].sort((a, b) => a - b))
    expect(own.arrivalS[0]).toBe(0)
  })

  it('are stood for by requests of all their time, not by the first', async () => {
    const [first] = classesOf(await whole(), { inputTokens: [500], outputTokens: [] })
    const few = await readWhole(first.arrivals(5))
    expect(few.length).toBe(5)
    // Every other row is of the class: of its 38 s five that are dealt evenly lie 8 s apart.
    expect([...few.arrivalS]).toEqual([0, 8, 16, 24, 32])
  })

  it('are halved at the median, and not where all are of one length', () => {
    expect(medianCut(Int32Array.of(9, 1, 5, 7))).toEqual([5])
    expect(medianCut(Int32Array.of(4, 4, 4))).toEqual([])
    expect(medianCut(Int32Array.of(1, 4, 4))).toEqual([])
  })
})
