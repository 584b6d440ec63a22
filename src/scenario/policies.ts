import { UserError } from '../core/errors.ts'
import { suggestion } from '../core/nearest.ts'
import { type PolicyEntry, policies, policyOptions } from '../routing/registry.ts'
import { dotted, type KeyPath, located } from './document.ts'
import { type ParsedScenario, policyChoices } from './schema.ts'

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
  for (const [i, { name, options }] of policyChoices(parsed.scenario.policies).entries()) {
    const path: KeyPath = ['policies', i]
    if (POLICY_FILE.test(name)) continue
    if (!Object.hasOwn(known, name)) {
      const where = `${parsed.place(path)}: ${dotted(path)}`
      throw new UserError(
        `${where} is "${name}"; no policy is called that: ${suggestion(name, Object.keys(known))}`,
      )
    }
    located(parsed, path, () => policyOptions(name, known[name], options, kinds))
  }
}
