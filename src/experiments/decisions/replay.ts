import {
  type ClusterView,
  type Policy,
  type PolicySetup,
  type ReplicaId,
  WAIT,
} from '../../routing/contract.ts'
import type { PolicyEntry } from '../../routing/registry.ts'
import { leastBy } from '../../routing/scan.ts'
import { type Answer, type Answers, Reader } from './answers.ts'
import type { Recording } from './recording.ts'
import type { Routers } from './routers.ts'

/** Another replica in place of one answer. */
export interface Detour {
  /** Of the request. */
  readonly number: number
  readonly instead: Answer
  /** Of the group that was asked. */
  readonly replica: ReplicaId
}

/** The routers of a run as recorded, but for the detour of a request that comes. */
export function replayed(routers: Routers, recording: Recording, detour?: Detour): Routers {
  return {
    entry: replaying(routers.entry, recording.entry, detour),
    decode: routers.decode && replaying(routers.decode, recording.decode),
  }
}

/**
 * Answers as an entry's policies did, by the number of the request; whoever waited is sent at the time recorded. A request
 * that was never asked about in its group goes to the fewest requests. Good for one run.
 */
export function replaying(
  { readsNotes, waits }: PolicyEntry,
  groups: readonly Answers[],
  detour?: Detour,
): PolicyEntry {
  let made = 0
  return {
    about: 'replays decisions',
    ...(readsNotes && { readsNotes }),
    ...(waits && { waits }),
    make: setup => replayer(setup, new Reader(groups[made++]), detour),
  }
}

function replayer({ askAgainAt }: PolicySetup, reader: Reader, detour: Detour | undefined): Policy {
  const waitUntil = (timeS: number) => {
    if (!Number.isNaN(timeS)) askAgainAt(timeS)
    return WAIT
  }
  return (request, cluster) => {
    const { number } = request
    const answer = reader.at(number, cluster.nowS)
    if (answer === undefined) return leastBy(cluster, request, requestsThere)
    const { replica, atS, againS, hasWaited } = answer
    if (hasWaited && cluster.nowS < atS) return waitUntil(replica === WAIT ? Number.NaN : atS)
    reader.pass(number, answer)
    if (answer === detour?.instead) return detour.replica
    return replica === WAIT ? waitUntil(againS) : replica
  }
}

function requestsThere(cluster: ClusterView, replica: ReplicaId): number {
  return cluster.outstandingRequests(replica)
}
