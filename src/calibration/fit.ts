import type { Matrix } from 'ml-matrix'
import { identified, type Obstacle, standardErrors } from './identify.ts'
import { jacobianAt, leastSquares, type Problem, type Solution } from './least-squares.ts'
import type { Parameter, Profile } from './parameters.ts'
import { logRatios, type Predictions } from './predictions.ts'
import { type Space, spaceOf } from './space.ts'

/** The parameters that measurements tell, fitted to them. */
export interface Fit {
  readonly space: Space
  readonly solution: Solution
  /** What is small for each quantity's log ratio; Infinity where it is not fitted. */
  readonly scales: readonly number[]
  /** The same of the first fit, which had most parameters: what is noise at most. */
  readonly noise: readonly number[]
  readonly obstacles: ReadonlyMap<Parameter, Hindrance>
}

/** Why a parameter was left as the catalogue has it. */
export type Hindrance =
  /** Nothing changes with it; what does is lost in other errors; fits to parts disagree; too few measurements. */
  | { readonly kind: 'silent' | 'lost' | 'unsteady' | 'few' }
  | { readonly kind: 'mixed'; readonly others: readonly Parameter[] }

/** The hindrance as the end of a sentence about the parameter. */
export function hindranceText(hindrance: Hindrance): string {
  if (hindrance.kind === 'mixed')
    return `not told from ${hindrance.others.map(({ name }) => name).join(' and ')}`
  return HINDRANCES[hindrance.kind]
}

/** `a, b and c` */
export function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join() : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
}

const HINDRANCES = {
  silent: 'the measurements hardly depend on it',
  lost: 'its effect is lost in the errors that are left',
  unsteady: 'fits to parts of the measurements disagree on it, or take too much for granted',
  few: 'too few measurements',
} as const satisfies Record<Exclude<Hindrance['kind'], 'mixed'>, string>

/** A median absolute residual of 1 is that of a normal distribution of this scale. */
const MEDIAN_TO_SCALE = 1.4826
/** Below this, differences are of the model and not of the measurements. */
const LEAST_SCALE = 0.002
/** Scale before the first fit says what it is. */
const FIRST_SCALE = 0.02
/** Share of it by which parameters are given up before that fit: only those that hardly any measurement could tell. */
const HOPE = 0.2
/** Measured numbers that a metric must have for a scale of its own. */
const OWN_SCALE = 6
/** Share of a value that is a change worth speaking of. */
const OWN_SHARE = 0.3
/** Measured numbers for each parameter. */
const NUMBERS_EACH = 2

/**
 * Fits the parameters to the quantities, starting at the profile, and gives up those that the quantities do not tell:
 * before the fit, and again at its solution, with the errors that it leaves.
 */
export async function fitted(
  predictions: Predictions,
  parameters: readonly Parameter[],
  profile: Profile,
): Promise<Fit> {
  const whole = problemOf(predictions, spaceOf(parameters, profile), firstScales(predictions))
  const derivatives = inOwnUnits(parameters, whole.anchor, await jacobianAt(whole, whole.anchor))
  const { found, obstacles } = identified(
    derivatives,
    whole.scales.map(scale => HOPE * scale),
  )
  const most = Math.floor(quantitiesFitted(predictions) / NUMBERS_EACH)
  const kept = found.slice(0, most).map(i => parameters[i])
  const hindrances = new Map([
    ...[...obstacles].map(([i, obstacle]) => [parameters[i], hindrance(parameters, obstacle)] as const),
    ...found.slice(most).map(i => [parameters[i], { kind: 'few' }] as const),
  ])
  const first = await settled(predictions, spaceOf(kept, profile))
  return toldOnly(predictions, profile, { ...first, noise: first.scales, obstacles: hindrances })
}

/** The fit without one of its parameters, and without those that are not told any more. */
export async function without(
  predictions: Predictions,
  profile: Profile,
  fit: Fit,
  given: Parameter,
  why: Hindrance,
): Promise<Fit> {
  const obstacles = new Map([...fit.obstacles, [given, why]])
  const kept = fit.space.parameters.filter(parameter => parameter !== given)
  return toldOnly(predictions, profile, await narrowed(predictions, profile, { ...fit, obstacles }, kept))
}

/**
 * Standard errors of parameters at the fit's solution, where those that it keeps may be off by a change worth
 * speaking of: a fit can only be as sure as what it takes for granted.
 *
 * @param parameters those of the fit and those that it keeps
 */
export async function standardErrorsOf(
  predictions: Predictions,
  parameters: readonly Parameter[],
  { space, solution, scales }: Fit,
): Promise<number[]> {
  const whole = spaceOf(parameters, space.profileAt(solution.point))
  const jacobian = await jacobianAt(problemOf(predictions, whole, scales), whole.start)
  const kept = parameters.map(parameter =>
    space.parameters.includes(parameter) ? Number.POSITIVE_INFINITY : 1,
  )
  return standardErrors(jacobian, scales, kept)
}

async function toldOnly(predictions: Predictions, profile: Profile, fit: Fit): Promise<Fit> {
  const { space, solution, noise } = fit
  const { parameters } = space
  const told = identified(inOwnUnits(parameters, solution.point, solution.jacobian), noise)
  if (told.obstacles.size === 0) return fit
  const hindrances = [...told.obstacles].map(
    ([i, why]) => [parameters[i], lost(hindrance(parameters, why))] as const,
  )
  const obstacles = new Map([...fit.obstacles, ...hindrances])
  const kept = told.found.map(i => parameters[i])
  return toldOnly(predictions, profile, await narrowed(predictions, profile, { ...fit, obstacles }, kept))
}

/** What was not silent before the fit is silent because of the errors that are left. */
function lost(why: Hindrance): Hindrance {
  return why.kind === 'silent' ? { kind: 'lost' } : why
}

/** The fit with fewer parameters, from where it is. */
async function narrowed(
  predictions: Predictions,
  profile: Profile,
  fit: Fit,
  kept: readonly Parameter[],
): Promise<Fit> {
  const { space, solution, scales } = fit
  const from = kept.map(parameter => solution.point[space.parameters.indexOf(parameter)])
  return { ...fit, ...(await refined(predictions, spaceOf(kept, profile), from, scales)) }
}

/**
 * The same fit without some of the quantities, from its solution and with its derivatives.
 *
 * @returns the point in the fit's space
 */
export async function refitted(
  predictions: Predictions,
  { space, solution, scales }: Fit,
  isLeftOut: (quantity: number) => boolean,
): Promise<readonly number[]> {
  const without = scales.map((scale, quantity) => (isLeftOut(quantity) ? Number.POSITIVE_INFINITY : scale))
  const problem = problemOf(predictions, space, without)
  return (await leastSquares(problem, solution.point, solution.jacobian)).point
}

/** Derivatives by what is a change worth speaking of at the point: a share of a large value, as of a ratio. */
function inOwnUnits(parameters: readonly Parameter[], point: readonly number[], jacobian: Matrix): Matrix {
  return jacobian.clone().mulRowVector(parameters.map((parameter, i) => ownUnit(parameter, point[i])))
}

/** What is a change worth speaking of there. */
export function ownUnit({ isRatio }: Parameter, coordinate: number): number {
  return isRatio ? 1 : Math.max(1, OWN_SHARE * coordinate)
}

/** The fit from the start of the space, at first with scales that are guessed. */
async function settled(predictions: Predictions, space: Space) {
  const problem = problemOf(predictions, space, firstScales(predictions))
  const { point, residuals } = await leastSquares(problem, space.start)
  return refined(predictions, space, point, scalesOf(predictions, residuals, point.length))
}

async function refined(
  predictions: Predictions,
  space: Space,
  from: readonly number[],
  guessed: readonly number[],
) {
  const solution = await leastSquares(problemOf(predictions, space, guessed), from)
  return { space, solution, scales: scalesOf(predictions, solution.residuals, from.length) }
}

function problemOf(
  { quantities, under }: Predictions,
  { start, low, high, profileAt }: Space,
  scales: readonly number[],
): Problem {
  const counts = (quantity: number) => scales[quantity] < Number.POSITIVE_INFINITY
  const residuals = async (point: readonly number[]) => {
    const ratios = logRatios(quantities, await under(profileAt(point), counts))
    return ratios.map((ratio, quantity) => (counts(quantity) ? ratio : 0))
  }
  return { residuals, scales, anchor: start, low, high }
}

function firstScales({ quantities }: Predictions): number[] {
  return quantities.map(({ isFitted }) => (isFitted ? FIRST_SCALE : Number.POSITIVE_INFINITY))
}

/** The robust scale of the residuals of each metric, or of all where a metric has few. */
function scalesOf({ quantities }: Predictions, residuals: readonly number[], parameters: number): number[] {
  const ofMetric = (metric?: string) =>
    residuals.filter(
      (_, i) => quantities[i].isFitted && (metric ?? quantities[i].metric) === quantities[i].metric,
    )
  const all = ofMetric()
  const freedom = Math.sqrt(all.length / Math.max(1, all.length - parameters))
  const byMetric = new Map<string, number>()
  for (const { metric } of quantities) {
    const own = ofMetric(metric)
    byMetric.set(metric, robustScale(own.length >= OWN_SCALE ? own : all) * freedom)
  }
  return quantities.map(({ metric, isFitted }) =>
    isFitted ? Math.max(LEAST_SCALE, byMetric.get(metric)!) : Number.POSITIVE_INFINITY,
  )
}

function robustScale(residuals: readonly number[]): number {
  const sizes = residuals.map(Math.abs).sort((a, b) => a - b)
  return sizes.length === 0 ? 0 : MEDIAN_TO_SCALE * sizes[sizes.length >> 1]
}

function quantitiesFitted({ quantities }: Predictions): number {
  return quantities.filter(({ isFitted }) => isFitted).length
}

function hindrance(parameters: readonly Parameter[], obstacle: Obstacle): Hindrance {
  if (obstacle.kind === 'silent') return obstacle
  return { kind: 'mixed', others: obstacle.others.map(i => parameters[i]) }
}
