import { Matrix } from 'ml-matrix'
import { describe, expect, it } from 'vitest'
import { identified, standardErrors } from '../../src/calibration/identify.ts'

const SCALES = [0.01, 0.01, 0.01, 0.01]
const ONE = [1, 0.5, 0.2, 0.1]
const OTHER = [0.1, 0.2, 0.5, 1]

function columns(...values: readonly (readonly number[])[]): Matrix {
  return new Matrix(values.map(column => [...column])).transpose()
}

describe('identified', () => {
  it('finds coordinates that change the residuals in ways of their own', () => {
    expect(identified(columns(ONE, OTHER), SCALES).found).toEqual([0, 1])
  })

  it('gives up a coordinate that changes nothing', () => {
    const { found, obstacles } = identified(columns(ONE, [0, 0, 0, 1e-6]), SCALES)
    expect(found).toEqual([0])
    expect(obstacles.get(1)).toEqual({ kind: 'silent' })
  })

  it('gives up the later of two that do the same, however strongly each does it', () => {
    for (const strength of [0.1, 1, 10]) {
      const twin = ONE.map(value => strength * value)
      const { found, obstacles } = identified(columns(ONE, OTHER, twin), SCALES)
      expect(found).toEqual([0, 1])
      expect(obstacles.get(2)).toEqual({ kind: 'mixed', others: [0] })
    }
  })

  it('names all those whose effects together are those of the one given up', () => {
    const sum = ONE.map((value, i) => value + OTHER[i])
    const { obstacles } = identified(columns(ONE, OTHER, sum), SCALES)
    expect([...obstacles.values()]).toEqual([{ kind: 'mixed', others: [0, 1] }])
  })

  it('finds fewer where measurements are rough, and none where none counts', () => {
    const nearly = ONE.map((value, i) => value + 0.05 * OTHER[i])
    expect(identified(columns(ONE, nearly), SCALES).found).toEqual([0, 1])
    expect(
      identified(
        columns(ONE, nearly),
        SCALES.map(scale => 30 * scale),
      ).found,
    ).toEqual([0])
    const none = SCALES.map(() => Number.POSITIVE_INFINITY)
    expect(identified(columns(ONE, OTHER), none).found).toEqual([])
  })

  it('finds no more coordinates than there are residuals', () => {
    const few = columns([1, 0.5], [0.5, 1], [1, 1])
    expect(identified(few, [0.01, 0.01]).found).toHaveLength(2)
  })
})

describe('standard errors', () => {
  it('are those of a mean for one coordinate, and grow where two are hard to tell apart', () => {
    const [mean] = standardErrors(columns([1, 1, 1, 1]), SCALES)
    expect(mean).toBeCloseTo(0.01 / Math.sqrt(4), 10)
    const nearly = ONE.map((value, i) => value + 0.05 * OTHER[i])
    const [apart] = standardErrors(columns(ONE, OTHER), SCALES)
    const [near] = standardErrors(columns(ONE, nearly), SCALES)
    expect(near).toBeGreaterThan(10 * apart)
  })
})
