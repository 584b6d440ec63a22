import { policyNamed } from '../../src/routing/registry.ts'
import type { Entry } from './standings.ts'

/** They do harm on purpose. */
const CONTROLS = ['always-busiest', 'flood']

/** Throws a UserError where the registry has no such policy. */
export function entryOf(policy: string): Entry {
  if ('oracle' in policyNamed(policy)) return 'oracle'
  return CONTROLS.includes(policy) ? 'control' : 'policy'
}
