import { describe, expect, it } from 'vitest'
import { deviceOf, dtypeOf, engineOf, modelOf } from '../../src/measurements/names.ts'
import { Unusable } from '../../src/measurements/unusable.ts'
import type { Catalogue } from '../../src/scenario/facts.ts'

function entries(...known: readonly (readonly [id: string, ...knownAs: string[]])[]) {
  return new Map(known.map(([id, ...knownAs]) => [id, { id, knownAs }]))
}

const catalogue = {
  devices: entries(['chip-2', 'Chip 2 80GB'], ['bare']),
  models: entries(['model-7b', 'org/Model-7B', 'model7b'], ['model-70b', 'model70b']),
  engines: entries(['fast', 'fast'], ['fast-2023', 'FAST-2023', 'fast (early)'], ['other', 'other serving']),
} as unknown as Catalogue

describe('names in files of measurements', () => {
  it('are those of devices by id or another name, letter for letter', () => {
    expect(deviceOf(catalogue, 'Chip 2 80GB').id).toBe('chip-2')
    expect(deviceOf(catalogue, 'bare').id).toBe('bare')
    expect(() => deviceOf(catalogue, 'Chip 2')).toThrow(new Unusable('no device is known as "Chip 2"'))
    expect(() => deviceOf(catalogue, '')).toThrow('the device is blank')
  })

  it('are those of models by the first name that is known', () => {
    expect(modelOf(catalogue, 'model70b', 'org/Model-7B').id).toBe('model-70b')
    expect(modelOf(catalogue, '', 'org/Model-7B').id).toBe('model-7b')
    expect(modelOf(catalogue, 'unheard', 'org/Model-7B').id).toBe('model-7b')
    expect(() => modelOf(catalogue, 'unheard', 'of')).toThrow('no model is known as "unheard"')
    expect(() => modelOf(catalogue, '', '')).toThrow('the model is blank')
  })

  it('are those of the engine that begins them with the longest name, whatever the case', () => {
    expect(engineOf(catalogue, 'Fast 0.11 (somewhere)').id).toBe('fast')
    expect(engineOf(catalogue, 'fast-2023(site)').id).toBe('fast-2023')
    expect(engineOf(catalogue, 'fast (early)').id).toBe('fast-2023')
    expect(() => engineOf(catalogue, 'a fast one')).toThrow('no engine is known as "a fast one"')
    expect(() => engineOf(catalogue, '')).toThrow('the engine is blank')
  })

  it.each([
    ['fp16', 'bf16'],
    ['bf16/fp16', 'bf16'],
    ['FP8', 'fp8'],
    ['mxfp4', 'fp4'],
    ['nvfp4', 'fp4'],
    ['int8', 'int8'],
  ])('of precision %s mean %s', (name, dtype) => {
    expect(dtypeOf(name)).toBe(dtype)
  })

  it('of precision that is blank or not modelled are refused', () => {
    expect(() => dtypeOf('')).toThrow(new Unusable('the precision is blank'))
    expect(() => dtypeOf('int4')).toThrow(new Unusable('the format int4 is not modelled'))
    expect(() => dtypeOf('constructor')).toThrow('the format constructor is not modelled')
  })
})
