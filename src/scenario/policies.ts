import { UserError } from '../core/errors.ts'
import { suggestion } from '../core/nearest.ts'
import { unfitToDecode } from '../routing/decoding.ts'
import { policyOptions } from '../routing/making.ts'
import { type PolicyEntry, policies, policyNamed } from '../routing/registry.ts'
import { checkParts, type FleetLabels } from './composition.ts'
import { dotted, type KeyPath, located } from './document.ts'
import { type ParsedScenario, type PolicyChoice, policyChoices } from './schema.ts'

/** Policies by the name that scenarios use. */
export type KnownPolicies = Readonly<Record<string, PolicyEntry>>

/** What policies may be told of a fleet's kinds of replica. */
type Kinds = readonly { readonly name: string; readonly deviceKind: string }[]

const POLICY_FILE = /\.[cm]?[jt]s$/

/**
 * Throws a UserError at the first policy that is not known or whose options it does not have, or that is put together
 * wrongly.
 */
export function checkPolicies(parsed: ParsedScenario, kinds: Kinds, known: KnownPolicies = policies): void {
  for (const [i, choice] of policyChoices(parsed.scenario.policies).entries()) {
    if (choice.composition !== undefined || !isOwn(parsed, choice.name)) {
      checkPolicy(parsed, ['policies', i], choice, kinds, known)
    }
  }
  const decoding = 'task' in parsed.scenario ? undefined : parsed.scenario.disaggregation?.policy
  if (decoding === undefined) return
  const path = ['disaggregation', 'policy']
  const [choice] = policyChoices([decoding])
  checkPolicy(parsed, path, choice, kinds, policies)
  checkDecoding(parsed, path, choice)
}

/** Throws a UserError where the policy that chooses who decodes may answer anything but a replica. */
function checkDecoding(parsed: ParsedScenario, path: KeyPath, choice: PolicyChoice): void {
  const { name, options, composition } = choice
  const whenNone = composition?.whenNone ?? 'ignore-filters'
  const unfit = composition === undefined ? unfitToDecode(policyNamed(name), options) : undefined
  const where = unfit === undefined ? [...path, 'when_none'] : path
  const fail = (mistake: string): never => {
    throw new UserError(
      `${parsed.place(where)}: ${dotted(where)} is ${mistake}, as the prompt is computed already`,
    )
  }
  if (unfit !== undefined) fail(`"${name}", which ${unfit}; a policy for those who decode may not`)
  if (whenNone !== 'ignore-filters') fail(`"${whenNone}"; must be ignore-filters`)
}

/** A policy may also be a file of the user's own or a package, which are checked where they are loaded. */
function isOwn({ packages = [] }: ParsedScenario, name: string): boolean {
  return POLICY_FILE.test(name) || packages.includes(name)
}

function checkPolicy(
  parsed: ParsedScenario,
  path: KeyPath,
  choice: PolicyChoice,
  kinds: Kinds,
  known: KnownPolicies,
): void {
  const { name, options, composition } = choice
  const fail = (mistake: string): never => {
    throw new UserError(`${parsed.place(path)}: ${dotted(path)} is ${mistake}`)
  }
  if (composition !== undefined) {
    if (Object.hasOwn(known, name)) fail(`put together as "${name}"; a policy is called that already`)
    return checkParts(parsed, path, composition, labelsOf(kinds))
  }
  if (!Object.hasOwn(known, name)) {
    fail(`"${name}"; no policy is called that: ${suggestion(name, Object.keys(known))}`)
  }
  const names = kinds.map(kind => kind.name)
  located(parsed, path, () => policyOptions(name, known[name], options, names))
}

function labelsOf(kinds: Kinds): FleetLabels {
  return {
    kind: kinds.map(({ name }) => name),
    device_kind: [...new Set(kinds.map(({ deviceKind }) => deviceKind))],
  }
}
