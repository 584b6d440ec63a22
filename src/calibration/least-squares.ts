import { Matrix, solve } from 'ml-matrix'

/**
 * Residuals as a function of a point in the space of parameters, whose coordinates are scaled so that 1 is a change
 * worth speaking of.
 */
export interface Problem {
  /** One number for each scale. The same point gives the same numbers. */
  readonly residuals: (point: readonly number[]) => Promise<readonly number[]>
  /** What is small for each residual; Infinity where it does not count. */
  readonly scales: readonly number[]
  /** Bounds of each coordinate. */
  readonly low: readonly number[]
  readonly high: readonly number[]
  /** Where coordinates stay of which the residuals say nothing. */
  readonly anchor: readonly number[]
}

export interface Solution {
  readonly point: readonly number[]
  readonly residuals: readonly number[]
  /** Derivative of every residual, by row, by every coordinate at the point. */
  readonly jacobian: Matrix
}

/** Residuals of this many scales and more count in proportion to their size, not to its square (Huber 1964). */
const HUBER = 1.345
/** The anchor holds a coordinate in place as one measurement would of which this is small: it decides where others do not. */
const REACH = 3
const DIFFERENCE = 0.02
const MOST_ROUNDS = 30
const MOST_TRIALS = 5
/** Shares of the loss, and losses, that are no gain. */
const SETTLED = 1e-3
const NOTHING = 1e-9

/** Derivatives by central differences, one-sided at a bound. */
export async function jacobianAt(problem: Problem, point: readonly number[]): Promise<Matrix> {
  const columns: number[][] = []
  for (const coordinate of point.keys()) {
    const above = Math.min(problem.high[coordinate], point[coordinate] + DIFFERENCE)
    const below = Math.max(problem.low[coordinate], point[coordinate] - DIFFERENCE)
    const atAbove = await problem.residuals(point.with(coordinate, above))
    const atBelow = await problem.residuals(point.with(coordinate, below))
    columns.push(atAbove.map((residual, row) => (residual - atBelow[row]) / (above - below)))
  }
  return columns.length === 0 ? new Matrix(problem.scales.length, 0) : new Matrix(columns).transpose()
}

/**
 * Robust least squares within bounds: Levenberg and Marquardt's method on Huber's loss.
 *
 * @param start the first guess
 * @param known the derivatives, where those of a neighbouring problem will do; computed by differences otherwise
 */
export async function leastSquares(
  problem: Problem,
  start: readonly number[],
  known?: Matrix,
): Promise<Solution> {
  const lossOf = (point: readonly number[], residuals: readonly number[]) =>
    loss(problem, residuals) + holding(point, problem.anchor)
  let point = start
  let residuals = await problem.residuals(point)
  let jacobian = known ?? (await jacobianAt(problem, point))
  let damping = 1e-3
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const normal = normalEquations(problem, { point, residuals, jacobian })
    const before = lossOf(point, residuals)
    let moved = false
    for (let trial = 0; trial < MOST_TRIALS && !moved; trial++) {
      const there = stepped(problem, point, normal, damping)
      const residualsThere = await problem.residuals(there)
      moved = lossOf(there, residualsThere) < before
      damping *= moved ? 0.1 : 10
      if (moved) [point, residuals] = [there, residualsThere]
    }
    if (!moved) break
    const gained = before - lossOf(point, residuals)
    if (known === undefined) jacobian = await jacobianAt(problem, point)
    if (gained < SETTLED * before || before < NOTHING) break
  }
  return { point, residuals, jacobian }
}

function loss({ scales }: Problem, residuals: readonly number[]): number {
  return scales.reduce((sum, scale, row) => {
    const size = Math.abs(residuals[row]) / scale
    return sum + (size <= HUBER ? (size * size) / 2 : HUBER * (size - HUBER / 2))
  }, 0)
}

/** What the anchor adds to the loss. */
function holding(point: readonly number[], anchor: readonly number[]): number {
  return point.reduce((sum, value, i) => sum + ((value - anchor[i]) / REACH) ** 2 / 2, 0)
}

interface NormalEquations {
  readonly matrix: Matrix
  readonly gradient: readonly number[]
}

function normalEquations(
  { scales, anchor }: Problem,
  { point, residuals, jacobian }: Solution,
): NormalEquations {
  const matrix = Matrix.eye(point.length).mul(1 / REACH ** 2)
  const gradient = point.map((value, i) => (value - anchor[i]) / REACH ** 2)
  for (const [row, scale] of scales.entries()) {
    if (scale === Number.POSITIVE_INFINITY) continue
    const size = Math.abs(residuals[row]) / scale
    const counts = Math.min(1, HUBER / size) / scale ** 2
    const slopes = jacobian.getRow(row)
    for (const [i, slope] of slopes.entries()) {
      gradient[i] += counts * slope * residuals[row]
      for (const [j, other] of slopes.entries()) {
        matrix.set(i, j, matrix.get(i, j) + counts * slope * other)
      }
    }
  }
  return { matrix, gradient }
}

/** The damped step, of those coordinates that a bound does not hold. */
function stepped(
  { low, high }: Problem,
  point: readonly number[],
  { matrix, gradient }: NormalEquations,
  damping: number,
): readonly number[] {
  const isHeld = (i: number) =>
    (point[i] <= low[i] && gradient[i] > 0) || (point[i] >= high[i] && gradient[i] < 0)
  const free = [...point.keys()].filter(i => !isHeld(i))
  if (free.length === 0) return point
  const damped = matrix.selection(free, free)
  for (const i of free.keys()) damped.set(i, i, damped.get(i, i) * (1 + damping))
  const steps = solve(damped, Matrix.columnVector(free.map(i => -gradient[i])))
  const there = [...point]
  for (const [k, i] of free.entries()) {
    there[i] = Math.min(high[i], Math.max(low[i], point[i] + steps.get(k, 0)))
  }
  return there
}
