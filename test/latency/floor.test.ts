import { describe, expect, it } from 'vitest'
import { Operators } from '../../src/latency/operators.ts'
import { OPERATORS } from './cases.ts'
import { mixedStep, NO_DECODES, relativeError } from './steps.ts'

const options = OPERATORS['llama-70b fp8 on four h100']
const plain = new Operators(options)
const SHORT = { sequences: 4, contextTokens: 400 }
const LONG = { sequences: 4, contextTokens: 4_000_000 }
/** The least time of a layer: a hundredth more than a step of SHORT takes, shared out over 80 layers. */
const layerS = (1.01 * plain.gapSeconds(SHORT, 1)) / 80 - 4e-6
const floored = new Operators({
  ...options,
  constants: { ...options.constants, floor: { layerS, memberS: 1e-6 } },
})
const floorS = 80 * (layerS + 4e-6)
const crossing = floored.steadySteps(SHORT)

describe('the least time of a layer', () => {
  it('binds short steps by their members and leaves long ones as they are', () => {
    expect(floored.gapSeconds(SHORT, 1)).toBeCloseTo(floorS, 15)
    expect(floored.gapSeconds(LONG, 1)).toBe(plain.gapSeconds(LONG, 1))
    expect(floored.decodeSeconds(LONG, 50)).toBe(plain.decodeSeconds(LONG, 50))
    expect(floored.steadySteps(LONG)).toBe(Number.POSITIVE_INFINITY)
  })

  it('holds up to the step at which contexts outgrow it', () => {
    expect(crossing).toBeGreaterThan(100)
    expect(plain.gapSeconds(SHORT, crossing)).toBeLessThanOrEqual(floored.gapSeconds(SHORT, 1))
    expect(plain.gapSeconds(SHORT, crossing + 1)).toBeGreaterThan(floored.gapSeconds(SHORT, 1))
    expect(floored.affineSeconds(SHORT)).toBe(floored.gapSeconds(SHORT, crossing))
    expect(floored.contextSeconds(SHORT, 0)).toBe(0)
    expect(floored.contextSeconds(LONG, 0)).toBe(plain.contextSeconds(LONG, 0))
  })

  it('sums gaps on both sides of that step', () => {
    let sum = 0
    for (let step = 1; step <= crossing + 500; step++) {
      sum += floored.gapSeconds(SHORT, step)
      if (step % 37 === 0 || Math.abs(step - crossing) < 3) {
        expect(relativeError(floored.decodeSeconds(SHORT, step), sum)).toBeLessThan(1e-11)
      }
    }
  })

  it('counts chunks as members of a step that carries them', () => {
    const high = { layerS: 1, memberS: 0.5 }
    const model = new Operators({ ...options, constants: { ...options.constants, floor: high } })
    const chunks = Array.from({ length: 3 }, () => ({ tokens: 1, cachedTokens: 0 }))
    expect(model.stepSeconds(mixedStep(SHORT, chunks))).toBeCloseTo(80 * (1 + 7 * 0.5), 10)
    const large = mixedStep(NO_DECODES, [{ tokens: 9000, cachedTokens: 0 }])
    expect(floored.stepSeconds(large)).toBe(plain.stepSeconds(large))
  })
})
