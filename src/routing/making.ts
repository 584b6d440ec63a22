import { UserError } from '../core/errors.ts'
import { type OptionSpec, resolveOptions } from '../core/options.ts'
import type { ClusterView, OraclePolicy, Policy, PolicySetup } from './contract.ts'
import type { PolicyEntry } from './entry.ts'
import { type Guarded, guarded, guardedListener, made } from './guard.ts'
import { placeOf } from './place.ts'
import { policyNamed } from './registry.ts'

/** A policy at work, its answers checked. Only an `oracle` may be given requests that tell their output length. */
export type RoutingPolicy = { readonly policy: Policy } | { readonly oracle: OraclePolicy }

/** The policy's options, checked and with defaults filled in, for a fleet of these kinds. Throws a UserError. */
export function policyOptions(
  name: string,
  entry: PolicyEntry,
  given: Readonly<Record<string, number>>,
  kinds: readonly string[],
): Record<string, number> {
  if (entry.options === undefined) return { ...given }
  const perKind = entry.optionPerKind
  const specs: Record<string, OptionSpec> = { ...entry.options }
  if (perKind !== undefined) for (const kind of kinds) specs[kind] = perKind
  return resolveOptions(name, specs, given)
}

/**
 * Makes a policy from its set-up, whose options are those the user gave. Mistakes there, and wrong answers
 * later, are UserErrors that name the policy.
 *
 * @param kinds of replicas in the fleet, of which the policy may see some only
 */
export function makePolicy(
  name: string,
  setup: PolicySetup,
  entry = policyNamed(name),
  kinds = kindsOf(setup.cluster),
): RoutingPolicy {
  const { cluster } = setup
  const resolved: PolicySetup = {
    cluster,
    random: setup.random,
    slo: setup.slo,
    options: policyOptions(name, entry, setup.options, kinds),
    leastLoaded: (measure, replicas) => setup.leastLoaded(measure, replicas),
    release: index => setup.release(index),
    indexPrefixes: () => setup.indexPrefixes(),
    onEnd: listener => setup.onEnd(guardedListener(name, 'onEnd', cluster, listener)),
    onAvailable: listener => setup.onAvailable(guardedListener(name, 'onAvailable', cluster, listener)),
    askAgainAt: timeS => {
      if (timeS > cluster.nowS) return setup.askAgainAt(timeS)
      throw new UserError(`wants to be asked again at ${timeS} s${placeOf(new Error())}; it must be later`)
    },
    flowGraph: () => setup.flowGraph(),
    predicted: (prediction, value) => setup.predicted(prediction, value),
  }
  const checked: Guarded = { name, replicas: cluster.replicas, waits: entry.waits ?? false }
  if ('oracle' in entry) return { oracle: guarded(checked, made(name, entry.oracle, resolved)) }
  return { policy: guarded(checked, made(name, entry.make, resolved)) }
}

function kindsOf(cluster: ClusterView): readonly string[] {
  return Array.from({ length: cluster.replicas }, (_, replica) => cluster.kind(replica))
}
