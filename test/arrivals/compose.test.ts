import { describe, expect, test } from 'vitest'
import type { ArrivalSource } from '../../src/arrivals/contract.ts'
import { generated } from '../../src/arrivals/generate.ts'
import { measure } from '../../src/arrivals/measure.ts'
import { type ArrivalRow, fromMemory, fromRows } from '../../src/arrivals/memory.ts'
import { withHits } from '../../src/arrivals/transforms/hits.ts'
import { merged } from '../../src/arrivals/transforms/merge.ts'
import { scaled } from '../../src/arrivals/transforms/scale.ts'
import { readWhole } from '../../src/arrivals/whole.ts'
import { rowsOf } from './sources.ts'

function at(times: readonly number[], inputTokens: number, className = 'all'): ArrivalSource {
  return fromMemory(
    fromRows(
      times.map(arrivalS => ({ arrivalS, inputTokens, outputTokens: 1 })),
      [className],
    ),
  )
}

function chat(requests: number, name = 'chat'): ArrivalSource {
  const length = { kind: 'lognormal', medianTokens: 300, sigma: 1, minTokens: 1, maxTokens: 4096 } as const
  return generated(
    { className: name, gaps: { kind: 'poisson', ratePerS: 5 }, input: length, output: length, requests },
    1,
    name,
  )
}

describe('scaling', () => {
  test('divides every time and keeps the rest', async () => {
    const was = await rowsOf(chat(1000))
    expect(await rowsOf(scaled(chat(1000), 3))).toEqual(was.map(([timeS, ...rest]) => [timeS / 3, ...rest]))
    expect((await measure(scaled(chat(1000), 2.5))).meanRatePerS).toBeCloseTo(
      2.5 * (await measure(chat(1000))).meanRatePerS,
      9,
    )
  })

  test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('by %d is a mistake', factor => {
    expect(() => scaled(chat(1), factor)).toThrow(`rate factor is ${factor}; must be a number above 0`)
  })
})

describe('merging', () => {
  test('goes by time, then by order of source', async () => {
    const source = merged([at([0, 1, 1, 4], 1, 'a'), at([0, 1, 2, 4], 2, 'b'), at([0, 3], 3, 'c')])
    const rows = await rowsOf(source)
    expect(rows.map(row => [row[0], row[1]])).toEqual([
      [0, 1],
      [0, 2],
      [0, 3],
      [1, 1],
      [1, 1],
      [1, 2],
      [2, 2],
      [3, 3],
      [4, 1],
      [4, 2],
    ])
    expect(rows.map(row => source.classes[row[4]])).toEqual(rows.map(row => 'abc'[row[1] - 1]))
  })

  test('equals a stable sort of everything', async () => {
    const sources = () => [chat(9000, 'a'), chat(5000, 'b'), scaled(chat(7000, 'c'), 0.5)]
    const all = (
      await Promise.all(
        sources().map((source, id) => rowsOf(source).then(rows => rows.map(row => [...row.slice(0, 4), id]))),
      )
    ).flat()
    expect(await rowsOf(merged(sources()))).toEqual(all.sort((a, b) => a[0] - b[0]))
  })

  test('makes classes of one name one class, whatever their numbers were', async () => {
    const two = fromMemory(
      fromRows(
        [
          { arrivalS: 0, inputTokens: 1, outputTokens: 1, classId: 1 },
          { arrivalS: 1, inputTokens: 2, outputTokens: 1, classId: 0, hitTokens: 1 },
        ],
        ['code', 'chat'],
      ),
    )
    const source = merged([at([0], 9, 'chat'), two])
    expect(source.classes).toEqual(['chat', 'code'])
    expect(await rowsOf(source)).toEqual([
      [0, 9, 1, 0, 0],
      [0, 1, 1, 0, 0],
      [1, 2, 1, 1, 1],
    ])
  })

  test('of nothing, or of more than 256 classes, is a mistake', () => {
    expect(() => merged([])).toThrow('there are no workloads to merge; must have at least 1')
    const many = Array.from({ length: 257 }, (_, i) => at([0], 1, `class ${i}`))
    expect(() => merged(many)).toThrow(
      "'class 256' is one more than 256 classes together; must be at most 256",
    )
  })

  test('closes every source', () => {
    const closed: number[] = []
    const sources = [0, 1].map(id => ({ ...at([0], 1), close: () => closed.push(id) }))
    merged(sources).close()
    expect(closed).toEqual([0, 1])
  })
})

describe('a workload in memory', () => {
  test('is what was read, and may be read many times', async () => {
    const rows = await rowsOf(merged([chat(5000, 'a'), chat(5000, 'b')]))
    const arrivals = await readWhole(merged([chat(5000, 'a'), chat(5000, 'b')]))
    expect(arrivals.length).toBe(10_000)
    expect(await rowsOf(fromMemory(arrivals), 100)).toEqual(rows)
    expect(await rowsOf(fromMemory(arrivals))).toEqual(rows)
  })

  test('closes its source, also when reading fails', async () => {
    let closed = 0
    const broken: ArrivalSource = {
      classes: ['all'],
      fill: async () => {
        throw new Error('broken')
      },
      close: () => closed++,
    }
    await expect(readWhole(broken)).rejects.toThrow('broken')
    await expect(measure(broken)).rejects.toThrow('broken')
    expect(closed).toBe(2)
  })
})

describe('measuring', () => {
  const ROWS: ArrivalRow[] = [
    { arrivalS: 0, inputTokens: 10, outputTokens: 1, classId: 1 },
    { arrivalS: 1, inputTokens: 20, outputTokens: 3, classId: 0, hitTokens: 6 },
    { arrivalS: 4, inputTokens: 30, outputTokens: 8, classId: 1 },
  ]

  test('gives rate, span, means, longest and classes', async () => {
    expect(await measure(fromMemory(fromRows(ROWS, ['code', 'chat', 'none'])))).toMatchObject({
      requests: 3,
      spanS: 4,
      meanRatePerS: 0.5,
      meanInputTokens: 20,
      meanOutputTokens: 4,
      meanHitTokens: 2,
      maxInputTokens: 30,
      maxOutputTokens: 8,
      maxTotalTokens: 38,
      byClass: [
        { name: 'code', requests: 1, meanInputTokens: 20, meanOutputTokens: 3, meanHitTokens: 6 },
        { name: 'chat', requests: 2, meanInputTokens: 20, meanOutputTokens: 4.5, meanHitTokens: 0 },
        { name: 'none', requests: 0, meanInputTokens: Number.NaN },
      ],
    })
  })

  test('of a single request knows no rate', async () => {
    const one = await measure(fromMemory(fromRows(ROWS.slice(0, 1), ['code', 'chat'])))
    expect(one).toMatchObject({ requests: 1, spanS: 0, meanRatePerS: Number.NaN, meanInputTokens: 10 })
  })

  test.each([10, 63, 64, 65, 1000, 20_000])('samples %i requests evenly', async requests => {
    const rows = Array.from({ length: requests }, (_, i) => ({
      arrivalS: i,
      inputTokens: i + 1,
      outputTokens: 2 * i + 1,
    }))
    for (const most of [64, 33]) {
      const { inputTokens, outputTokens } = (await measure(fromMemory(fromRows(rows)), most)).sample
      const stride = inputTokens[1] - inputTokens[0]
      expect(Array.from(inputTokens)).toEqual(
        rows.filter((_, i) => i % stride === 0).map(row => row.inputTokens),
      )
      expect(Array.from(outputTokens)).toEqual(Array.from(inputTokens, input => 2 * input - 1))
      expect(inputTokens.length).toBeLessThanOrEqual(most)
      expect(inputTokens.length).toBeGreaterThanOrEqual(Math.min(requests, most >> 1))
    }
  })

  test('fingerprints the content and nothing else', async () => {
    const hash = async (rows: readonly ArrivalRow[], classes = ['a', 'b']) =>
      (await measure(fromMemory(fromRows(rows, classes)))).hash
    const was = await hash(ROWS)
    expect(was).toMatch(/^[0-9a-f]{16}$/)
    expect(await hash(ROWS)).toBe(was)
    const changes = [
      { arrivalS: 4 + 2 ** -50 },
      { inputTokens: 31 },
      { outputTokens: 9 },
      { classId: 0 },
      { hitTokens: 1 },
    ]
    const others = await Promise.all([
      hash(ROWS, ['a', 'c']),
      hash(ROWS.slice(0, 2)),
      ...changes.map(change => hash([...ROWS.slice(0, 2), { ...ROWS[2], ...change }])),
    ])
    expect(new Set([was, ...others]).size).toBe(8)
  })

  test('tells 20,000 workloads that differ in one token apart', async () => {
    const hashes = new Set<string>()
    for (let i = 0; i < 20_000; i++) {
      hashes.add((await measure(at([0, 1], i + 1), 2)).hash)
    }
    expect(hashes.size).toBe(20_000)
  })
})

describe('prefix hits', () => {
  const rows = [
    { arrivalS: 0, inputTokens: 1, outputTokens: 5 },
    { arrivalS: 1, inputTokens: 1001, outputTokens: 5 },
  ]

  test('mark a share of every prompt, rounded down, and leave the rest alone', async () => {
    const { hitTokens, inputTokens, arrivalS } = await readWhole(withHits(fromMemory(fromRows(rows)), 0.3))
    expect([...hitTokens]).toEqual([0, 300])
    expect([...inputTokens]).toEqual([1, 1001])
    expect([...arrivalS]).toEqual([0, 1])
  })

  test('refuse a share above 1', () => {
    expect(() => withHits(fromMemory(fromRows(rows)), 1.5)).toThrow(/1\.5/)
  })
})
