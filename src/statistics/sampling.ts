import { covariance, type Values } from './moments.ts'

/**
 * How the values of replications come about: `independent`, each by chance of its own; `redrawn`, the first of a
 * recorded trace as it is, and the others of traces drawn from that one.
 *
 * Draws from a trace lie around the trace's own figure as that lies around the truth, however many they are: their
 * spread is the standard error (Efron and Tibshirani, An Introduction to the Bootstrap, 6.2), and more of them make
 * nothing surer.
 */
export type Sampling = 'independent' | 'redrawn'

/** Degrees of freedom of the spread of so many values; below 1 it is not known. */
export function degreesOf(n: number, sampling: Sampling): number {
  return sampling === 'redrawn' ? n - 2 : n - 1
}

/**
 * Covariance of the errors of two means, against the population's. Of redrawn values it is that of a draw, for the
 * trace against the truth, and (n - 1) / n² of it, for the mean against the trace.
 */
export function errorCovariance(a: Values, b: Values, sampling: Sampling): number {
  const n = a.length
  if (sampling === 'independent') return covariance(a, b) / n
  return covariance(drawn(a), drawn(b)) * (1 + (n - 1) / (n * n))
}

/** The trace itself is no draw from it. */
function drawn(values: Values): Values {
  return Array.from(values).slice(1)
}

/** Of the mean, as an estimate of the population's; NaN where the spread is not known. */
export function standardErrorOf(values: Values, sampling: Sampling): number {
  return Math.sqrt(errorCovariance(values, values, sampling))
}
