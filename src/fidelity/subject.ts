import type { OperatorConstants } from '../latency/constants.ts'
import type { LatencyModel, Pace } from '../latency/contract.ts'
import { attentionTp, devicesOf, ONE_STAGE, type Parallelism } from '../latency/layout.ts'
import { weightBytes } from '../latency/products.ts'
import { Unusable } from '../measurements/unusable.ts'
import { FactReader } from '../scenario/evidence.ts'
import type { Device, Dtype, Engine, LlmModel } from '../scenario/facts.ts'
import { ACTIVATION_DTYPE, computeDtype, DTYPE_BYTES, Hardware } from '../scenario/hardware.ts'

/** A model on devices under an engine, as a measurement states it. */
export interface Setup {
  readonly device: Device
  readonly engine: Engine
  readonly model: LlmModel
  readonly weights: Dtype
  readonly kv: Dtype
  /** Each kind of parallelism is 1 where it is not given. */
  readonly tp?: number
  readonly pp?: number
  readonly attentionDp?: number
  readonly ep?: number
}

/** A setup with what Regatta makes of it. */
export interface Subject extends Setup {
  readonly parallelism: Parallelism
  readonly hardware: Hardware
  readonly constants: OperatorConstants
  readonly latency: LatencyModel
  /** What proposes tokens in each step, where something does; `latency` has its time. */
  readonly drafting?: Drafting
}

/** Tokens that steps emit, and what the draft takes of a replica's memory, in bytes over all its devices. */
export interface Drafting {
  readonly pace: Pace
  readonly weightBytes: number
  readonly kvBytesPerToken: number
}

/** The catalogue's constants for the setup, taken as given. Throws Unusable where the parts do not go together. */
export function subjectOf(setup: Setup): Subject {
  const parallelism = parallelismOf(setup)
  checkFormats(setup)
  checkParallelism(setup.device, parallelism)
  const { device, engine, weights, kv } = setup
  const model = padded(setup.model, attentionTp(parallelism))
  const hardware = new Hardware(device, engine, new FactReader('given'))
  const constants = hardware.operators(weights, kv, parallelism)
  const latency = hardware.latency(model, parallelism, weights, kv)
  return { ...setup, model, parallelism, hardware, constants, latency }
}

/** Throws Unusable where the weights alone take more memory than the devices have. */
export function checkFits({ device, model, weights, parallelism, hardware }: Subject): void {
  const devices = devicesOf(parallelism)
  const heldBytes = devices * hardware.memory.memoryBytes
  const bytes = weightBytes(model, parallelism)
  if (bytes > heldBytes) {
    const what = `${model.id} in ${weights} has ${gb(bytes)} of weights`
    throw new Unusable(`${what}, which ${devices} x ${device.id} with ${gb(heldBytes)} do not hold`)
  }
}

function gb(bytes: number): string {
  return `${Math.round(bytes / 1e9)} GB`
}

function parallelismOf({ tp = 1, pp, attentionDp, ep, weights, kv }: Setup): Parallelism {
  const given = { pp: pp ?? ONE_STAGE.pp, attentionDp: attentionDp ?? ONE_STAGE.attentionDp }
  return {
    tp,
    ...given,
    ep: ep ?? ONE_STAGE.ep,
    weightBytes: DTYPE_BYTES[weights],
    kvBytes: DTYPE_BYTES[kv],
    activationBytes: DTYPE_BYTES[ACTIVATION_DTYPE],
  }
}

const MOST_DEVICES = 1024

/** Beyond these the numbers of a measurement are a mistake, and pricing them would take the memory of the machine. */
export const MOST_SEQUENCES = 1e6
export const MOST_TOKENS = 4e6

function checkFormats({ device, weights, kv }: Setup): void {
  if (computeDtype(device, weights) === undefined) {
    throw new Unusable(`${device.id} has no peak or no constants for products in ${weights}`)
  }
  if (device.operators.attentionDecode[kv] === undefined) {
    throw new Unusable(`${device.id} has no constants for attention over ${kv} KV`)
  }
}

function checkParallelism(device: Device, parallelism: Parallelism): void {
  const { tp, pp, attentionDp, ep } = parallelism
  for (const [name, value] of Object.entries({ tp, pp, attentionDp, ep })) {
    if (!Number.isInteger(value) || value < 1 || value > MOST_DEVICES) {
      throw new Unusable(`${name} is ${value}; must be a whole number from 1 to ${MOST_DEVICES}`)
    }
  }
  const has = (facts: unknown) => device.linkGbPerS !== undefined && facts !== undefined
  const { allReduce, collective, sendReceive } = device.operators
  if (tp > 1 && !has(allReduce)) throw new Unusable(`${device.id} has no constants for all-reduce`)
  if (attentionDp > 1 && !has(collective)) throw new Unusable(`${device.id} has no constants for collectives`)
  if (pp > 1 && !has(sendReceive)) throw new Unusable(`${device.id} has no constants for sending`)
}

/** The model with so many heads that devices share them evenly: what does not go round is padded, as engines do. */
function padded(model: LlmModel, devices: number): LlmModel {
  const up = (heads: number) => Math.ceil(heads / devices) * devices
  const { heads, kvHeads, mla } = model
  return {
    ...model,
    heads: up(heads),
    kvHeads: mla === undefined && kvHeads > devices ? up(kvHeads) : kvHeads,
  }
}

/** The format of keys and values where a measurement states none: that of activations, as engines have it. */
export function defaultKv(device: Device): Dtype {
  const formats = Object.keys(device.operators.attentionDecode) as Dtype[]
  return formats.includes(ACTIVATION_DTYPE) ? ACTIVATION_DTYPE : formats[0]
}
