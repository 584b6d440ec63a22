import { UserError } from '../core/errors.ts'
import type { CarbonIntensity } from '../energy/contract.ts'
import type { Course } from '../fleet/course.ts'
import type { ReplicaKind } from '../replicas/contract.ts'
import type { BuiltPool, BuiltPools } from './built-pool.ts'
import { entryOf } from './entries.ts'
import { type Evidence, FactReader, type PlaceInRange } from './evidence.ts'
import type { Catalogue, Region, Stance } from './facts.ts'
import { gatewayOf } from './gateway.ts'
import { modelPools } from './model-fleet.ts'
import { checkPolicies, type KnownPolicies } from './policies.ts'
import { knowledgeOf } from './router.ts'
import type { ParsedScenario } from './schema.ts'
import { checkSlo, sloOf } from './slo.ts'
import { taskPools } from './task-pool.ts'

export interface BuildOptions {
  /** Which end of the ranges of estimates to take; as given by default. */
  readonly stance?: Stance
  /** Where in their ranges to take all estimates, in place of a stance. */
  readonly placeOf?: PlaceInRange
  /** Policies that the scenario may name; the registry's by default. */
  readonly policies?: KnownPolicies
}

/** Everything of a course but its workload. */
export interface BuiltFleet extends Omit<Course, 'arrivals' | 'closedLoop'> {
  readonly pools: readonly BuiltPool[]
  /** Share of requests that must meet the SLO where a load or a fleet is sized. */
  readonly attainment: number
  readonly evidence: Evidence
}

/** Builds the scenario's fleet from the catalogue. Throws a UserError that names file, line, key, value and bound. */
export function buildFleet(
  parsed: ParsedScenario,
  catalogue: Catalogue,
  options: BuildOptions = {},
): BuiltFleet {
  const { scenario } = parsed
  const facts = new FactReader(options.stance ?? 'given', options.placeOf)
  const region = entryOf(catalogue, 'regions', scenario.region, `${parsed.place(['region'])}: region`)
  const { pools, more } = poolsOf(parsed, catalogue, facts)
  const kinds = pools.map(({ kind }) => kind)
  checkSlo(parsed)
  checkNames(parsed, kinds)
  checkPolicies(parsed, kinds, options.policies)
  const replicas = pools.flatMap(({ replicas: count }, kind) => Array<number>(count).fill(kind))
  const gateway = gatewayOf(parsed, { kinds, replicas })
  return {
    seed: scenario.seed,
    kinds,
    replicas,
    ...(gateway && { gateway }),
    ...knowledgeOf(parsed),
    spareWatts: sum(owners(pools).map(spareWatts)),
    spareUsdPerHour: sum(owners(pools).map(spareUsdPerHour)),
    slo: sloOf(scenario.slo),
    attainment: scenario.slo.attainment,
    warmupS: scenario.warmup_s,
    sampleS: scenario.sample_s,
    pue: scenario.pue,
    carbon: carbonOf(region, scenario.start_hour, facts),
    ...more,
    pools,
    evidence: facts.evidence(),
  }
}

function poolsOf(parsed: ParsedScenario, catalogue: Catalogue, facts: FactReader): BuiltPools {
  const { scenario } = parsed
  return 'task' in scenario
    ? taskPools(parsed, scenario, catalogue, facts)
    : modelPools(parsed, scenario, catalogue, facts)
}

/** Watts of the devices without a replica, with their share of the host. */
function spareWatts({ leftover, power }: BuiltPool): number {
  if (leftover === undefined) return 0
  const { idleWatts, hostIdleWatts, devices } = power
  return leftover.devices * (idleWatts + hostIdleWatts / devices)
}

/** NaN where unknown. */
function spareUsdPerHour({ leftover, usdPerDeviceHour }: BuiltPool): number {
  return leftover === undefined || leftover.devices === 0 ? 0 : leftover.devices * usdPerDeviceHour
}

/** Policies take options by the kind's name, and results are told apart by it. */
function checkNames(parsed: ParsedScenario, kinds: readonly ReplicaKind[]): void {
  for (const [index, { name }] of kinds.entries()) {
    const first = kinds.findIndex(kind => kind.name === name)
    if (first === index) continue
    const where = parsed.place(['fleet', index])
    throw new UserError(
      `${where}: fleet[${index}] is called "${name}" like fleet[${first}]; give it a name of its own`,
    )
  }
}

/** The grid's intensity by hour of the run. */
function carbonOf(region: Region, startHour: number, facts: FactReader): CarbonIntensity {
  const mean = facts.take(`${region.id} gramsPerKwh`, region.gramsPerKwh, 'low')
  const shape = region.hourlyShape ?? [1]
  return { gramsPerKwh: shape.map((_, hour) => mean * shape[(startHour + hour) % shape.length]) }
}

/** Of the kinds that take turns on a pool's nodes, the first. */
function owners(pools: readonly BuiltPool[]): BuiltPool[] {
  return pools.filter(({ places }, i) => places !== pools[i - 1]?.places)
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
