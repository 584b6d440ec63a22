import { UserError } from '../core/errors.ts'
import { suggestion } from '../core/nearest.ts'
import type { ClassSlo } from '../fleet/course.ts'
import type { Slo } from '../routing/contract.ts'
import { dotted, type KeyPath } from './document.ts'
import type { ParsedScenario } from './schema.ts'

type Objective = 'ttft_s' | 'tpot_s' | 'e2e_s' | 'worst_itl_s'
type Objectives = { readonly [Name in Objective]?: number | undefined }

/** What the scenario promises to classes that it does not name. A task answers with one token: no gaps to bound. */
export function sloOf({ ttft_s, tpot_s, e2e_s, worst_itl_s }: Objectives): Slo {
  return {
    ttftS: ttft_s ?? e2e_s!,
    tpotS: tpot_s ?? Number.POSITIVE_INFINITY,
    ...(e2e_s === undefined ? {} : { e2eS: e2e_s }),
    ...(worst_itl_s === undefined ? {} : { worstItlS: worst_itl_s }),
  }
}

/**
 * What it promises to every class of the workload, in their order; undefined where it names none. Throws a UserError
 * for a class that the workload does not have.
 */
export function classSlosOf(
  { scenario, keyPlace }: ParsedScenario,
  classes: readonly string[],
): readonly ClassSlo[] | undefined {
  const named = scenario.slo.classes
  if (named === undefined) return undefined
  const unknown = Object.keys(named).find(name => !classes.includes(name))
  if (unknown !== undefined) {
    const where = keyPlace(['slo', 'classes'], unknown)
    throw new UserError(
      `${where}: slo.classes has '${unknown}', which is no class of the workload; ${suggestion(unknown, classes)}`,
    )
  }
  return classes.map(name => ({
    tier: named[name]?.tier ?? 'standard',
    slo: sloOf({ ...scenario.slo, ...named[name] }),
  }))
}

/** Throws a UserError where one objective leaves another nothing to say, of all requests or of a class. */
export function checkSlo(parsed: ParsedScenario): void {
  const { classes, ...all }: Objectives & { classes?: Readonly<Record<string, Objectives>> | undefined } =
    parsed.scenario.slo
  checkOrder(parsed, ['slo'], all, {})
  for (const [name, own] of Object.entries(classes ?? {})) {
    checkOrder(parsed, ['slo', 'classes', name], own, all)
  }
}

/** What is part of something, and that: whoever keeps to a bound of the second that is lower cannot miss the first. */
const PARTS: readonly (readonly [part: Objective, whole: Objective])[] = [
  ['ttft_s', 'e2e_s'],
  ['tpot_s', 'worst_itl_s'],
]

function checkOrder(parsed: ParsedScenario, path: KeyPath, own: Objectives, inherited: Objectives): void {
  const both = { ...inherited, ...own }
  for (const [part, whole] of PARTS) {
    if (!(both[part]! > both[whole]!)) continue
    const isWholeOwn = own[whole] !== undefined
    const [key, other, relation] = isWholeOwn ? [whole, part, '>='] : [part, whole, '<=']
    const from = own[other] === undefined ? ' of all classes' : ''
    throw new UserError(
      `${parsed.place([...path, key])}: ${dotted([...path, key])} is ${both[key]}; must be ${relation} ${both[other]}, ` +
        `the ${other}${from}: who keeps to ${whole} could not miss ${part}`,
    )
  }
}
