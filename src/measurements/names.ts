import type { Catalogue, Device, Dtype, Engine, LlmModel } from '../scenario/facts.ts'
import { Unusable } from './unusable.ts'

/** What the catalogue calls an entry and what files of measurements call it. */
interface Known {
  readonly id: string
  readonly knownAs?: readonly string[]
}

/** The device that measurements call by that name. Throws Unusable where there is none. */
export function deviceOf(catalogue: Catalogue, name: string): Device {
  return exactly(catalogue.devices, 'device', name)
}

/** The model that measurements call by the first of the names that any is called. Blank names are passed over. */
export function modelOf(catalogue: Catalogue, ...names: readonly string[]): LlmModel {
  const given = names.filter(name => name !== '')
  if (given.length === 0) throw new Unusable('the model is blank')
  const found = given.find(name => lookUp(catalogue.models, name) !== undefined)
  return exactly(catalogue.models, 'model', found ?? given[0])
}

/** The engine whose name begins that name, whatever the case; of many the longest. */
export function engineOf(catalogue: Catalogue, name: string): Engine {
  const wanted = name.toLowerCase()
  const lengthIn = (engine: Engine) =>
    Math.max(0, ...namesOf(engine).map(known => (wanted.startsWith(known.toLowerCase()) ? known.length : 0)))
  const [best] = [...catalogue.engines.values()].sort((a, b) => lengthIn(b) - lengthIn(a))
  if (best !== undefined && lengthIn(best) > 0) return best
  throw new Unusable(name === '' ? 'the engine is blank' : `no engine is known as "${name}"`)
}

/** Formats by the names that measurements give them; 16-bit formats differ in nothing that is modelled. */
const PRECISIONS: ReadonlyMap<string, Dtype> = new Map(
  Object.entries({
    bf16: 'bf16',
    fp16: 'bf16',
    'bf16/fp16': 'bf16',
    bfloat16: 'bf16',
    float16: 'bf16',
    fp8: 'fp8',
    int8: 'int8',
    fp4: 'fp4',
    mxfp4: 'fp4',
    nvfp4: 'fp4',
  } as const),
)

/** The format of that name. Throws Unusable where it is blank or is modelled on no device. */
export function dtypeOf(precision: string): Dtype {
  const dtype = PRECISIONS.get(precision.toLowerCase())
  if (dtype !== undefined) return dtype
  throw new Unusable(precision === '' ? 'the precision is blank' : `the format ${precision} is not modelled`)
}

function exactly<Entry extends Known>(
  entries: ReadonlyMap<string, Entry>,
  kind: string,
  name: string,
): Entry {
  const entry = lookUp(entries, name)
  if (entry !== undefined) return entry
  throw new Unusable(name === '' ? `the ${kind} is blank` : `no ${kind} is known as "${name}"`)
}

function lookUp<Entry extends Known>(entries: ReadonlyMap<string, Entry>, name: string): Entry | undefined {
  return [...entries.values()].find(entry => namesOf(entry).includes(name))
}

function namesOf({ id, knownAs = [] }: Known): readonly string[] {
  return [id, ...knownAs]
}
