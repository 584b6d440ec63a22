import { describe, expect, test } from 'vitest'
import { dynamic } from '../../src/batching/dynamic.ts'
import { stream } from '../../src/core/random.ts'
import { AffineEnergy } from '../../src/energy/affine.ts'
import { Samples, sampleWork } from '../../src/latency/samples.ts'
import type { ReplicaKind } from '../../src/replicas/contract.ts'
import { REJECTED } from '../../src/requests/table.ts'
import { type ArrivalRow, courseOf } from '../laws/courses.ts'
import { runFast } from '../laws/fast.ts'
import { runNaive } from '../laws/naive.ts'

const ONE_DEVICE = {
  devices: 1,
  tdpWatts: 100,
  idleWatts: 20,
  floor: 0.25,
  memory: 0.5,
  compute: 1,
  bytesPerS: 1e9,
  flopsPerS: 1e12,
  hostIdleWatts: 8,
  hostLoadWatts: 4,
}

/** A server of tasks: a batch takes 1 s and 1/8 s for each sample, unless told. */
function server(more: Partial<ReplicaKind> = {}, latency = new Samples({ fixedS: 1, computeS: 1 / 8 })) {
  const work = sampleWork({ flops: 1e10, weightBytes: 1e7, bytes: 1e6 })
  return {
    name: 'server',
    deviceKind: 'asic',
    devices: 1,
    latency,
    energy: new AffineEnergy(ONE_DEVICE, work, latency),
    batcher: dynamic,
    batchDelayS: 2,
    tokenBudget: 8,
    maxSequences: 8,
    maxModelLen: 9,
    kvBlocks: 9,
    blockTokens: 1,
    watermarkBlocks: 0,
    frontEndS: 0,
    usdPerHour: 1,
    saturationRequestsPerS: Number.NaN,
    saturationTokensPerS: Number.NaN,
    ...more,
  } satisfies ReplicaKind
}

/** Requests as time and samples. */
function requests(...rows: (readonly [number, number])[]): ArrivalRow[] {
  return rows.map(([arrivalS, inputTokens]) => ({ arrivalS, inputTokens, outputTokens: 1 }))
}

/** When each request was admitted and when it ended. */
async function served(kind: ReplicaKind, rows: readonly ArrivalRow[]): Promise<[number, number][]> {
  const { rows: ends } = await runFast(courseOf([kind], rows), { name: 'round-robin' })
  return ends.map(({ admittedS, endS }) => [admittedS, endS])
}

describe('a batch begins', () => {
  test('when its oldest request has waited the delay, with all that came meanwhile', async () => {
    const rows = requests([0, 1], [0.5, 2], [1.75, 1], [2, 1], [2.5, 1])
    const first = [2, 2 + 1 + 5 / 8]
    // The last came while the batch ran, and has waited enough only after it.
    expect(await served(server(), rows)).toEqual([first, first, first, first, [4.5, 4.5 + 9 / 8]])
  })

  test('at once when it is full, by samples or by requests', async () => {
    const bySamples = requests([0, 4], [0.5, 3], [1, 2], [9, 1])
    expect(await served(server(), bySamples)).toEqual([
      [1, 1 + 15 / 8],
      [1, 1 + 15 / 8],
      // It is the one that filled the batch and found no place: waits from its own arrival on, for 2 s.
      [3, 3 + 10 / 8],
      [11, 11 + 9 / 8],
    ])
    const byRequests = requests([0, 1], [0.25, 1], [0.5, 1], [9, 1])
    expect(await served(server({ maxSequences: 3 }), byRequests)).toEqual([
      [0.5, 0.5 + 11 / 8],
      [0.5, 0.5 + 11 / 8],
      [0.5, 0.5 + 11 / 8],
      [11, 11 + 9 / 8],
    ])
  })

  test('as soon as the one before it ends, if it is full or due by then', async () => {
    const full = requests([0, 8], [0.5, 4], [1, 4], [1.25, 1])
    // Batches of 8 take 2 s: the second is full at 1 s and begins at 2 s. The last one is due at 3.25 s, while it runs.
    expect(await served(server(), full)).toEqual([
      [0, 2],
      [2, 4],
      [2, 4],
      [4, 4 + 9 / 8],
    ])
  })

  test('without a delay whenever somebody is there', async () => {
    const rows = requests([0, 1], [0.5, 1], [0.75, 1])
    expect(await served(server({ batchDelayS: 0 }), rows)).toEqual([
      [0, 9 / 8],
      [9 / 8, 9 / 8 + 10 / 8],
      [9 / 8, 9 / 8 + 10 / 8],
    ])
  })

  test('only when those that fill it are past the front end', async () => {
    const rows = requests([0, 4], [1, 4])
    expect(await served(server({ frontEndS: 0.5 }), rows)).toEqual([
      [1.5, 3.5],
      [1.5, 3.5],
    ])
  })
})

test('more samples than a batch holds are rejected', async () => {
  const { rows } = await runFast(courseOf([server()], requests([0, 8], [1, 9])), { name: 'round-robin' })
  expect(rows.map(({ outcome }) => outcome === REJECTED)).toEqual([false, true])
})

test('samples are paid for by those who bring them, and the books close', async () => {
  const { rows, result } = await runFast(courseOf([server()], requests([0, 1], [0, 7], [9, 1])), {
    name: 'round-robin',
  })
  expect(rows[0].shareS).toBeCloseTo(2 / 8, 12)
  expect(rows[1].shareS).toBeCloseTo((2 * 7) / 8, 12)
  const { lifeBusyJ } = result.replicas[0]
  // Floor 25 W and host 12 W while busy; 0.05 J/MB of memory traffic; 1 J a sample of compute.
  const batch = (seconds: number, samples: number) =>
    37 * seconds + (0.5 * 100 * (1e7 + samples * 1e6)) / 1e9 + samples
  expect(lifeBusyJ).toBeCloseTo(batch(2, 8) + batch(9 / 8, 1), 9)
})

describe('random tasks', () => {
  test.each(Array.from({ length: 25 }, (_, seed) => seed))(
    'stepped and by the naive stepper are the same, seed %i',
    async seed => {
      const random = stream(seed, 'tasks')
      const dyadic = seed % 2 === 0
      const time = (mean: number) => (dyadic ? Math.round(16 * mean * random()) / 8 : 2 * mean * random())
      const latency = new Samples({
        fixedS: 1 / 4,
        computeS: 1 / 16,
        weightsS: 1 / 2,
        memoryS: 1 / 64,
        inputS: 1 / 128,
      })
      const kind = server(
        { batchDelayS: time(1), frontEndS: seed % 3 === 0 ? 1 / 8 : 0, maxSequences: 1 + (seed % 8) },
        latency,
      )
      let arrivalS = 0
      const timed = Array.from({ length: 300 }, () => {
        arrivalS += time(0.3)
        return [arrivalS, 1 + Math.floor(9 * random())] as const
      })
      const rows = requests(...timed)
      const course = courseOf([kind], [{ ...rows[0], arrivalS: 0 }, ...rows], { replicas: [0, 0] })
      const fast = await runFast(course, { name: 'round-robin' })
      const stepped = await runFast(course, { name: 'round-robin' }, { stepByStep: true })
      expect(stepped.rows).toStrictEqual(fast.rows)
      const naive = await runNaive(course, ({ ordinal }) => ordinal % 2)
      for (const [i, row] of fast.rows.entries()) {
        const { admittedS, endS, outcome, shareJ } = naive.requests[i]
        expect(row.outcome).toBe(outcome)
        expect(row.admittedS).toStrictEqual(admittedS)
        expect(Math.abs(row.endS - endS)).toBeLessThan(1e-9)
        expect(Math.abs(row.shareJ - shareJ)).toBeLessThan(1e-9)
      }
      for (const step of naive.steps) {
        expect(step.chunks.reduce((sum, { tokens }) => sum + tokens, 0)).toBeLessThanOrEqual(8)
      }
    },
  )
})
