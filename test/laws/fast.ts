import type { Course } from '../../src/fleet/course.ts'
import type { RequestTable } from '../../src/requests/table.ts'
import type { RunResult } from '../../src/results/run-result.ts'
import type { ReplicaId } from '../../src/routing/contract.ts'
import type { PolicyEntry } from '../../src/routing/registry.ts'
import { type PolicyChoice, type RunOptions, simulate } from '../../src/simulate.ts'

/** What a finished request's row of the table said. */
export interface FastRow {
  readonly replica: ReplicaId
  readonly outcome: number
  readonly arrivalS: number
  readonly inputTokens: number
  readonly admittedS: number
  readonly firstTokenS: number
  readonly endS: number
  readonly emitted: number
  readonly preemptions: number
  readonly worstItlS: number
  readonly shareS: number
  readonly shareJ: number
  readonly shareG: number
}

export interface FastRun {
  /** By ordinal. */
  readonly rows: FastRow[]
  /** How often each request ended. */
  readonly ends: number[]
  readonly result: RunResult
}

export async function runFast(course: Course, choice: PolicyChoice, options: RunOptions = {}): Promise<FastRun> {
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
    admittedS: requests.admittedS[request],
    firstTokenS: requests.firstTokenS[request],
    endS: requests.endS[request],
    emitted: requests.emittedTokens[request],
    preemptions: requests.preemptions[request],
    worstItlS: requests.worstItlS[request],
    shareS: requests.shareS[request],
    shareJ: requests.shareJ[request],
    shareG: requests.shareG[request],
  }
}

/** A policy that replays decisions by order of arrival. */
export function replaying(decisions: readonly ReplicaId[]): PolicyChoice {
  let next = 0
  const entry: PolicyEntry = { about: 'replays', make: () => () => decisions[next++] }
  return { name: 'replaying', entry }
}
