import type { Random } from '../../core/random.ts'
import { within } from '../bounds.ts'
import type { Draw } from '../draws.ts'
import { tabulated } from '../table.ts'

/** Half of the distance between two values of a stream of chance. */
const HALF_STEP = 2 ** -33

/**
 * Weibull draws above 0 with the given mean: the logarithm of such a draw is that of an exponential one over the shape.
 * Throws a UserError unless the shape is from 0.05 to 100.
 */
export function weibullDraws(random: Random, mean: number, shape: number): Draw {
  const power = 1 / within('shape', shape, 0.05, 100)
  const scale = mean / Math.exp(logGamma(1 + power))
  const at = tabulated(share => scale * Math.exp(power * Math.log(-Math.log(1 - share))))
  return () => at(random() + HALF_STEP)
}

/** Terms of Lanczos' approximation for g = 7 (Godfrey's coefficients). */
const LANCZOS = [
  676.5203681218851, -1259.1392167224028, 771.3234287776531, -176.6150291621406, 12.507343278686905,
  -0.13857109526572012, 9.984369578019572e-6, 1.5056327351493116e-7,
]

/** Logarithm of the gamma function for x >= 0.5, to about 1e-14. */
export function logGamma(x: number): number {
  const t = x + 6.5
  const sum = LANCZOS.reduce((total, term, i) => total + term / (x + i), 0.9999999999998099)
  return (x - 0.5) * Math.log(t) - t + Math.log(Math.sqrt(2 * Math.PI) * sum)
}
