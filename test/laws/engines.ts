import { AffineEnergy } from '../../src/energy/affine.ts'
import { ConstantEnergy } from '../../src/energy/constant.ts'
import type { EnergyModel } from '../../src/energy/contract.ts'
import type { ContextWindow, LatencyModel } from '../../src/latency/contract.ts'
import type { OperatorsOptions } from '../../src/latency/dealt.ts'
import { devicesOf, ONE_STAGE, type Parallelism } from '../../src/latency/layout.ts'
import { Linear } from '../../src/latency/linear.ts'
import { latencyModels } from '../../src/latency/registry.ts'
import type { Transformer } from '../../src/latency/transformer.ts'
import { TransformerWork } from '../../src/latency/work.ts'
import { naiveEagerSeconds, naiveStepSeconds } from '../latency/naive-operators.ts'
import type { Dice } from './dice.ts'
import { affineEnergy, bucketedLatency, linearLatency } from './models.ts'
import { type NaivePrice, pricedBy } from './naive-prices.ts'

/* Models of latency and energy for random courses. */

export interface Engine {
  readonly latency: LatencyModel
  readonly energy: EnergyModel
  readonly devices: number
}

export function randomEngine(dice: Dice): Engine {
  if (dice.flavour === 'continuous' && dice.chance(0.4)) return randomOperators(dice)
  const latency = randomLatency(dice)
  return { latency, energy: randomEnergy(dice, latency), devices: 1 }
}

function randomLatency(dice: Dice): LatencyModel {
  const times = {
    fixedS: dice.amount(dice.unitS, [1, 1, 2]),
    tokenS: dice.amount(dice.unitS / 16, [0, 0, 1]),
    contextS: dice.amount(2 ** -10, [0, 0, 1]),
    pairS: dice.amount(2 ** -10, [0, 0, 1]),
  }
  const { fixedS: stepS, tokenS, contextS: contextTokenS } = times
  switch (dice.oneOf(['by pairs', 'by pairs, laid out', 'by context', 'bucketed'])) {
    case 'by pairs':
      return linearLatency(times)
    case 'by pairs, laid out':
      return linearLatency({ ...times, window: randomWindow(dice), places: dice.oneOf([1, 2]) })
    case 'by context':
      return new Linear({ stepS, tokenS, contextTokenS })
    default:
      return bucketedLatency(times, dice.oneOf([16, 64, 100]))
  }
}

/** Of all layers, half or a quarter of them, so that a dyadic course stays exact. */
function randomWindow(dice: Dice): ContextWindow | undefined {
  if (dice.chance(0.25)) return undefined
  return { tokens: dice.oneOf([1, 8, 32, 100]), share: dice.oneOf([1, 0.5, 0.25]) }
}

function randomEnergy(dice: Dice, latency: LatencyModel): EnergyModel {
  const watts = { idleWatts: 128, busyWatts: dice.amount(256, [1, 2]) }
  if (dice.chance(0.3)) return new ConstantEnergy(watts)
  const joules = {
    ...watts,
    tokenJ: dice.amount(0.5, [0, 1, 8]),
    contextJ: dice.amount(2 ** -6, [0, 1, 8]),
    pairJ: dice.amount(2 ** -8, [0, 1, 8]),
    capWatts: dice.oneOf([Number.POSITIVE_INFINITY, 700, 1024]),
  }
  return affineEnergy(joules, latency)
}

/** A toy transformer on devices that stream its weights in about half a unit and compute 32 tokens in as long. */
function randomOperators(dice: Dice): Engine {
  const model = randomTransformer(dice)
  const parallelism = randomLayout(dice, model)
  const bytesPerS = dice.amount(4e5 / dice.unitS, [1])
  const flopsPerS = dice.amount(1e7 / dice.unitS, [1])
  const constants = randomConstants(dice, bytesPerS, flopsPerS)
  const options = { model, parallelism, constants }
  const devices = devicesOf(parallelism)
  const power = {
    devices,
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
  const latency = randomLaunch(dice, options)
  return {
    latency,
    energy: new AffineEnergy(power, new TransformerWork(model, parallelism), latency),
    devices,
  }
}

/** Captured in a graph or launched one by one; graphs may take a least time, however little there is to do. */
function randomLaunch(dice: Dice, options: OperatorsOptions): LatencyModel {
  if (dice.chance(0.35)) {
    return pricedBy(latencyModels.eager.create(options), (batch, chunks) =>
      naiveEagerSeconds(options, batch, chunks),
    )
  }
  const naive: NaivePrice = (batch, chunks) => naiveStepSeconds(options, batch, chunks)
  if (dice.chance(0.4)) return pricedBy(latencyModels.operators.create(options), naive)
  const { model, constants } = options
  const layerS = dice.amount(dice.unitS / model.layers, [0.5, 1, 2])
  const memberS = dice.amount(dice.unitS / model.layers / 20, [0, 1])
  const floor = { layerS, memberS }
  const floored = latencyModels.operators.create({ ...options, constants: { ...constants, floor } })
  return pricedBy(floored, (batch, chunks) => {
    const members = batch.sequences + chunks.length
    return Math.max(model.layers * (layerS + memberS * members), naive(batch, chunks))
  })
}

function randomTransformer(dice: Dice): Transformer {
  const moe = { experts: 8, expertsPerToken: 2, expertFfn: 32, sharedExperts: 1, moeLayers: 1 }
  const mla = { kvRank: 16, queryRank: dice.oneOf([0, 24]), nopeDim: 8, ropeDim: 4, valueDim: 8 }
  return {
    layers: 4,
    hidden: 64,
    heads: 4,
    kvHeads: 2,
    headDim: 16,
    ffn: 128,
    gatedMlp: true,
    vocab: 256,
    tiedEmbedding: false,
    ...(dice.chance(0.3) && { moe }),
    ...(dice.chance(0.3) && { mla }),
    ...(dice.chance(0.5) && { window: { tokens: dice.oneOf([8, 32, 100]), layers: dice.oneOf([1, 2, 4]) } }),
  }
}

function randomLayout(dice: Dice, { moe }: Transformer): Parallelism {
  const tp = dice.oneOf([1, 1, 2, 4])
  const divisors = [1, 2, 4].filter(ways => tp % ways === 0)
  return {
    ...ONE_STAGE,
    tp,
    pp: dice.oneOf([1, 1, 2, 3]),
    attentionDp: dice.oneOf(divisors),
    ep: moe === undefined ? 1 : dice.oneOf(divisors),
    weightBytes: 2,
    kvBytes: 2,
    activationBytes: 2,
  }
}

function randomConstants(dice: Dice, bytesPerS: number, flopsPerS: number): OperatorsOptions['constants'] {
  const { unitS } = dice
  const roofline = { fixedS: unitS / 100, flopsPerS, compute: 0.7, memory: 0.8 }
  const exchange = { fixedS: unitS / 200, hopS: unitS / 900, bytesPerS: bytesPerS / 4, link: 0.7 }
  return {
    bytesPerS,
    gemm: roofline,
    head: roofline,
    attentionPrefill: roofline,
    attentionDecode: { fixedS: unitS / 50, perSequenceS: unitS / 200, memory: 0.6 },
    elementwise: { fixedS: unitS / 300, memory: 0.8 },
    moeLayerS: unitS / 70,
    allReduce: exchange,
    collective: { ...exchange, fixedS: unitS / 150 },
    sendReceive: exchange,
    stepS: dice.amount(unitS, [0.1, 1]),
    layerS: dice.oneOf([0, unitS / 40]),
    sequenceS: dice.oneOf([0, unitS / 400]),
    prefillMultiplier: dice.oneOf([1, 1.38]),
  }
}
