import { UserError } from '../core/errors.ts'
import type { Course } from '../fleet/course.ts'
import { type AdmissionChoice, admissionNamed, admissionOf } from '../gateway/admission/registry.ts'
import { type GatewaySpec, TIERS, type Tier } from '../gateway/contract.ts'
import { dotted, type KeyPath, located } from './document.ts'
import type { ParsedScenario, Scenario } from './schema.ts'

type GatewayInput = NonNullable<Scenario['gateway']>
type CapacityInput = NonNullable<NonNullable<Scenario['router']>['capacity']>

const US_PER_S = 1e6

/** What stands between the arrivals and the router of a scenario; undefined where nothing does. */
export function gatewayOf(
  parsed: ParsedScenario,
  { kinds, replicas }: Pick<Course, 'kinds' | 'replicas'>,
): GatewaySpec | undefined {
  const { gateway, router } = parsed.scenario
  const { clock, capacity } = router ?? {}
  if (gateway === undefined && clock === undefined && capacity === undefined) return undefined
  if (gateway !== undefined) check(parsed, gateway)
  if (capacity !== undefined) checkCapacity(parsed, capacity)
  const most = (kind: number) => gateway?.hold?.requests ?? kinds[kind].maxSequences
  return {
    ...admissionParts(parsed, gateway?.admission ?? []),
    ...(gateway?.queue && { timeToLiveS: byTier(gateway.queue.ttl_s) }),
    ...(gateway?.hold && { room: replicas.map(most) }),
    ...(gateway?.retries && { retries: retriesOf(gateway.retries) }),
    ...(gateway?.timeout_s !== undefined && { timeoutS: gateway.timeout_s }),
    ...(gateway?.hedge && { hedgeAfterS: gateway.hedge.after_s }),
    ...(capacity && { router: capacityOf(capacity) }),
    ...(clock && { tickS: clock.tick_s }),
  }
}

function check(parsed: ParsedScenario, gateway: GatewayInput): void {
  const { queue, timeout_s, hedge } = gateway
  if (Object.keys(gateway).length === 0) {
    throw new UserError(
      `${parsed.place(['gateway'])}: gateway is empty; must have admission, queue, hold, retries, timeout_s or hedge`,
    )
  }
  const fail = (key: string, mistake: string): never => {
    const path: KeyPath = ['gateway', key]
    throw new UserError(`${parsed.place(path)}: ${dotted(path)} ${mistake}`)
  }
  if (queue !== undefined && Object.keys(byTier(queue.ttl_s)).length === 0)
    fail('queue', `has a ttl_s of no tier; must name one of ${TIERS.join(', ')}`)
  const handsOver = !('task' in parsed.scenario) && parsed.scenario.disaggregation !== undefined
  const beside = 'must be left out beside disaggregation: what has been handed over cannot be called back'
  if (handsOver && timeout_s !== undefined) fail('timeout_s', `is ${timeout_s}; ${beside}`)
  if (handsOver && hedge !== undefined) fail('hedge', beside)
  if (timeout_s !== undefined && hedge !== undefined && hedge.after_s >= timeout_s) {
    fail('hedge', `comes after ${hedge.after_s} s; must come before timeout_s, ${timeout_s}, to come at all`)
  }
}

function checkCapacity(parsed: ParsedScenario, { base_us, per_replica_us }: CapacityInput): void {
  if (base_us + per_replica_us > 0) return
  throw new UserError(
    `${parsed.place(['router', 'capacity'])}: router.capacity has neither base_us nor per_replica_us above 0; must have one of them, or decisions take no time`,
  )
}

function admissionParts(parsed: ParsedScenario, asked: NonNullable<GatewayInput['admission']>) {
  const choices = admissionChoices(asked)
  const admission = choices.map((choice, i) =>
    located(parsed, ['gateway', 'admission', i], () => admissionOf(choice)),
  )
  return choices.some(({ name }) => admissionNamed(name).readsNotes)
    ? { admission, readsNotes: true as const }
    : { admission }
}

/** Admissions with their options as given, in order. */
export function admissionChoices(asked: NonNullable<GatewayInput['admission']>): AdmissionChoice[] {
  return asked.map(entry => {
    if (typeof entry === 'string') return { name: entry, options: {} }
    const { name, ...options } = entry
    return { name, options: options as Readonly<Record<string, number>> }
  })
}

function byTier(seconds: NonNullable<GatewayInput['queue']>['ttl_s']) {
  if (typeof seconds !== 'number') return seconds as Readonly<Partial<Record<Tier, number>>>
  return Object.fromEntries(TIERS.map(tier => [tier, seconds]))
}

function retriesOf({ most, backoff_s, growth }: NonNullable<GatewayInput['retries']>) {
  return { most, backoffS: backoff_s, growth }
}

function capacityOf({ base_us, per_replica_us, servers }: CapacityInput) {
  return { decisionS: base_us / US_PER_S, perReplicaS: per_replica_us / US_PER_S, servers }
}
