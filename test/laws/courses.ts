import type { ArrivalBlock, ArrivalSource } from '../../src/arrivals/contract.ts'
import { batchers } from '../../src/batching/registry.ts'
import { exponential } from '../../src/core/random.ts'
import type { Course } from '../../src/fleet/course.ts'
import type { ReplicaKind } from '../../src/replicas/contract.ts'
import { Dice, type Flavour } from './dice.ts'
import { randomEngine } from './engines.ts'

export type { Flavour } from './dice.ts'

/** One request as a row of a workload. */
export interface ArrivalRow {
  readonly arrivalS: number
  readonly inputTokens: number
  readonly outputTokens: number
  readonly hitTokens?: number
  readonly classId?: number
}

/** A workload held in memory. */
export function arraySource(
  rows: readonly ArrivalRow[],
  classes: readonly string[] = ['any'],
): ArrivalSource {
  let read = 0
  return {
    classes,
    fill(block: ArrivalBlock) {
      block.length = 0
      while (read < rows.length && block.length < block.capacity) {
        const { arrivalS, inputTokens, outputTokens, hitTokens = 0, classId = 0 } = rows[read++]
        block.push(arrivalS, inputTokens, outputTokens, hitTokens, classId)
      }
    },
    close() {},
  }
}

/** The same requests as turns of sessions, several at a time, each a quarter-second think time or more after the last. */
export function inSessions(source: ArrivalSource): ArrivalSource {
  let read = 0
  return {
    ...source,
    fill(block: ArrivalBlock) {
      void source.fill(block)
      const details = block.detailed()
      for (let row = 0; row < block.length; row++, read++) {
        const [group, turn] = [Math.floor(read / 12), 1 + Math.floor((read % 12) / 3)]
        details.begin(row)
        details.sessionId[row] = 3 * group + (read % 3)
        details.turn[row] = turn
        details.turns[row] = group % 2 === 0 ? 4 : 0
        if (turn > 1) details.thinkS[row] = (read % 7) / 4
      }
    },
  }
}

/** A fleet of the given kinds, one replica each unless told, against these requests. */
export function courseOf(
  kinds: readonly ReplicaKind[],
  rows: readonly ArrivalRow[],
  more: Partial<Course> = {},
): Course {
  return {
    seed: 1,
    kinds,
    replicas: kinds.map((_, kind) => kind),
    spareWatts: 0,
    spareUsdPerHour: 0,
    arrivals: () => arraySource(rows),
    slo: { ttftS: 1, tpotS: 1 },
    warmupS: 0,
    pue: 1,
    carbon: { gramsPerKwh: [400] },
    sampleS: 60,
    ...more,
  }
}

/** A small random course: the same for the same seed and flavour. */
export function randomCourse(seed: string | number, flavour: Flavour): Course {
  const dice = new Dice(seed, flavour)
  const lengthScale = dice.oneOf([48, 128, 400])
  const kinds = Array.from({ length: dice.between(1, 2) }, (_, i) =>
    randomKind(dice, `kind-${i}`, lengthScale),
  )
  const replicas = Array.from({ length: dice.between(1, 4) }, (_, id) =>
    id < kinds.length ? id : dice.index(kinds),
  )
  const rows = randomRows(dice, lengthScale, replicas.length)
  const classes = ['chat', 'code']
  return courseOf(kinds, rows, {
    seed,
    replicas,
    arrivals: () => arraySource(rows, classes),
    pue: dice.oneOf([1, 1.25]),
    carbon: { gramsPerKwh: dice.oneOf([[400], [512, 64], [300, 100, 700, 20, 450]]) },
    slo: { ttftS: 20 * dice.unitS, tpotS: 2 * dice.unitS },
    sampleS: sampleEvery(dice.oneOf([7, 64, 1000]) * dice.unitS, rows[rows.length - 1].arrivalS),
  })
}

/** The interval, doubled until a course with long pauses has a thousand samples or fewer. */
function sampleEvery(sampleS: number, lastArrivalS: number): number {
  return lastArrivalS > 1000 * sampleS ? sampleEvery(2 * sampleS, lastArrivalS) : sampleS
}

function randomKind(dice: Dice, name: string, lengthScale: number): ReplicaKind {
  const batcherName = dice.oneOf([...Object.keys(batchers), 'chunked-prefill'] as (keyof typeof batchers)[])
  const maxSequences = dice.oneOf([1, 2, 3, 4, 8, 16])
  const blockTokens = dice.oneOf([1, 2, 3, 4, 8, 16, 32])
  const maxModelLen = Math.max(4, Math.floor(lengthScale * dice.oneOf([0.5, 1, 1.5])))
  const leastBlocks = Math.ceil(maxModelLen / blockTokens)
  const kvBlocks = leastBlocks + dice.oneOf([0, 1, 3, leastBlocks, 8 * leastBlocks])
  const { latency, energy, devices } = randomEngine(dice)
  return {
    name: `${name} ${batcherName}`,
    deviceKind: dice.oneOf(['gpu', 'asic']),
    devices,
    latency,
    energy,
    batcher: batchers[batcherName].batcher,
    tokenBudget: maxSequences + dice.oneOf([0, 1, 7, 32, 512]),
    maxSequences,
    maxModelLen,
    kvBlocks,
    blockTokens,
    watermarkBlocks: dice.chance(0.6) ? 0 : dice.between(1, Math.max(1, leastBlocks - 1)),
    frontEndS: dice.chance(0.5) ? 0 : dice.amount(dice.unitS, [1, 2, 8]),
    ...(batcherName === 'dynamic' && { batchDelayS: dice.amount(dice.unitS, [0, 1, 4, 16]) }),
    usdPerHour: dice.oneOf([2, 0.5, Number.NaN]),
    saturationRequestsPerS: Number.NaN,
    saturationTokensPerS: Number.NaN,
  }
}

function randomRows(dice: Dice, lengthScale: number, replicas: number): ArrivalRow[] {
  const count = dice.between(20, 200)
  const gap = dice.oneOf([0.5, 2, 8, 40]) / replicas
  const burstiness = dice.oneOf([0, 0.3, 0.8])
  const lateness = dice.oneOf([0, 0, 0.02])
  const outputShare = dice.oneOf([0.02, 0.1, 0.4])
  const hitShare = dice.oneOf([0, 0.5])
  const rows: ArrivalRow[] = []
  let arrivalS = 0
  for (let ordinal = 0; ordinal < count; ordinal++) {
    if (ordinal > 0 && !dice.chance(burstiness)) arrivalS += randomGap(dice, gap)
    if (dice.chance(lateness) && ordinal > 0) arrivalS = nextHour(dice, arrivalS)
    const inputTokens = dice.length(lengthScale / 4)
    const hitTokens = dice.chance(hitShare) ? dice.between(0, inputTokens + 1) : 0
    rows.push({
      arrivalS,
      inputTokens,
      outputTokens: dice.length(lengthScale * outputShare),
      hitTokens: Math.min(hitTokens, inputTokens),
      classId: dice.between(0, 1),
    })
  }
  return rows
}

function randomGap(dice: Dice, units: number): number {
  const gap = exponential(dice.random, units)
  return dice.unitS * (dice.flavour === 'dyadic' ? Math.ceil(gap) : gap)
}

/** The next hour of the run, on the dot or somewhere in it. */
function nextHour(dice: Dice, timeS: number): number {
  const hours = Math.floor(timeS / 3600) + 1
  return dice.flavour === 'dyadic' ? 3600 * hours : 3600 * (hours + dice.random())
}
