import { describe, expect, test } from 'vitest'
import type { Course } from '../../src/fleet/course.ts'
import { Compiled } from '../../src/latency/compiled.ts'
import { Linear } from '../../src/latency/linear.ts'
import { Padding } from '../../src/latency/padding.ts'
import type { ReplicaKind } from '../../src/replicas/contract.ts'
import { type RequestContext, requestColumns } from '../../src/results/columns/requests.ts'
import { figuresOf } from '../../src/results/figures.ts'
import type { RunOptions } from '../../src/simulate.ts'
import { type ArrivalRow, courseOf } from '../laws/courses.ts'
import { type DetailedRow, detailedSource } from '../laws/detailed.ts'
import { runFast } from '../laws/fast.ts'
import { affineEnergy } from '../laws/models.ts'
import { roomyKind } from '../laws/roomy.ts'

const choice = { name: 'round-robin' }
const POWER = { idleWatts: 100, busyWatts: 300, tokenJ: 0, contextJ: 0, pairJ: 0, capWatts: 1e6 }

/** A step of 1 s, whatever it carries. */
const step = new Linear({ stepS: 1, tokenS: 0, contextTokenS: 0 })
const kind: ReplicaKind = { ...roomyKind(step), energy: affineEnergy(POWER, step) }

const ask = (
  arrivalS: number,
  inputTokens: number,
  outputTokens: number,
  more: Partial<DetailedRow> = {},
) => ({
  ...{ arrivalS, inputTokens, outputTokens },
  ...more,
})

/** The same course stretch by stretch and step by step, which must find the same. */
async function ran(course: Course) {
  const run = await runFast(course, choice)
  const { events: _, replicas, ...rest } = (await runFast(course, choice, { stepByStep: true })).result
  expect(run.result).toMatchObject(rest)
  const stepped = replicas.map(({ events: _, ...replica }) => replica)
  expect(run.result.replicas).toMatchObject(stepped)
  return run
}

describe('where prompts are computed apart', () => {
  const BYTES = 1000
  const prefill: ReplicaKind = {
    ...kind,
    name: 'p',
    role: 'prefill',
    kvBytesPerToken: BYTES,
    usdPerHour: 3600,
  }
  const decode: ReplicaKind = { ...kind, name: 'd', role: 'decode', kvBytesPerToken: BYTES }
  const link = { bytesPerS: 64_000, latencyS: 0.5 }

  /** One replica that computes, one that decodes, on two nodes: 64 tokens take a second. */
  function apart(rows: readonly ArrivalRow[], more: Partial<Course> = {}): Course {
    return courseOf([prefill, decode], rows, {
      places: [
        { node: 0, island: 0, devices: 1 },
        { node: 1, island: 1, devices: 1 },
      ],
      network: { nodes: ['a', 'b'].map(name => ({ name, islands: 1, nic: link })) },
      handoff: { decodeAt: 'prefill-end', layers: 1, conversionBytesPerS: () => Number.POSITIVE_INFINITY },
      ...more,
    })
  }

  test('links tell what they carried in the window, and requests what they waited', async () => {
    // Two prompts of one step are sent at 1 s, enter the links at 2 s and share them until 4 s.
    const rows = [ask(0, 64, 3), ask(0, 64, 3), ask(11, 64, 1)]
    const { result } = await ran(apart(rows))
    const [out, into] = result.links!.filter(({ bytes }) => bytes > 0)
    expect(out).toEqual({
      ...{ link: 'a nic-out', role: 'nic-out', bytesPerS: 64_000 },
      ...{ bytes: 128_000, busyS: 2, transferS: 4 },
    })
    expect(into).toMatchObject({ link: 'b nic-in', bytes: 128_000, busyS: 2, transferS: 4 })
    expect(result.links).toHaveLength(4)
    expect(result.transfers).toEqual({ count: 2, meanS: 3, meanContention: 1.5 })
  })

  test('a window that opens in a transfer counts the rest of it', async () => {
    const { result } = await ran(apart([ask(0, 64, 3), ask(11, 64, 1)], { warmupS: 2.25 }))
    const [out] = result.links!
    expect(out).toMatchObject({ bytes: 48_000, busyS: 0.75, transferS: 0.75 })
    // It arrived before the window.
    expect(result.transfers).toEqual({ count: 0, meanS: Number.NaN, meanContention: Number.NaN })
  })

  test('a request counts at both replicas, its prompt at the first', async () => {
    const { result } = await ran(apart([ask(0, 64, 3, { hitTokens: 16 }), ask(11, 64, 1)]))
    const [first, last] = result.replicas
    expect(first).toMatchObject({ role: 'prefill', requests: 2, prompts: { asked: 128, hit: 16 } })
    expect(last).toMatchObject({ role: 'decode', requests: 1, prompts: { asked: 0, hit: 0 } })
    expect(result.prompts).toEqual({ asked: 128, hit: 16 })
    expect(figuresOf(result).prefixHitShare).toBe(0.125)
  })

  test('what requests cost is what both replicas cost while busy', async () => {
    const rows = Array.from({ length: 30 }, (_, i) => ask(i, 64, 1 + (i % 7)))
    const course = apart(rows)
    const column = requestColumns.find(({ name }) => name === 'share_usd')!
    const context: RequestContext = {
      ...{ policy: '', classes: [], tenants: [], models: [], pue: 1 },
      kindOf: replica => course.kinds[replica],
      meetsSlo: () => true,
    }
    let usd = 0
    const onEnd: RunOptions['onEnd'] = (request, requests) => {
      usd += Number(column.value({ context, requests, request }))
    }
    const { result } = await runFast(course, choice, { onEnd })
    const spent = result.replicas.map(({ lifeBusyS, usdPerHour }) => (lifeBusyS * usdPerHour) / 3600)
    expect(spent.every(each => each > 0)).toBe(true)
    expect(usd).toBeCloseTo(spent[0] + spent[1], 9)
  })

  test('there is nothing of links where nothing is sent', async () => {
    const { result } = await ran(courseOf([kind], [ask(0, 64, 3)]))
    expect(result).not.toHaveProperty('links')
    expect(result).not.toHaveProperty('transfers')
  })
})

describe('where models take turns on devices', () => {
  const names = { classes: ['any'], models: ['one', 'other'] }
  const rows = [
    ask(0, 10, 4, { modelId: 0 }),
    ask(6, 10, 2, { modelId: 1 }),
    ask(20, 10, 1, { modelId: 0 }),
    ask(40, 10, 1, { modelId: 0 }),
  ]
  const kinds = [0, 1].map(modelId => ({ ...kind, name: `k${modelId}`, modelId, usdPerHour: 3600 }))
  const course: Course = {
    ...courseOf(kinds, []),
    arrivals: () => detailedSource(rows, names),
    models: names.models,
    sharedDevices: [{ replicas: [0, 1], loadS: [2, 3], patienceS: 1 }],
    sampleS: 10,
  }

  test('one that is away neither idles nor costs', async () => {
    const { result } = await ran(course)
    // Loaded at 6 s for the second request, and at 20 s for the third.
    const [one, other] = result.replicas
    expect(one).toMatchObject({ model: 'one', turns: 2, loads: 1, busyS: 5, awayS: 14, idleS: 40 - 5 - 14 })
    expect(other).toMatchObject({ model: 'other', turns: 2, loads: 1, busyS: 2, awayS: 26, idleS: 12 })
    for (const { idleS, idleJ } of [one, other]) expect(idleJ).toBeCloseTo(100 * idleS, 9)
    const { usd, usdPerHour, busyFraction } = figuresOf(result)
    expect(usd.total).toBeCloseTo(40, 12)
    expect(usdPerHour).toBe(3600)
    expect(busyFraction).toBeCloseTo(7 / 40, 12)
  })

  test('the time series has the watts of whoever is there', async () => {
    const { result } = await ran(course)
    const watts = (timeS: number) =>
      result.samples.filter(sample => sample.timeS === timeS).map(sample => sample.watts)
    // From 10 s to 20 s the second runs for a second at 300 W, and stands by; from 30 s to 40 s the first stands by.
    expect(watts(20)).toEqual([0, expect.closeTo(120, 9)])
    expect(watts(40)).toEqual([expect.closeTo(100, 9), 0])
  })
})

describe('where steps are compiled', () => {
  const padding = new Padding({ batch: [4], prompt: [16] })
  const compiled: ReplicaKind = { ...kind, latency: new Compiled(step, padding) }

  test('padding is the places of the steps that nothing fills', async () => {
    // A chunk of 12 in 16 places, then two decode steps of one sequence in four.
    const { result } = await ran(courseOf([compiled], [ask(0, 12, 3)]))
    expect(result.replicas[0].paddingShare).toBeCloseTo(1 - (12 + 1 + 1) / (16 + 4 + 4), 12)
  })

  test('decodes beside a chunk have their places, too', async () => {
    const { result } = await ran(courseOf([compiled], [ask(0, 16, 3), ask(0.5, 4, 1)]))
    expect(result.replicas[0].paddingShare).toBeCloseTo(1 - (16 + (1 + 4) + 1) / (16 + (4 + 16) + 4), 12)
  })

  test('there is none where nothing is padded', async () => {
    const { result } = await ran(courseOf([kind], [ask(0, 12, 3)]))
    expect(result.replicas[0].paddingShare).toBeNaN()
  })
})

test('preempted requests that are kept in the host are told from those computed again', async () => {
  const tight: ReplicaKind = { ...kind, kvBlocks: 6, maxModelLen: 96 }
  const rows = [ask(0, 40, 30), ask(0, 40, 30), ask(90, 1, 1)]
  const again = await ran(courseOf([tight], rows))
  const swap = { bytesPerToken: 1, bytesPerS: 1e6, mostTokens: 1000 }
  const kept = await ran(courseOf([{ ...tight, swap }], rows))
  expect(again.result).toMatchObject({ swaps: 0 })
  expect(again.result.preemptions).toBeGreaterThan(0)
  expect(kept.result.swaps).toBe(kept.result.preemptions)
  expect(kept.result.swaps).toBeGreaterThan(0)
  expect(kept.result.replicas[0]).toMatchObject({ swaps: kept.result.swaps, preemptions: kept.result.swaps })
})

test('prompts found in a cache are those of the requests that arrived in the window', async () => {
  const blocks = (arrivalS: number, ids: readonly number[]) =>
    ask(arrivalS, 65, 1, { blockTokens: 16, blockIds: ids })
  const rows = [blocks(0, [1, 2, 3, 4]), blocks(10, [1, 2, 8, 9]), blocks(20, [5, 6, 7, 8])]
  const course = (warmupS: number): Course => ({
    ...courseOf([{ ...kind, prefixCache: { bytesPerToken: 1 } }], []),
    arrivals: () => detailedSource(rows, { classes: ['any'] }),
    prefixEntryTokens: 16,
    warmupS,
  })
  expect((await ran(course(0))).result.prompts).toEqual({ asked: 3 * 65, hit: 32 })
  expect((await ran(course(5))).result.prompts).toEqual({ asked: 2 * 65, hit: 32 })
  expect((await ran(course(15))).result.replicas[0].prompts).toEqual({ asked: 65, hit: 0 })
})
