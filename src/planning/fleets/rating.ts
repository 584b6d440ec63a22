import { UserError } from '../../core/errors.ts'
import { suggestion } from '../../core/nearest.ts'
import { type Appraisal, appraised, type Miss, preparedFor, type Refusal, refusedOr } from './appraisal.ts'
import type { RequestClass } from './classes.ts'
import type { LeftOut, PlanHooks } from './contract.ts'
import type { Plan } from './load.ts'
import type { Option } from './options.ts'
import { planWords, scenarioOf, withoutPlace } from './scenario-of.ts'

/** An option that serves some classes, by class what a node of it does. */
export interface Rated {
  readonly option: Option
  readonly appraisals: readonly (Appraisal | Refusal)[]
}

/** Options by what they are good for. */
export interface Ratings {
  readonly rated: readonly Rated[]
  /** Those that can serve nothing, with the reason of the first class that asks for their model. */
  readonly leftOut: readonly LeftOut[]
}

export function isRefusal(of: Appraisal | Refusal): of is Refusal {
  return 'why' in of
}

/**
 * Finds for every option and class the highest rate at which a node of it alone holds the SLO. Throws a UserError for a
 * class that nobody can serve, which says by how much the best misses.
 */
export async function rated(
  plan: Plan,
  classes: readonly RequestClass[],
  { onRated }: PlanHooks,
): Promise<Ratings> {
  checkModels(plan, classes)
  const total = plan.options.length * classes.length
  const all: Rated[] = []
  for (const option of plan.options) {
    const appraisals: (Appraisal | Refusal)[] = []
    for (const requestClass of classes) {
      appraisals.push(await appraisalOf(plan, option, requestClass))
      await onRated?.(all.length * classes.length + appraisals.length, total)
    }
    all.push({ option, appraisals })
  }
  for (const [i, { name }] of classes.entries()) checkServable(plan, name, all, i)
  const isOfUse = ({ appraisals }: Rated) => appraisals.some(of => !isRefusal(of))
  return {
    rated: all.filter(isOfUse),
    leftOut: all
      .filter(of => !isOfUse(of))
      .map(({ option, appraisals }) => ({
        name: option.name,
        why: whyOf(appraisals[firstOwn(plan, option, classes)]),
      })),
  }
}

/** The class that asks for the option's model, or where none does any that says so. */
function firstOwn(plan: Plan, { model }: Option, classes: readonly RequestClass[]): number {
  return Math.max(
    0,
    classes.findIndex(of => modelOf(of, plan) === model),
  )
}

/** Of a plan of a task there are no models. */
export function modelOf({ model }: Pick<RequestClass, 'model'>, { spec }: Plan): string | undefined {
  return spec.task === undefined ? (model ?? [spec.model ?? []].flat()[0]) : undefined
}

async function appraisalOf(
  plan: Plan,
  option: Option,
  requestClass: RequestClass,
): Promise<Appraisal | Refusal> {
  const { spec, source, catalogue, open } = plan
  const model = modelOf(requestClass, plan)
  if (option.model !== model) return { why: `serves ${option.model}; the class asks for ${model}` }
  const fleet = [{ option, nodes: 1 }]
  const parsed = scenarioOf(spec, source, { fleet, warmupS: 0, model })
  const found = await refusedOr(async () =>
    appraised(await preparedFor(parsed, catalogue, open, requestClass)),
  )
  return isRefusal(found) ? { ...found, why: withoutPlace(planWords(found.why, fleet)) } : found
}

function checkModels(plan: Plan, classes: readonly RequestClass[]): void {
  if (plan.spec.task !== undefined) return
  const served = [...new Set(plan.options.map(({ model }) => String(model)))]
  for (const requestClass of classes) {
    const asked = String(modelOf(requestClass, plan))
    if (served.includes(asked)) continue
    throw new UserError(
      `${plan.source.place(['workload'])}: workload asks for the model "${asked}", which no candidate serves; ` +
        suggestion(asked, served),
    )
  }
}

/** Reasons that a message tells, and characters of each. */
const TOLD_REASONS = 5
const REASON_LENGTH = 160

function checkServable(
  { source, spec }: Plan,
  className: string,
  all: readonly Rated[],
  index: number,
): void {
  const refusals = all.map(({ option, appraisals }) => ({ name: option.name, found: appraisals[index] }))
  if (refusals.some(({ found }) => !isRefusal(found))) return
  const reasons = refusals
    .slice(0, TOLD_REASONS)
    .map(({ name, found }) => `${name}: ${shortened(whyOf(found))}`)
  const more = refusals.length > TOLD_REASONS ? [`and ${refusals.length - TOLD_REASONS} more`] : []
  const where = source.place(['candidates'])
  throw new UserError(
    [
      `${where}: class "${className}" can be served within the SLO by no candidate${nearestText(refusals, objectivesOf(spec.slo, className))}`,
      ...reasons,
      ...more,
    ].join('; '),
  )
}

/** Seconds that are asked for, and of how many requests. */
interface Objectives {
  readonly attainment: number
  readonly ttft_s?: number | undefined
  readonly tpot_s?: number | undefined
  readonly e2e_s?: number | undefined
}

/** Of a class of the workload that has its own the SLO has them by its name, with which that of a class here begins. */
function objectivesOf(slo: Plan['spec']['slo'], className: string): Objectives {
  const own = Object.entries(slo.classes ?? {}).find(([name]) => `${className}, `.startsWith(`${name}, `))
  return { ...slo, ...own?.[1] }
}

/** Who comes nearest: whose worst objective is missed by the least factor. Nothing where nobody can serve it at all. */
function nearestText(
  refusals: readonly { readonly name: string; readonly found: Appraisal | Refusal }[],
  slo: Objectives,
): string {
  const missing = refusals.flatMap(({ name, found }) =>
    isRefusal(found) && found.miss ? [{ name, miss: found.miss }] : [],
  )
  const factor = ({ miss }: { readonly miss: Miss }) =>
    Math.max(...askedOf(miss, slo).map(({ p99S, mostS }) => p99S / mostS))
  const [best] = missing.toSorted((a, b) => factor(a) - factor(b))
  return best === undefined ? '' : `; the nearest is ${best.name}: ${missText(best.miss, slo)}`
}

/** What is asked of the times that there are: of answers of one token there is no time per further token. */
function askedOf(miss: Miss, slo: Objectives) {
  const asked = [
    { what: 'TTFT', p99S: miss.ttftP99S, mostS: slo.ttft_s },
    { what: 'TPOT', p99S: miss.tpotP99S, mostS: slo.tpot_s },
    { what: 'E2E', p99S: miss.e2eP99S, mostS: slo.e2e_s },
  ]
  return asked.flatMap(({ what, p99S, mostS }) =>
    mostS === undefined || Number.isNaN(p99S) ? [] : [{ what, p99S, mostS }],
  )
}

function missText(miss: Miss, slo: Objectives): string {
  const texts = askedOf(miss, slo).map(
    ({ what, p99S, mostS }) =>
      `its p99 of ${what} is ${short(p99S)} s, ${short(p99S / mostS)} times the ${mostS} s of the SLO`,
  )
  return `${short(100 * miss.attainment)} % of the requests meet it and ${short(100 * slo.attainment)} % must; ${texts.join('; ')}`
}

function whyOf(found: Appraisal | Refusal): string {
  return isRefusal(found) ? found.why : ''
}

function shortened(why: string): string {
  return why.length > REASON_LENGTH ? `${why.slice(0, REASON_LENGTH)}...` : why
}

function short(value: number): string {
  return String(Number(value.toPrecision(3)))
}
