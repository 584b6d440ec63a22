import type { Course } from '../../src/fleet/course.ts'
import type { RequestTable } from '../../src/requests/table.ts'
import type { RunResult } from '../../src/results/run-result.ts'
import type { ReplicaId } from '../../src/routing/contract.ts'
import { type PolicyEntry, policyNamed } from '../../src/routing/registry.ts'
import { type PolicyChoice, type RunOptions, simulate } from '../../src/simulate.ts'

/** Whether the long form of the tests was asked for. */
export const isLong = process.env.REGATTA_LONG !== undefined

/** What a finished request's row of the table said. */
export interface FastRow {
  readonly replica: ReplicaId
  readonly outcome: number
  readonly arrivalS: number
  readonly inputTokens: number
  readonly hitTokens: number
  readonly admittedS: number
  readonly firstTokenS: number
  readonly endS: number
  readonly emitted: number
  readonly preemptions: number
  readonly worstItlS: number
  readonly shareS: number
  readonly shareJ: number
  readonly shareG: number
  readonly journey: FastJourney
}

/** What became of it at a replica before its last. */
export interface FastJourney {
  readonly prefillReplica: ReplicaId
  readonly prefillS: number
  readonly prefillUsd: number
  readonly transferS: number
  readonly transferAloneS: number
}

export interface FastRun {
  /** By ordinal. */
  readonly rows: FastRow[]
  /** How often each request ended. */
  readonly ends: number[]
  readonly result: RunResult
}

export async function runFast(
  course: Course,
  choice: PolicyChoice,
  options: RunOptions = {},
): Promise<FastRun> {
  const rows: FastRow[] = []
  const ends: number[] = []
  const onEnd = (request: number, requests: RequestTable) => {
    const ordinal = requests.ordinal[request]
    ends[ordinal] = (ends[ordinal] ?? 0) + 1
    rows[ordinal] = rowOf(request, requests)
    options.onEnd?.(request, requests)
  }
  return { rows, ends, result: await simulate(course, choice, { ...options, onEnd }) }
}

function rowOf(request: number, requests: RequestTable): FastRow {
  return {
    replica: requests.replica[request],
    outcome: requests.outcome[request],
    arrivalS: requests.arrivalS[request],
    inputTokens: requests.inputTokens[request],
    hitTokens: requests.hitTokens[request],
    admittedS: requests.admittedS[request],
    firstTokenS: requests.firstTokenS[request],
    endS: requests.endS[request],
    emitted: requests.emittedTokens[request],
    preemptions: requests.preemptions[request],
    worstItlS: requests.worstItlS[request],
    shareS: requests.shareS[request],
    shareJ: requests.shareJ[request],
    shareG: requests.shareG[request],
    journey: journeyOf(request, requests),
  }
}

function journeyOf(request: number, { journeys }: RequestTable): FastJourney {
  return {
    prefillReplica: journeys.prefillReplica.at(request),
    prefillS: journeys.earlierS.at(request),
    prefillUsd: journeys.earlierUsd.at(request),
    transferS: journeys.transferS.at(request),
    transferAloneS: journeys.transferAloneS.at(request),
  }
}

/** A policy that replays decisions by order of arrival. */
export function replaying(decisions: readonly ReplicaId[]): PolicyChoice {
  let next = 0
  const entry: PolicyEntry = { about: 'replays', make: () => () => decisions[next++] }
  return { name: 'replaying', entry }
}

/** The registry's policy, its answers written down as it goes. */
export function recorded(name: string, decisions: number[]): PolicyChoice {
  const entry = policyNamed(name)
  if (!('make' in entry)) throw new RangeError(`${name} is an oracle`)
  const make: typeof entry.make = setup => {
    const policy = entry.make(setup)
    return (request, cluster) => {
      const replica = policy(request, cluster)
      decisions.push(replica)
      return replica
    }
  }
  return { name, entry: { ...entry, make } as PolicyEntry }
}
