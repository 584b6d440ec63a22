import type { ArrivalBlock, ArrivalSource } from '../../src/arrivals/contract.ts'
import { batchers } from '../../src/batching/registry.ts'
import { below, exponential, type Random, stream } from '../../src/core/random.ts'
import { AffineEnergy } from '../../src/energy/affine.ts'
import { ConstantEnergy } from '../../src/energy/constant.ts'
import type { EnergyModel } from '../../src/energy/contract.ts'
import type { Course } from '../../src/fleet/course.ts'
import type { LatencyModel } from '../../src/latency/contract.ts'
import { Linear } from '../../src/latency/linear.ts'
import { Operators } from '../../src/latency/operators.ts'
import { TransformerWork } from '../../src/latency/work.ts'
import type { ReplicaKind } from '../../src/replicas/contract.ts'
import { affineEnergy, bucketedLatency, linearLatency } from './models.ts'

/**
 * `continuous`: random real times, in which nothing coincides but what is made to. `dyadic`: every constant and
 * time is a small multiple of a power of two, so that sums are exact and events fall on the same instants all
 * the time.
 */
export type Flavour = 'continuous' | 'dyadic'

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

/** Draws of one course. */
class Dice {
  readonly flavour: Flavour
  readonly random: Random
  /** What a small step takes, roughly; long enough in some courses that hours pass. */
  readonly unitS: number

  constructor(seed: string | number, flavour: Flavour) {
    this.flavour = flavour
    this.random = stream(seed, `laws/${flavour}`)
    this.unitS = this.oneOf([2 ** -6, 2 ** -6, 1, 16]) * (flavour === 'dyadic' ? 1 : 0.5 + this.random())
  }

  index(items: readonly unknown[]): number {
    return below(this.random, items.length)
  }

  oneOf<T>(items: readonly T[]): T {
    return items[this.index(items)]
  }

  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number {
    return low + below(this.random, high - low + 1)
  }

  chance(probability: number): boolean {
    return this.random() < probability
  }

  /** A whole number >= 1 with a long tail. */
  length(mean: number): number {
    return 1 + Math.floor(exponential(this.random, mean))
  }

  /** One of some multiples of `unit`, blurred where times are continuous. */
  amount(unit: number, multiples: readonly number[]): number {
    const exact = unit * this.oneOf(multiples)
    return this.flavour === 'dyadic' ? exact : exact * (0.5 + this.random())
  }
}

function randomKind(dice: Dice, name: string, lengthScale: number): ReplicaKind {
  const batcherName = dice.oneOf([...Object.keys(batchers), 'chunked-prefill'] as (keyof typeof batchers)[])
  const maxSequences = dice.oneOf([1, 2, 3, 4, 8, 16])
  const blockTokens = dice.oneOf([1, 2, 3, 4, 8, 16, 32])
  const maxModelLen = Math.max(4, Math.floor(lengthScale * dice.oneOf([0.5, 1, 1.5])))
  const leastBlocks = Math.ceil(maxModelLen / blockTokens)
  const kvBlocks = leastBlocks + dice.oneOf([0, 1, 3, leastBlocks, 8 * leastBlocks])
  const { latency, energy } = randomEngine(dice)
  return {
    name: `${name} ${batcherName}`,
    deviceKind: dice.oneOf(['gpu', 'asic']),
    devices: 1,
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
    usdPerHour: dice.oneOf([2, 0.5, Number.NaN]),
    saturationRequestsPerS: Number.NaN,
    saturationTokensPerS: Number.NaN,
  }
}

interface Engine {
  readonly latency: LatencyModel
  readonly energy: EnergyModel
}

function randomEngine(dice: Dice): Engine {
  if (dice.flavour === 'continuous' && dice.chance(0.25)) return randomOperators(dice)
  const latency = randomLatency(dice)
  return { latency, energy: randomEnergy(dice, latency) }
}

function randomLatency(dice: Dice): LatencyModel {
  const times = {
    fixedS: dice.amount(dice.unitS, [1, 1, 2]),
    tokenS: dice.amount(dice.unitS / 16, [0, 0, 1]),
    contextS: dice.amount(2 ** -10, [0, 0, 1]),
    pairS: dice.amount(2 ** -10, [0, 0, 1]),
  }
  const { fixedS: stepS, tokenS, contextS: contextTokenS } = times
  switch (dice.oneOf(['by pairs', 'by context', 'bucketed'])) {
    case 'by pairs':
      return linearLatency(times)
    case 'by context':
      return new Linear({ stepS, tokenS, contextTokenS })
    default:
      return bucketedLatency(times, dice.oneOf([16, 64, 100]))
  }
}

function randomEnergy(dice: Dice, latency: LatencyModel): EnergyModel {
  const watts = { idleWatts: 128, busyWatts: dice.amount(256, [1, 2]) }
  if (dice.chance(0.3)) return new ConstantEnergy(watts, latency)
  const joules = {
    ...watts,
    tokenJ: dice.amount(0.5, [0, 1, 8]),
    contextJ: dice.amount(2 ** -6, [0, 1, 8]),
    pairJ: dice.amount(2 ** -8, [0, 1, 8]),
    capWatts: dice.oneOf([Number.POSITIVE_INFINITY, 700, 1024]),
  }
  return affineEnergy(joules, latency)
}

/** A toy transformer on a device that streams its weights in about half a unit and computes 32 tokens in as long. */
function randomOperators(dice: Dice): Engine {
  const model = {
    layers: 2,
    hidden: 64,
    heads: 4,
    kvHeads: 2,
    headDim: 16,
    ffn: 128,
    gatedMlp: true,
    vocab: 256,
    tiedEmbedding: false,
  }
  const parallelism = { tp: 1, weightBytes: 2, kvBytes: 2, activationBytes: 2 }
  const bytesPerS = dice.amount(4e5 / dice.unitS, [1])
  const flopsPerS = dice.amount(1e7 / dice.unitS, [1])
  const roofline = { fixedS: dice.unitS / 100, flopsPerS, compute: 0.7, memory: 0.8 }
  const latency = new Operators({
    model,
    parallelism,
    constants: {
      bytesPerS,
      gemm: roofline,
      head: roofline,
      attentionPrefill: roofline,
      attentionDecode: { fixedS: dice.unitS / 50, perSequenceS: dice.unitS / 200, memory: 0.6 },
      elementwise: { fixedS: dice.unitS / 300, memory: 0.8 },
      moeLayerS: 0,
      stepS: dice.amount(dice.unitS, [0.1, 1]),
      layerS: 0,
      prefillMultiplier: dice.oneOf([1, 1.38]),
    },
  })
  const power = {
    devices: 1,
    tdpWatts: 700,
    idleWatts: 80,
    floor: dice.oneOf([0.2, 0.5]),
    memory: 0.7,
    compute: 1.2,
    bytesPerS,
    flopsPerS,
    hostIdleWatts: 60,
    hostLoadWatts: 40,
  }
  return { latency, energy: new AffineEnergy(power, new TransformerWork(model, parallelism), latency) }
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
