import { moeLayersOf } from '../latency/transformer.ts'
import type { Device, Dtype, Engine, EngineFacts, Fact } from '../scenario/facts.ts'
import { computeDtype } from '../scenario/hardware.ts'
import type { Observation } from './contract.ts'

/** What a fit changes: an engine with its facts on one device, and the device. */
export interface Profile {
  readonly engine: Engine
  readonly device: Device
}

/** A number of a profile that a fit may find. */
export interface Parameter {
  /** Its path in the catalogue file of the engine's facts on the device, or of the device. */
  readonly name: string
  /** A change worth speaking of: of the value, or of its logarithm where it is a ratio. */
  readonly unit: number
  readonly isRatio: boolean
  readonly low: number
  readonly high: number
  /** Measurements that tell it, where those at hand do not. */
  readonly needs: string
  readonly read: (profile: Profile) => number
  readonly write: (profile: Profile, fact: Fact) => Profile
}

/** What can be fitted; a profile of the engine leaves the device as the catalogue has it, and the other way round. */
export const FITS = {
  engine: { about: "the engine's facts on the device", parametersOf: engineParameters },
  device: { about: "the device's operator efficiencies and fixed costs", parametersOf: deviceParameters },
} as const satisfies Record<
  string,
  { about: string; parametersOf: (observations: readonly Observation[]) => Parameter[] }
>

export type FitName = keyof typeof FITS

/** The engine's facts that the observations may tell something of, the ones most worth keeping first. */
function engineParameters(observations: readonly Observation[]): Parameter[] {
  const [{ setup }] = observations
  const { attentionPrefill, attentionDecode } = setup.device.operators
  const weights = [...new Set(observations.map(({ setup }) => setup.weights))].sort()
  const hasExperts = observations.some(({ setup }) => moeLayersOf(setup.model) > 0)
  return [
    engineFact(
      'stepUs',
      1000,
      'decodes at two levels of tp, or of models of unlike size: in one, host time and weights look alike',
    ),
    ...weights.map(dtype => gemmMultiplier(dtype, setup.device)),
    engineRatio(
      'prefillMultiplier',
      1,
      'prefill steps, or times to first token at low load, of two prompt lengths, beside decodes',
    ),
    engineFact('frontEndMs', 20, 'times to first token at low load, with prompts of two lengths'),
    engineRatio(
      'attentionMultiplier',
      Math.min(attentionPrefill.compute.value, attentionDecode[setup.kv]!.memory.value),
      'decodes of two context lengths at 16 sequences and more',
    ),
    engineFact(
      'sequenceUs',
      20,
      'decode steps, or served runs, at several numbers of sequences up to 64 and more',
    ),
    floorUs('decodes of one sequence or few at a high tp, where little is left for each device to do'),
    ...(hasExperts ? [engineFact('moeLayerUs', 20, 'a model with experts beside one without')] : []),
    engineFact('layerUs', 20, 'a second model with another number of layers'),
  ]
}

type PlainFact = Exclude<
  keyof EngineFacts,
  'gemmMultiplier' | 'attentionMultiplier' | 'expertMultiplier' | 'kvMultiplier' | 'floor'
>

function engineFact(name: PlainFact, unit: number, needs: string): Parameter {
  return {
    ...{ name, unit, isRatio: false, low: 0, high: 1000 * unit, needs },
    read: profile => onDevice(profile)[name].value,
    write: (profile, fact) => withEngineFacts(profile, { [name]: fact }),
  }
}

/** Least time of a layer; what it takes for each sequence stays as it is. */
function floorUs(needs: string): Parameter {
  return {
    ...{ name: 'floor.layerUs', unit: 20, isRatio: false, low: 0, high: 1000, needs },
    read: profile => onDevice(profile).floor?.layerUs.value ?? 0,
    write: (profile, fact) => {
      const sequenceUs = onDevice(profile).floor?.sequenceUs ?? { ...fact, value: 0, low: 0, high: 0 }
      return withEngineFacts(profile, { floor: { layerUs: fact, sequenceUs } })
    },
  }
}

function engineRatio(
  name: 'prefillMultiplier' | 'attentionMultiplier',
  low: number,
  needs: string,
): Parameter {
  return {
    ...{ name, unit: 0.3, isRatio: true, low, high: 10, needs },
    read: profile => onDevice(profile)[name]?.value ?? 1,
    write: (profile, fact) => withEngineFacts(profile, { [name]: fact }),
  }
}

/** Less than an efficiency would make it more than 1: as far as to both of them at least. */
function gemmMultiplier(dtype: Dtype, device: Device): Parameter {
  const { compute, memory } = device.operators.gemm[computeDtype(device, dtype)!]!
  const low = Math.min(compute.value, memory.value)
  return {
    ...{ name: `gemmMultiplier.${dtype}`, unit: 0.3, isRatio: true, low, high: 10 },
    needs: `decodes with ${dtype} weights at two levels of tp, or steps with more than 500 tokens`,
    read: profile => onDevice(profile).gemmMultiplier?.[dtype]?.value ?? 1,
    write: (profile, fact) => {
      const gemm = { ...onDevice(profile).gemmMultiplier, [dtype]: fact }
      return withEngineFacts(profile, { gemmMultiplier: gemm })
    },
  }
}

function onDevice({ engine, device }: Profile): EngineFacts {
  return { ...engine, ...engine.onDevice?.[device.id] }
}

function withEngineFacts({ engine, device }: Profile, facts: Partial<EngineFacts>): Profile {
  const there = { ...engine.onDevice?.[device.id], ...facts }
  return { device, engine: { ...engine, onDevice: { ...engine.onDevice, [device.id]: there } } }
}

/** The device's operator constants that the observations may tell something of, most worth keeping first. */
function deviceParameters(observations: readonly Observation[]): Parameter[] {
  const [{ setup }] = observations
  const distinct = <T>(of: (observation: Observation) => T) => [...new Set(observations.map(of))].sort()
  const gemms = distinct(one => computeDtype(setup.device, one.setup.weights)!)
  const kvs = distinct(one => one.setup.kv)
  const isSplit = observations.some(one => (one.setup.tp ?? 1) > 1)
  const each = (dtypes: readonly Dtype[], of: (dtype: Dtype) => Parameter) => dtypes.map(of)
  return [
    ...each(gemms, of => share(`gemm.${of}.memory`, `decode steps with ${of} weights at few sequences`)),
    ...each(gemms, of =>
      share(`gemm.${of}.compute`, `prefill steps with ${of} weights of 1000 tokens and more`),
    ),
    ...each(kvs, of => share(`attentionDecode.${of}.memory`, `long contexts of ${of} KV at many sequences`)),
    share('attentionPrefill.compute', 'prefill steps of two lengths, one of 8000 tokens and more'),
    ...(isSplit ? [share('allReduce.link', 'prefill steps at tp 2 and more')] : []),
    ...each(kvs, of => fixedUs(`attentionDecode.${of}.fixedUs`, 'models with unlike numbers of layers')),
    ...each(gemms, of => fixedUs(`gemm.${of}.fixedUs`, 'models with unlike numbers of layers')),
  ]
}

const OPERATORS = 'operators.'

function share(path: string, needs: string): Parameter {
  return { ...operator(path), unit: 0.3, isRatio: true, low: 0.01, high: 1, needs }
}

function fixedUs(path: string, needs: string): Parameter {
  return { ...operator(path), unit: 5, isRatio: false, low: 0, high: 1000, needs }
}

function operator(path: string): Pick<Parameter, 'name' | 'read' | 'write'> {
  const keys = path.split('.')
  return {
    name: OPERATORS + path,
    read: ({ device }) => factAt(device.operators, keys).value,
    write: ({ engine, device }, fact) => ({
      engine,
      device: { ...device, operators: withFactAt(device.operators, keys, fact) },
    }),
  }
}

function factAt(facts: object, keys: readonly string[]): Fact {
  return keys.reduce<unknown>((inner, key) => (inner as Record<string, unknown>)[key], facts) as Fact
}

function withFactAt<Facts extends object>(
  facts: Facts,
  [key, ...rest]: readonly string[],
  fact: Fact,
): Facts {
  const inner = (facts as Record<string, object>)[key]
  return { ...facts, [key]: rest.length === 0 ? fact : withFactAt(inner, rest, fact) }
}
