import type { Quantity } from './contract.ts'
import { type Fit, ownUnit, refitted, standardErrorsOf, without } from './fit.ts'
import { TOLD_WITHIN } from './identify.ts'
import type { Parameter, Profile } from './parameters.ts'
import type { Predictions } from './predictions.ts'

/** Predictions of quantities by fits to the others, which differ from them in one condition. */
export interface CrossValidation {
  /** The condition of which one level at a time was left out, such as `tp`. */
  readonly condition: string
  readonly levels: number
  /** NaN for quantities without the condition. */
  readonly predicted: readonly number[]
  /** Where the fits ended, in the fit's space. */
  readonly points: readonly (readonly number[])[]
}

const MOST_FOLDS = 10
/** Parts that quantities are dealt into, in turn, where no condition varies. */
const PARTS = 5
const BY_TURNS = 'one in five'

/** A fit with its cross-validation. */
export interface ValidatedFit {
  readonly fit: Fit
  readonly validations: readonly CrossValidation[]
  /** Standard error of each of its coordinates: by the derivatives, or by the jackknife where that is more. */
  readonly errors: readonly number[]
}

/** Scales of the residuals may grow by this where a parameter is given up. */
const WORSE = 1.1

/**
 * The fit without those parameters of which it is unsure, or on which fits to parts of the measurements disagree, as
 * far as it does as well without them.
 */
export async function steadied(
  predictions: Predictions,
  parameters: readonly Parameter[],
  profile: Profile,
  fit: Fit,
): Promise<ValidatedFit> {
  const validations = await crossValidated(predictions, fit)
  const linear = await standardErrorsOf(predictions, parameters, fit)
  const own = fit.space.parameters
  const jackknife = jackknifeErrors(validations) ?? own.map(() => 0)
  const errors = own.map((parameter, i) => Math.max(linear[parameters.indexOf(parameter)], jackknife[i]))
  for (const [i, parameter] of [...own.entries()].reverse()) {
    const unit = ownUnit(parameter, fit.solution.point[i])
    if (jackknife[i] <= TOLD_WITHIN * unit && errors[i] <= unit) continue
    const fewer = await without(predictions, profile, fit, parameter, { kind: 'unsteady' })
    if (growth(fit, fewer) <= WORSE) return steadied(predictions, parameters, profile, fewer)
  }
  return { fit, validations, errors }
}

/** By how much the scales of the residuals are larger, in the geometric mean. */
function growth({ scales: before }: Fit, { scales: after }: Fit): number {
  const logs = before.map((scale, i) => Math.log(after[i] / scale)).filter(log => !Number.isNaN(log))
  return Math.exp(logs.reduce((sum, log) => sum + log, 0) / logs.length)
}

/** Leaves out one level after another of every condition that varies. */
async function crossValidated(predictions: Predictions, fit: Fit): Promise<CrossValidation[]> {
  const validations: CrossValidation[] = []
  for (const [condition, folds] of foldsOf(predictions.quantities)) {
    const predicted = predictions.quantities.map(() => Number.NaN)
    const points: (readonly number[])[] = []
    for (const fold of folds.values()) {
      const point = await refitted(predictions, fit, quantity => fold.has(quantity))
      const there = await predictions.under(fit.space.profileAt(point), quantity => fold.has(quantity))
      for (const quantity of fold) predicted[quantity] = there[quantity]
      points.push(point)
    }
    validations.push({ condition, levels: folds.length, predicted, points })
  }
  return validations
}

/**
 * Standard errors by the jackknife over the condition with most levels, one for each coordinate: how far fits without
 * one of them lie apart (Efron and Tibshirani 1993, 11.5). Undefined where no condition has three.
 */
function jackknifeErrors(validations: readonly CrossValidation[]): number[] | undefined {
  const [most] = validations.toSorted((a, b) => b.points.length - a.points.length)
  if (most === undefined || most.points.length < 3) return undefined
  const { points } = most
  return points[0].map((_, i) => {
    const mean = points.reduce((sum, point) => sum + point[i], 0) / points.length
    const squares = points.reduce((sum, point) => sum + (point[i] - mean) ** 2, 0)
    return Math.sqrt(((points.length - 1) / points.length) * squares)
  })
}

/** Sets of quantities to leave out together, by condition. */
function foldsOf(quantities: readonly Quantity[]): Map<string, ReadonlySet<number>[]> {
  const folds = new Map<string, ReadonlySet<number>[]>()
  for (const condition of new Set(quantities.flatMap(({ conditions }) => Object.keys(conditions)))) {
    const levels = [...new Set(quantities.map(({ conditions }) => conditions[condition]))]
    const known = levels.filter(level => level !== undefined)
    if (known.length < 2) continue
    const foldOf = (i: number) => known.indexOf(quantities[i].conditions[condition]) % MOST_FOLDS
    folds.set(condition, dealt(quantities, Math.min(MOST_FOLDS, known.length), foldOf))
  }
  if (folds.size === 0)
    folds.set(
      BY_TURNS,
      dealt(quantities, PARTS, i => i % PARTS),
    )
  return folds
}

function dealt(quantities: readonly Quantity[], parts: number, partOf: (quantity: number) => number) {
  const all = [...quantities.keys()]
  return Array.from({ length: parts }, (_, part) => new Set(all.filter(i => partOf(i) === part)))
}
