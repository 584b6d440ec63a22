import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { Calendar } from '../../src/core/calendar.ts'
import { Fleet } from '../../src/fleet/fleet.ts'
import { asOfS, refreshAt } from '../../src/fleet/signal-timing.ts'
import type { Replica } from '../../src/replicas/replica.ts'
import type { ClusterView, RequestView } from '../../src/routing/contract.ts'
import type { Flavour } from '../laws/dice.ts'
import { runFast } from '../laws/fast.ts'
import { type Feature, scenarioOf } from '../laws/features.ts'
import { watched } from '../laws/watched.ts'

describe('the last refresh', () => {
  test('is the last multiple of the interval, itself included', () => {
    expect(refreshAt(0.7, 0.25)).toBe(2)
    expect(refreshAt(0.75, 0.25)).toBe(3)
    expect(refreshAt(0, 0.25)).toBe(0)
    expect(refreshAt(-0.1, 0.25)).toBe(-1)
    expect(asOfS(1, { everyS: 0.25, lagS: 0.3 })).toBe(0.5)
    expect(asOfS(1, { lagS: 0.25 })).toBe(0.75)
  })

  test('lies not after a time that is one, whatever the rounding', () => {
    for (let refresh = 0; refresh < 5000; refresh++) {
      for (const everyS of [0.1, 0.05, 1 / 3, 0.007]) {
        expect(refreshAt(refresh * everyS, everyS)).toBe(refresh)
        const before = refresh * everyS * (1 - Number.EPSILON)
        if (before < refresh * everyS) expect(refreshAt(before, everyS)).toBe(refresh - 1)
      }
    }
  })
})

// --- A naive router's memory: all replicas are looked at whenever a refresh is due ---------------------------------

/** What is known of a replica at a refresh. */
interface Known {
  /** Waiting and running requests, prompt and KV tokens that wait, and free KV tokens. */
  readonly counts: readonly number[]
  readonly freeTokens: number
  readonly entries: ReadonlySet<number>
}

/** Looks at every replica at the multiples of an interval, before anything happens at that instant. */
class EagerSampler {
  /** By refresh, and by replica. */
  readonly known: Known[][] = []
  readonly replicas: Replica[] = []
  readonly #everyS: number
  readonly #entries: Set<number>[] = []
  /** Those of the last refresh, of which nothing has come or gone since. */
  readonly #unchanged: (ReadonlySet<number> | undefined)[] = []

  constructor(everyS: number) {
    this.#everyS = everyS
  }

  add(replica: Replica, id: number): void {
    const entries = new Set<number>()
    const changes = (verb: 'add' | 'delete') => (block: number) => {
      this.#unchanged[id] = undefined
      entries[verb](block)
    }
    replica.prefixes?.watch({ came: changes('add'), went: changes('delete') })
    this.#entries.push(entries)
    this.replicas.push(replica)
  }

  /** The clock is about to stand at a later time, and nothing has happened there yet. */
  before(calendar: Calendar): void {
    const nowS = calendar.clock[0]
    while (this.known.length * this.#everyS <= nowS) {
      calendar.clock[0] = this.known.length * this.#everyS
      this.known.push(this.replicas.map((replica, id) => this.#look(replica, id)))
    }
    calendar.clock[0] = nowS
  }

  #look(replica: Replica, id: number): Known {
    replica.look.settlePrefixes()
    const { waiting, running, pendingPrefillTokens, waitingKvTokens } = replica.look
    this.#unchanged[id] ??= new Set(this.#entries[id])
    return {
      counts: [waiting, running, pendingPrefillTokens, waitingKvTokens],
      freeTokens: replica.look.freeBlocksNow() * replica.kind.blockTokens,
      entries: this.#unchanged[id],
    }
  }
}

let sampler: EagerSampler | undefined

beforeEach(() => {
  const { use } = Fleet.prototype
  vi.spyOn(Fleet.prototype, 'use').mockImplementation(function (this: Fleet, ...given) {
    this.replicas.forEach((replica, id) => {
      sampler?.add(replica, id)
    })
    use.apply(this, given)
  })
  const { due } = Calendar.prototype
  vi.spyOn(Calendar.prototype, 'due').mockImplementation(function (this: Calendar) {
    const isDue = due.call(this)
    if (isDue) sampler?.before(this)
    return isDue
  })
})

afterEach(() => {
  sampler = undefined
  vi.restoreAllMocks()
})

/** What is told of a replica that nothing has been heard of yet. */
function idle({ kind }: Replica): Known {
  const { kvBlocks, blockTokens, reservedTokens = blockTokens } = kind
  const slotBlocks = Math.ceil(reservedTokens / blockTokens)
  return {
    counts: [0, 0, 0, 0],
    freeTokens: blockTokens * (kvBlocks - (kvBlocks % slotBlocks)),
    entries: new Set(),
  }
}

/** Prompt tokens in the leading blocks that are among the entries. */
function hits(replica: Replica, request: RequestView, entries: ReadonlySet<number>): number {
  const { inputTokens, prefixBlockTokens: each, hitTokens } = request
  if (request.prefixBlocks === 0 || replica.prefixes === undefined)
    return Math.min(hitTokens, inputTokens - 1)
  const whole = Math.min(request.prefixBlocks, Math.floor((inputTokens - 1) / each))
  let found = 0
  while (found < whole && entries.has(request.prefixBlock(found))) found++
  return found * each
}

const OTHERS: readonly Feature[] = [
  'order',
  'chunk budget',
  'max prefills',
  'swap',
  'slots',
  'pace',
  'clients',
]
/** They see nothing that is told late, so that runs are the same whatever is. */
const BLIND = ['random', 'round-robin', 'least-requests', 'least-tokens']

function scenario(seed: number, flavour: Flavour) {
  const others = OTHERS.filter((_, i) => ((seed * 2654435761) >>> i) % 4 === 0)
  return scenarioOf(seed, flavour, ['prefix cache', ...others])
}

/** A random fleet as a router sees it that is told late of everything, beside what a naive one has in mind. */
async function compare(seed: number, flavour: Flavour, every: number, lag: number): Promise<number> {
  const choice = { name: BLIND[seed % BLIND.length] }
  const { course, name } = await scenario(seed, flavour)
  const { result } = await runFast((await scenario(seed, flavour)).course, choice)
  // Some wait for hours.
  const unitS = Math.max(course.slo.ttftS / 20, result.endS / 5000)
  const everyS = every * unitS
  const [load, kv, cache] = [1, 2, 3].map(lags => ({ everyS, lagS: lags * lag * unitS }))
  const eager = new EagerSampler(everyS)
  sampler = eager
  await runFast(course, choice)
  sampler = undefined
  const fresh: string[] = []
  let late = 0
  const check = (request: RequestView, cluster: ClusterView, id: number) => {
    const known = ({ lagS }: { readonly lagS: number }) =>
      eager.known[refreshAt(cluster.nowS - lagS, everyS)]?.[id] ?? idle(eager.replicas[id])
    const wanted = [
      ...known(load).counts,
      known(kv).freeTokens,
      hits(eager.replicas[id], request, known(cache).entries),
    ]
    const told = all(cluster, request, id)
    if (String(told) !== String(wanted))
      expect(told, `${name}, replica ${id} at ${cluster.nowS}`).toEqual(wanted)
    if (String(told) !== fresh.shift()) late++
  }
  const eachOf = (cluster: ClusterView, then: (id: number) => void) => {
    for (let id = 0; id < cluster.replicas; id++) then(id)
  }
  const noting = watched(choice, (request, cluster) =>
    eachOf(cluster, id => fresh.push(String(all(cluster, request, id)))),
  )
  const { rows } = await runFast((await scenario(seed, flavour)).course, noting)
  const checking = watched(choice, (request, cluster) => eachOf(cluster, id => check(request, cluster, id)))
  const signals = { load, kv, cache }
  const again = await runFast({ ...(await scenario(seed, flavour)).course, signals }, checking)
  expect(again.rows, name).toEqual(rows)
  return late
}

/** All that may be told late. */
function all(cluster: ClusterView, request: RequestView, id: number): number[] {
  return [
    cluster.waitingRequests(id),
    cluster.runningRequests(id),
    cluster.pendingPrefillTokens(id),
    cluster.waitingKvTokens(id),
    cluster.kvFreeTokens(id),
    cluster.prefixHitTokens(id, request),
  ]
}

describe.each(['continuous', 'dyadic'] as const)('in random fleets, %s times', flavour => {
  test.each([
    ['at short intervals', 0.5, 0],
    ['at long intervals', 16, 0],
    ['at short intervals, and later', 0.5, 5],
    ['at long intervals, and later', 8, 3],
  ])('a router told %s knows what one does that looks at every refresh', async (_, every, lag) => {
    let late = 0
    for (let seed = 0; seed < 12; seed++) late += await compare(seed, flavour, every, lag)
    expect(late).toBeGreaterThan(100)
  })
})
