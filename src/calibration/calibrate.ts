import { UserError } from '../core/errors.ts'
import { summary } from '../fidelity/errors.ts'
import type { Catalogue } from '../scenario/facts.ts'
import { type CrossValidation, steadied, type ValidatedFit } from './cross-validation.ts'
import { fitted, type Hindrance, hindranceText } from './fit.ts'
import type { Limits, MeasuredFile } from './formats/contract.ts'
import { draftsIn } from './formats/registry.ts'
import { type Observed, observed } from './observations.ts'
import { FITS, type FitName, type Parameter, type Profile } from './parameters.ts'
import { checkPlausible } from './plausible.ts'
import { type Predictions, predictionsOf } from './predictions.ts'
import type { Given } from './setups.ts'
import { errorOf, valueAt } from './space.ts'

/** What to fit to which measurements. */
export interface Order {
  readonly files: readonly MeasuredFile[]
  readonly catalogue: Catalogue
  readonly given: Given
  readonly limits: Limits
  readonly fit: FitName
  /** Called now and then: after the measurements were predicted once more. */
  readonly onDone?: () => void | Promise<void>
}

/** What became of a parameter. */
export interface Finding {
  readonly parameter: Parameter
  readonly before: number
  readonly after: number
  /** Standard error; NaN where it was not fitted. */
  readonly error: number
  /** Why it was not fitted. */
  readonly hindrance?: Hindrance
}

/** Mean and 90th percentile of |predicted / measured - 1|. */
export interface Misfit {
  readonly mean: number
  readonly p90: number
}

/** Errors of one metric. */
export interface MetricErrors {
  readonly metric: string
  readonly isFitted: boolean
  readonly count: number
  readonly before: Misfit
  readonly after: Misfit
  /** By the condition of which one level at a time was left out; absent where the metric does not have it. */
  readonly crossValidated: ReadonlyMap<string, Misfit>
}

/** A measured number that the fit misses by far. */
export interface Outlier {
  readonly place: string
  readonly metric: string
  readonly measured: number
  readonly predicted: number
}

/** A fit with all that is to be said of it. */
export interface Calibration extends Observed {
  readonly fit: FitName
  readonly start: Profile
  readonly findings: readonly Finding[]
  readonly errors: readonly MetricErrors[]
  /** The furthest first. */
  readonly outliers: readonly Outlier[]
  /** The conditions that were left out level by level, with the number of levels. */
  readonly validations: readonly CrossValidation[]
}

/** Predictions so many times too high or too low are a sign of another setup than was stated. */
const FAR_OFF = 1.5
/** Measured numbers without which there is nothing to fit. */
const LEAST_NUMBERS = 4

/**
 * Fits a profile to measurements: the parameters that they tell, starting at the catalogue's values.
 *
 * Throws a UserError where a file is not understood, a measurement cannot be true, or nothing can be told from them.
 */
export async function calibrate({
  files,
  catalogue,
  given,
  limits,
  fit,
  onDone,
}: Order): Promise<Calibration> {
  const drafts = files.flatMap(draftsIn)
  const found = observed(drafts, catalogue, given, limits)
  const { observations } = found
  const [{ setup }] = observations
  const start = { engine: setup.engine, device: setup.device }
  const predictions = predictionsOf(observations, onDone)
  const before = await predictions.under(start)
  checkPlausible(observations, before)
  checkEnough(predictions)
  const parameters = FITS[fit].parametersOf(observations)
  const first = await fitted(predictions, parameters, start)
  const validated = await steadied(predictions, parameters, start, first)
  const { space, solution } = validated.fit
  const findings = findingsOf(parameters, start, validated)
  const after = await predictions.under(space.profileAt(solution.point))
  const { validations } = validated
  const errors = errorsOf(predictions, before, after, validations)
  if (space.parameters.length === 0) throw new UserError(nothingTold(findings, errors))
  return {
    ...found,
    ...{ fit, start, validations, findings, errors },
    outliers: outliersOf(predictions, after),
  }
}

function checkEnough({ quantities }: Predictions): void {
  const numbers = quantities.filter(({ isFitted }) => isFitted).length
  if (numbers >= LEAST_NUMBERS) return
  const [{ place, metric }] = quantities
  throw new UserError(
    `${place}: ${numbers} measured number${numbers === 1 ? '' : 's'}, such as ${metric}, cannot be fitted; ` +
      `must be ${LEAST_NUMBERS} or more: add runs at other concurrencies, steps of other sizes, or details of requests`,
  )
}

function nothingTold(findings: readonly Finding[], errors: readonly MetricErrors[]): string {
  const why = findings.map(({ parameter, hindrance }) => `${parameter.name}: ${hindranceText(hindrance!)}`)
  const off = errors
    .filter(({ isFitted }) => isFitted)
    .map(({ metric, before }) => `${metric} ${percent(before.mean)}`)
  return (
    `the measurements tell no parameter (${why.join('; ')}). The catalogue as it is misses ${off.join(', ')}; ` +
    `check that the setup is what was stated, and measure more, first ${findings[0].parameter.needs}`
  )
}

function percent(share: number): string {
  return `${(100 * share).toFixed(0)} %`
}

function findingsOf(
  parameters: readonly Parameter[],
  start: Profile,
  { fit: { space, solution, obstacles }, errors }: ValidatedFit,
): Finding[] {
  return parameters.map(parameter => {
    const before = parameter.read(start)
    const hindrance = obstacles.get(parameter)
    const i = space.parameters.indexOf(parameter)
    if (i < 0) return { parameter, before, after: before, error: Number.NaN, ...(hindrance && { hindrance }) }
    const after = valueAt(parameter, solution.point[i])
    return { parameter, before, after, error: errorOf(parameter, after, errors[i]) }
  })
}

function outliersOf({ quantities }: Predictions, after: readonly number[]): Outlier[] {
  const times = (measured: number, predicted: number) => Math.max(measured / predicted, predicted / measured)
  return quantities
    .map(({ place, metric, measured }, i) => ({ place, metric, measured, predicted: after[i] }))
    .filter(({ measured, predicted }) => times(measured, predicted) > FAR_OFF)
    .sort((a, b) => times(b.measured, b.predicted) - times(a.measured, a.predicted))
}

function errorsOf(
  { quantities }: Predictions,
  before: readonly number[],
  after: readonly number[],
  validations: readonly CrossValidation[],
): MetricErrors[] {
  const metrics = [...new Set(quantities.map(({ metric }) => metric))]
  return metrics.map(metric => {
    const rows = [...quantities.keys()].filter(i => quantities[i].metric === metric)
    const misfit = (predicted: readonly number[]) => {
      const known = rows.filter(i => !Number.isNaN(predicted[i]))
      if (known.length === 0) return undefined
      const { mean, p90 } = summary(known.map(i => predicted[i] / quantities[i].measured - 1))
      return { mean, p90 }
    }
    return {
      metric,
      isFitted: rows.some(i => quantities[i].isFitted),
      count: rows.length,
      before: misfit(before)!,
      after: misfit(after)!,
      crossValidated: new Map(
        validations.flatMap(({ condition, predicted }) => {
          const left = misfit(predicted)
          return left === undefined ? [] : [[condition, left] as const]
        }),
      ),
    }
  })
}
