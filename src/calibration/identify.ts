import { Matrix, SingularValueDecomposition } from 'ml-matrix'

/** Why a coordinate cannot be found from residuals. */
export type Obstacle =
  /** They hardly change with it. */
  | { readonly kind: 'silent' }
  /** They change with it as with others, which are found in its stead. */
  | { readonly kind: 'mixed'; readonly others: readonly number[] }

/** Which coordinates the residuals tell, and why they do not tell the others. */
export interface Identified {
  readonly found: readonly number[]
  readonly obstacles: ReadonlyMap<number, Obstacle>
}

/** A direction counts as told where the residuals leave it uncertain by less than this share of a coordinate's unit. */
export const TOLD_WITHIN = 1 / 2
/** Coordinates take part where theirs is at least this share of the largest component. */
const TAKES_PART = 0.3

/** Cosine of the angle between derivatives beyond which two coordinates do the same. */
const ALIKE = 0.98

/**
 * Which coordinates residuals of these scales tell apart, from the singular values of their derivatives.
 *
 * As long as some direction is told too little, the last of the coordinates that it leaves uncertain is given up: so
 * coordinates are to come in the order in which they are worth keeping. Those whose effects make up for the given one's
 * along that direction are the ones that it is not told from.
 *
 * @param jacobian derivative of every residual, by row, by every coordinate in its unit
 */
export function identified(jacobian: Matrix, scales: readonly number[]): Identified {
  const scaled = inScales(jacobian, scales)
  const obstacles = new Map<number, Obstacle>()
  let found = [...Array(jacobian.columns).keys()]
  while (found.length > 0) {
    const { length, direction } = weakestDirection(scaled, found)
    if (length * TOLD_WITHIN >= 1) break
    const given = lastTwin(scaled, found, found.filter((_, i) => takesPart(direction, i)).at(-1)!)
    const effects = found.map((coordinate, i) => direction[i] * norm(scaled.getColumn(coordinate)))
    const others = found.filter((coordinate, i) => coordinate !== given && takesPart(effects, i))
    const isSilent = norm(scaled.getColumn(given)) * TOLD_WITHIN < 1 || others.length === 0
    obstacles.set(given, isSilent ? { kind: 'silent' } : { kind: 'mixed', others })
    found = found.filter(coordinate => coordinate !== given)
  }
  return { found, obstacles }
}

/**
 * Standard errors of the coordinates, from the derivatives at the solution. Infinite where nothing tells them.
 *
 * @param known how well each coordinate is known beforehand; Infinity where it is not
 */
export function standardErrors(
  jacobian: Matrix,
  scales: readonly number[],
  known: readonly number[] = Array(jacobian.columns).fill(Number.POSITIVE_INFINITY),
): number[] {
  if (jacobian.columns === 0) return []
  const rows = [
    ...inScales(jacobian, scales).to2DArray(),
    ...Matrix.diag(known.map(error => 1 / error)).to2DArray(),
  ]
  const { diagonal, rightSingularVectors } = new SingularValueDecomposition(new Matrix(rows))
  return known.map((_, coordinate) =>
    Math.sqrt(
      diagonal.reduce((sum, value, k) => sum + (rightSingularVectors.get(coordinate, k) / value) ** 2, 0),
    ),
  )
}

/** Rows divided by their scales: 0 where it is Infinity. */
function inScales(jacobian: Matrix, scales: readonly number[]): Matrix {
  return Matrix.diag(scales.map(scale => 1 / scale)).mmul(jacobian)
}

/** The direction that changes the residuals least, a component for each of the coordinates, and by how much. */
function weakestDirection(scaled: Matrix, coordinates: readonly number[]) {
  const columns = scaled.subMatrixColumn([...coordinates])
  const { diagonal, rightSingularVectors } = new SingularValueDecomposition(padded(columns))
  const weakest = diagonal.indexOf(Math.min(...diagonal))
  return { length: diagonal[weakest], direction: rightSingularVectors.getColumn(weakest) }
}

/** With rows of zeros where there are fewer rows than columns, so that every direction has a singular value. */
function padded(matrix: Matrix): Matrix {
  const missing = matrix.columns - matrix.rows
  if (missing <= 0) return matrix
  return new Matrix([...matrix.to2DArray(), ...Matrix.zeros(missing, matrix.columns).to2DArray()])
}

/** The last of the coordinates that change the residuals as this one does. */
function lastTwin(scaled: Matrix, coordinates: readonly number[], one: number): number {
  const column = scaled.getColumn(one)
  const isTwin = (other: number) => {
    const there = scaled.getColumn(other)
    const product = there.reduce((sum, value, row) => sum + value * column[row], 0)
    return Math.abs(product) > ALIKE * norm(there) * norm(column)
  }
  return coordinates.findLast(isTwin) ?? one
}

function takesPart(components: readonly number[], i: number): boolean {
  return Math.abs(components[i]) >= TAKES_PART * Math.max(...components.map(Math.abs))
}

function norm(values: readonly number[]): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0))
}
