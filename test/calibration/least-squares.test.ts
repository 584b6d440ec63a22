import { Matrix } from 'ml-matrix'
import { describe, expect, it } from 'vitest'
import { leastSquares, type Problem } from '../../src/calibration/least-squares.ts'

const XS = [1, 2, 5, 10, 20, 50]

/** Residuals of ln(a + b x) against measurements. */
function line(measured: readonly number[], bounds: Partial<Problem> = {}): Problem {
  const residuals = async ([a, b]: readonly number[]) => XS.map((x, i) => Math.log((a + b * x) / measured[i]))
  const scales = XS.map(() => 0.02)
  return { residuals, scales, low: [0.01, 0.01], high: [100, 100], anchor: [1, 1], ...bounds }
}

const EXACT = XS.map(x => 3 + 0.5 * x)

describe('least squares', () => {
  it('finds what made the measurements', async () => {
    const { point } = await leastSquares(line(EXACT), [1, 1])
    expect(point[0]).toBeCloseTo(3, 2)
    expect(point[1]).toBeCloseTo(0.5, 3)
  })

  it('is led astray by one wrong measurement in six far less than by as many as are right', async () => {
    const wrong = EXACT.with(3, 4 * EXACT[3])
    const { point } = await leastSquares(line(wrong), [1, 1])
    expect(point[1]).toBeGreaterThan(0.49)
    expect(point[1]).toBeLessThan(0.53)
  })

  it('leaves out measurements whose scale is infinite', async () => {
    const wrong = EXACT.with(3, 4 * EXACT[3])
    const scales = XS.map((_, i) => (i === 3 ? Number.POSITIVE_INFINITY : 0.02))
    const { point } = await leastSquares(line(wrong, { scales }), [1, 1])
    expect(point[0]).toBeCloseTo(3, 2)
  })

  it('stays within bounds and makes the best of the other coordinates there', async () => {
    const { point } = await leastSquares(line(EXACT, { high: [2, 100] }), [1, 1])
    expect(point[0]).toBe(2)
    expect(point[1]).toBeGreaterThan(0.5)
  })

  it('leaves a coordinate where it is of which the residuals say nothing', async () => {
    const residuals = async ([a]: readonly number[]) => XS.map((x, i) => Math.log((a + 0.5 * x) / EXACT[i]))
    const { point } = await leastSquares(line(EXACT, { residuals }), [1, 7], undefined)
    expect(point[0]).toBeCloseTo(3, 3)
    expect(Math.abs(point[1] - 7)).toBeLessThan(6.1)
  })

  it('finds it with derivatives that are only roughly right, too', async () => {
    const jacobian = new Matrix(XS.map(x => [1 / (2.5 + 0.6 * x), x / (2.5 + 0.6 * x)]))
    const { point } = await leastSquares(line(EXACT), [2.5, 0.6], jacobian)
    expect(point[0]).toBeCloseTo(3, 2)
    expect(point[1]).toBeCloseTo(0.5, 3)
  })
})
