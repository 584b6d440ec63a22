import { mayBeShed, TIERS, type Tier } from '../gateway/contract.ts'
import type { PolicyEntry } from '../routing/entry.ts'
import { policies } from '../routing/registry.ts'
import { admissionChoices } from '../scenario/gateway.ts'
import { type PolicyChoice, policyChoices } from '../scenario/schema.ts'
import type { LoadedScenario } from './scenario.ts'

/** A line for each part of the gateway that finds nothing to act on. */
export function idleGatewayLines(loaded: LoadedScenario): string[] {
  return [...idleQueueLines(loaded), ...idleAdmissionLines(loaded), ...idleRetriesLine(loaded)]
}

function idleQueueLines(loaded: LoadedScenario): string[] {
  const ttl = loaded.parsed.scenario.gateway?.queue?.ttl_s
  if (ttl === undefined) return []
  if (!mayHold(loaded)) {
    return [
      'gateway.queue finds nobody: without gateway.hold, router.capacity or router.clock no request is held',
    ]
  }
  if (typeof ttl === 'number') return []
  const present = tiersOf(loaded)
  const idle = TIERS.filter(tier => ttl[tier] !== undefined && !present.has(tier))
  return idle.map(tier => `gateway.queue.ttl_s.${tier} finds nobody: no class of the workload is ${tier}`)
}

function idleAdmissionLines(loaded: LoadedScenario): string[] {
  const tiers = tiersOf(loaded)
  const texts = {
    'tier-shed': tierShedText(tiers),
    saturation: [...tiers].some(mayBeShed)
      ? undefined
      : `saturation refuses nobody: no class of the workload is ${TIERS.filter(mayBeShed).join(', ')}`,
    'tenant-budget':
      loaded.workload.measured.tenants.length > 0
        ? undefined
        : 'no request has a tenant: to tenant-budget all are of one',
  }
  const found = admissionNames(loaded).map(name => texts[name as keyof typeof texts])
  return found.filter(text => text !== undefined)
}

function tierShedText(tiers: ReadonlySet<Tier>): string | undefined {
  const [only] = tiers
  if (tiers.size > 1) return undefined
  return only === TIERS[0]
    ? `tier-shed refuses nobody: all requests are ${only}`
    : `all requests are ${only}: tier-shed tells none apart`
}

function idleRetriesLine(loaded: LoadedScenario): string[] {
  const { retries, queue, timeout_s } = loaded.parsed.scenario.gateway ?? {}
  if (retries === undefined) return []
  const isRefused =
    admissionNames(loaded).some(name => name !== 'always') || choicesOf(loaded).some(mayRefuse)
  if (isRefused || timeout_s !== undefined || (queue !== undefined && mayHold(loaded))) return []
  return ['gateway.retries finds nothing to try again: no request is refused, expires or times out']
}

/** Whether requests may wait at the gateway. */
function mayHold({ parsed }: LoadedScenario): boolean {
  const { gateway, router } = parsed.scenario
  const isSlow = router?.capacity !== undefined || router?.clock !== undefined
  return isSlow || gateway?.hold !== undefined || choicesOf({ parsed }).some(mayWait)
}

function choicesOf({ parsed }: Pick<LoadedScenario, 'parsed'>): PolicyChoice[] {
  return policyChoices(parsed.scenario.policies)
}

/** What a policy of the user's own answers is not known. */
function mayWait({ name, composition }: PolicyChoice): boolean {
  if (composition !== undefined) return composition.whenNone === 'wait'
  const entry = entryOf(name)
  return entry === undefined || entry.waits === true
}

function mayRefuse({ name, options, composition }: PolicyChoice): boolean {
  if (composition !== undefined) return composition.whenNone === 'reject'
  const entry = entryOf(name)
  return entry === undefined || entry.refuses?.(options) === true
}

/** Undefined of a policy of the user's own. */
function entryOf(name: string): PolicyEntry | undefined {
  const known: Readonly<Record<string, PolicyEntry>> = policies
  return Object.hasOwn(known, name) ? known[name] : undefined
}

function admissionNames({ parsed }: LoadedScenario): string[] {
  return admissionChoices(parsed.scenario.gateway?.admission ?? []).map(({ name }) => name)
}

/** Of the classes that have requests; a closed loop's have none of their own. */
function tiersOf({ course, workload }: LoadedScenario): Set<Tier> {
  const { classes, measured } = workload
  const present = classes.map((_, i) => i).filter(i => measured.byClass[i]?.requests !== 0)
  return new Set(present.map(i => course.classSlos?.[i]?.tier ?? 'standard'))
}
