import { Tier } from '../replicas/cache-tier.ts'
import type { ReplicaKind } from '../replicas/contract.ts'
import { DeviceShare } from '../replicas/device-share.ts'
import { prefixCacheOf } from '../replicas/prefix-cache.ts'
import { PrefixHoldings } from '../replicas/prefix-holdings.ts'
import { Replica } from '../replicas/replica.ts'
import type { ReplicaSetup } from '../replicas/replica-setup.ts'
import type { RequestTable } from '../requests/table.ts'
import type { Course } from './course.ts'
import { orderView } from './order-view.ts'

/** The replicas of a course, and what some of them share. */
export interface Crew {
  readonly replicas: readonly Replica[]
  /** Devices on which several replicas run by turns. */
  readonly shares: readonly DeviceShare[]
}

/**
 * Makes the replicas of a course.
 *
 * @param firstActor of the first replica; the others follow, then the shared devices
 */
export function crewOf(
  course: Course,
  firstActor: number,
  setup: ReplicaSetup,
  classes: readonly string[],
): Crew {
  const { calendar, requests } = setup
  const { sharedDevices = [] } = course
  const firstShare = firstActor + course.replicas.length
  const shares = sharedDevices.map(({ patienceS }, i) => new DeviceShare(firstShare + i, calendar, patienceS))
  const stores = remoteTiers(course)
  const replicas = course.replicas.map((number, id) => {
    const kind = course.kinds[number]
    const pace = kind.pace?.ofReplica?.(id) ?? kind.pace
    const parts = {
      pace,
      order: kind.order?.(orderView({ ...kind, ...(pace && { pace }) }, requests, classes)),
      prefixes: prefixesOf(kind, course, requests, stores[kind.modelId ?? 0]),
      devices: shares[sharedDevices.findIndex(({ replicas }) => replicas.includes(id))],
    }
    return new Replica(id, firstActor + id, kind, setup, parts)
  })
  sharedDevices.forEach(({ replicas: ids, loadS }, i) => {
    ids.forEach((id, place) => {
      shares[i].add(replicas[id], loadS[place])
    })
  })
  return { replicas, shares }
}

/** How many actors a course's replicas and their devices are. */
export function crewActors({ replicas, sharedDevices = [] }: Course): number {
  return replicas.length + sharedDevices.length
}

/** What replicas share, an even part for each model that is kept there: blocks of one are of no use to another. */
function remoteTiers(course: Course): readonly Tier[] {
  const { kinds, remoteStoreTokens, prefixEntryTokens, models = [''] } = course
  if (remoteStoreTokens === undefined || prefixEntryTokens === undefined) return []
  const users = kinds.filter(({ prefixCache }) => prefixCache?.remote !== undefined)
  const parts = new Set(users.map(({ modelId = 0 }) => modelId)).size
  if (parts === 0) return []
  return models.map(() => new Tier(Math.floor(remoteStoreTokens / parts / prefixEntryTokens)))
}

/** Where the workload tells no blocks there is nothing to keep, and hits are as it gives them. */
function prefixesOf(
  kind: ReplicaKind,
  { prefixEntryTokens }: Course,
  requests: RequestTable,
  remote: Tier | undefined,
): PrefixHoldings | undefined {
  const { prefixCache, blockTokens } = kind
  if (prefixCache === undefined || prefixEntryTokens === undefined) return undefined
  const cache = prefixCacheOf(prefixCache, prefixEntryTokens, blockTokens, remote)
  return new PrefixHoldings(requests, requests.notes.blocks, cache)
}
