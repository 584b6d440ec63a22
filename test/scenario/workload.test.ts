import { describe, expect, it } from 'vitest'
import { type ArrivalRow, fromMemory, fromRows } from '../../src/arrivals/memory.ts'
import { readWhole } from '../../src/arrivals/whole.ts'
import { buildWorkload, type OpenTrace, paceFactor } from '../../src/scenario/workload.ts'
import { parsed, variant } from './helpers.ts'

const ROWS: ArrivalRow[] = [
  { arrivalS: 0, inputTokens: 10, outputTokens: 1 },
  { arrivalS: 4, inputTokens: 20, outputTokens: 2 },
]
const open: OpenTrace = named =>
  fromMemory(fromRows(ROWS, ['trace' in named ? named.options.className! : named.name]))
const LENGTHS =
  'lengths: { input: { fixed: 100 }, output: { lognormal: { median_tokens: 50, sigma: 1, max_tokens: 900 } } }'
const GENERATE = `generate: { requests: 500, class: drawn, arrivals: { process: gamma, rate_per_s: 2, cv: 2 }, ${LENGTHS} }`

function workload(text: string) {
  return buildWorkload(parsed(variant(['trace: some.csv', text])), open)
}

describe('a workload', () => {
  it('reads a trace afresh at each call', async () => {
    const { arrivals, pace } = workload('trace: some.csv\n  class: chat')
    for (let pass = 0; pass < 2; pass++) {
      const { length, classes } = await readWhole(arrivals())
      expect([length, classes]).toEqual([2, ['chat']])
    }
    expect(pace).toEqual({ by: 'factor', factor: 1 })
  })

  it('is drawn from laws, the same at each call', async () => {
    const { arrivals } = workload(GENERATE)
    const [first, second] = [await readWhole(arrivals()), await readWhole(arrivals())]
    expect(first.length).toBe(500)
    expect(first).toEqual(second)
    expect(first.arrivalS[499] / 499).toBeGreaterThan(0.3)
    expect(first.arrivalS[499] / 499).toBeLessThan(0.8)
    expect(first.outputTokens.every(tokens => tokens <= 900)).toBe(true)
  })

  it('mixes parts, each at its own rate and of its own class', async () => {
    const parts = `\n    - { trace: a.csv, class: chat, rate_scale: 2 }\n    - { ${GENERATE} }\n    - { ${GENERATE} }`
    const all = await readWhole(workload(`mix:${parts}`).arrivals())
    expect(all.classes).toEqual(['chat', 'drawn'])
    expect(all.length).toBe(1002)
    const chat = [...all.arrivalS].filter((_, row) => all.classId[row] === 0)
    expect(chat).toEqual([0, 2])
    expect(new Set(all.arrivalS).size).toBeGreaterThan(990)
  })

  it('may be a closed loop', async () => {
    const { arrivals, closedLoop } = workload(
      `closed_loop: { clients: 8, think_s: 3, requests: 90, ${LENGTHS} }`,
    )
    expect(closedLoop).toMatchObject({ clients: 8, thinkS: 3, requests: 90 })
    expect(closedLoop!.lengths(2, 5)).toEqual(closedLoop!.lengths(2, 5))
    expect(closedLoop!.lengths(2, 5).inputTokens).toBe(100)
    expect((await readWhole(arrivals())).length).toBe(0)
  })

  it.each([
    ['process: even, rate_per_s: 4', 0.25],
    ['process: on-off, on_rate_per_s: 8, off_rate_per_s: 0, on_s: 1, off_s: 1', 0.25],
    ['process: profile, step_s: 10, rates_per_s: [2, 6]', 0.25],
  ])('may arrive by %s', async (law, meanGapS) => {
    const text = GENERATE.replace(/process:.*cv: 2/, law).replace('500', '4000')
    const { arrivalS, length } = await readWhole(workload(text).arrivals())
    expect(arrivalS[length - 1] / (length - 1)).toBeGreaterThan(meanGapS * 0.9)
    expect(arrivalS[length - 1] / (length - 1)).toBeLessThan(meanGapS * 1.1)
  })
})

describe('its pace', () => {
  const none = () => Number.NaN

  it('is a factor, a rate or a share of what the fleet can do', () => {
    expect(paceFactor(workload('trace: a\n  rate_scale: 3').pace, 5, none)).toBe(3)
    expect(paceFactor(workload('trace: a\n  rate_per_s: 20').pace, 5, none)).toBe(4)
    expect(paceFactor(workload('trace: a\n  load: 0.5').pace, 5, () => 40)).toBe(4)
  })

  it('replaces the rate of a generator', () => {
    const { pace } = workload(`${GENERATE.replace(' rate_per_s: 2,', '')}\n  load: 0.7`)
    expect(pace).toEqual({ by: 'load', load: 0.7 })
  })
})
