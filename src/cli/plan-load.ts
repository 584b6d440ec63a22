import { UserError } from '../core/errors.ts'
import type { Aim } from '../planning/fleets/contract.ts'
import { loadPlan, type Plan } from '../planning/fleets/load.ts'
import { readYaml, type Source } from '../scenario/document.ts'
import { loadCatalogue, textOf, traceOpener } from '../scenario/files.ts'
import { hasOwn } from '../scenario/own-policies.ts'
import { SHIPPED_CATALOGUE } from '../scenario/shipped.ts'

/** What the command line has in place of the file's. */
export interface PlanChanges {
  readonly catalogue?: readonly string[]
  readonly minimise?: Aim
  readonly ratePerS?: number
  readonly replications?: number
  readonly seed?: string | number
}

/** The plan with the command line's changes, checked as far as it can be without a simulation. Throws a UserError. */
export function loadedPlan(file: string, flags: PlanChanges): Plan {
  const catalogue = loadCatalogue([SHIPPED_CATALOGUE, ...(flags.catalogue ?? [])])
  const plan = loadPlan(changed(readYaml(textOf(file), file), flags), catalogue, traceOpener(file))
  const { spec, source } = plan
  if (hasOwn([spec.policy], file)) {
    throw new UserError(
      `${source.place(['policy'])}: policy is ${JSON.stringify(spec.policy)}; must be a built-in one: regatta policies`,
    )
  }
  return plan
}

type Values = Readonly<Record<string, unknown>>

/** The file with the command line's changes in it. */
function changed(source: Source, { seed, minimise, ratePerS, replications }: PlanChanges): Source {
  if (!isMap(source.input)) return source
  const { workload, verify } = source.input
  return {
    ...source,
    input: {
      ...source.input,
      ...(seed !== undefined && { seed }),
      ...(minimise !== undefined && { minimise }),
      ...(ratePerS !== undefined && isMap(workload) && { workload: paced(workload, ratePerS) }),
      ...(replications !== undefined && { verify: { ...(isMap(verify) ? verify : {}), replications } }),
    },
  }
}

/** What sets its own pace keeps it. */
function paced(workload: Values, ratePerS: number): Values {
  if ('closed_loop' in workload) return workload
  const { load: _, rate_scale: __, ...rest } = workload
  return { ...rest, rate_per_s: ratePerS }
}

function isMap(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
