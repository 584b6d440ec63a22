import { UserError } from '../core/errors.ts'
import { suggestion } from '../core/nearest.ts'
import { type PolicyEntry, policies, policyOptions } from '../routing/registry.ts'
import { dotted, type KeyPath, located } from './document.ts'
import { type ParsedScenario, type PolicyChoice, policyChoices } from './schema.ts'

/** Policies by the name that scenarios use. */
export type KnownPolicies = Readonly<Record<string, PolicyEntry>>

/** A policy may also be a file of the user's own, which is checked where it is loaded. */
const POLICY_FILE = /\.[cm]?[jt]s$/

/**
 * Throws a UserError at the first policy that is not known or whose options it does not have.
 *
 * @param kinds names of the fleet's kinds of replica
 */
export function checkPolicies(
  parsed: ParsedScenario,
  kinds: readonly string[],
  known: KnownPolicies = policies,
): void {
  for (const [i, choice] of policyChoices(parsed.scenario.policies).entries()) {
    if (!POLICY_FILE.test(choice.name)) checkPolicy(parsed, ['policies', i], choice, kinds, known)
  }
  const decoding = 'task' in parsed.scenario ? undefined : parsed.scenario.disaggregation?.policy
  if (decoding === undefined) return
  checkPolicy(parsed, ['disaggregation', 'policy'], policyChoices([decoding])[0], kinds, policies)
}

function checkPolicy(
  parsed: ParsedScenario,
  path: KeyPath,
  { name, options }: PolicyChoice,
  kinds: readonly string[],
  known: KnownPolicies,
): void {
  if (!Object.hasOwn(known, name)) {
    const where = `${parsed.place(path)}: ${dotted(path)}`
    throw new UserError(
      `${where} is "${name}"; no policy is called that: ${suggestion(name, Object.keys(known))}`,
    )
  }
  located(parsed, path, () => policyOptions(name, known[name], options, kinds))
}
