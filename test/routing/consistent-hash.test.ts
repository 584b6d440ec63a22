import { describe, expect, it } from 'vitest'
import { deciding, fleet, SealedRequest } from './fake-cluster.ts'

type Notes = Partial<Pick<SealedRequest, 'session' | 'tenant' | 'blocks'>>

function of(notes: Notes): SealedRequest {
  return Object.assign(new SealedRequest(), { prefixBlockTokens: notes.blocks ? 512 : 0, ...notes })
}

const SESSIONS = 20_000

function replicasOfSessions(replicas: number, options = {}): number[] {
  const decide = deciding('consistent-hash', fleet(replicas), { options })
  return Array.from({ length: SESSIONS }, (_, session) => decide(of({ session })))
}

describe('consistent-hash', () => {
  it('keeps a session where it is, whatever the loads, its tenant and its prompts', () => {
    const cluster = fleet(16)
    const decide = deciding('consistent-hash', cluster)
    const home = decide(of({ session: 3 }))
    cluster.load(home, 1000, 64)
    for (let i = 0; i < 20; i++) expect(decide(of({ session: 3, tenant: i, blocks: [i] }))).toBe(home)
  })

  it('goes by the session, else the tenant, else the first block', () => {
    const decide = deciding('consistent-hash', fleet(1000))
    const session = decide(of({ session: 3, tenant: 4, blocks: [5] }))
    const tenant = decide(of({ tenant: 4, blocks: [5] }))
    const block = decide(of({ blocks: [5, 6] }))
    expect(decide(of({ session: 3 }))).toBe(session)
    expect(decide(of({ tenant: 4 }))).toBe(tenant)
    expect(decide(of({ blocks: [5, 7, 8] }))).toBe(block)
    expect(new Set([session, tenant, block]).size).toBe(3)
  })

  it('tells a session, a tenant and a block of one number apart', () => {
    const decide = deciding('consistent-hash', fleet(64))
    const together = Array.from({ length: 1000 }, (_, i) => {
      const [session, tenant, block] = [{ session: i }, { tenant: i }, { blocks: [i] }].map(n =>
        decide(of(n)),
      )
      return Number(session === tenant) + Number(tenant === block)
    })
    // Each pair agrees by chance once in 64: 31 of 2000, and five standard deviations of 5.5.
    expect(together.reduce((sum, agree) => sum + agree, 0)).toBeLessThan(31 + 28)
  })

  it('sends a request that tells none of them anywhere', () => {
    const decide = deciding('consistent-hash', fleet(4))
    const counts = [0, 0, 0, 0]
    for (let i = 0; i < 4000; i++) counts[decide(of({}))]++
    // Five standard deviations of 27.
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(137)
  })

  it('does not depend on the seed: two gateways agree', () => {
    const [one, other] = ['a', 'b'].map(seed => deciding('consistent-hash', fleet(9), { seed }))
    for (let session = 0; session < 500; session++) expect(one(of({ session }))).toBe(other(of({ session })))
  })

  it.each([4, 16, 64])(
    'balances sessions over %i replicas within the spread of 160 points each',
    replicas => {
      const counts = Array<number>(replicas).fill(0)
      for (const replica of replicasOfSessions(replicas)) counts[replica]++
      const mean = SESSIONS / replicas
      // Of a replica's arc, and of the sessions drawn into it: four standard deviations.
      const spread = 4 * Math.sqrt(1 / 160 + 1 / mean)
      expect(Math.max(...counts) / mean).toBeLessThan(1 + spread)
      expect(Math.min(...counts) / mean).toBeGreaterThan(1 - spread)
    },
  )

  it.each([1, 7, 31])(
    'moves about 1 in n sessions when a replica joins %i others, all of them to it',
    replicas => {
      const before = replicasOfSessions(replicas)
      const after = replicasOfSessions(replicas + 1)
      const moved = after.filter((replica, session) => replica !== before[session])
      expect(new Set(moved)).toEqual(new Set([replicas]))
      const share = 1 / (replicas + 1)
      expect(moved.length / SESSIONS / share).toBeGreaterThan(0.65)
      expect(moved.length / SESSIONS / share).toBeLessThan(1.35)
    },
  )

  it('takes the number of virtual nodes from its options', () => {
    const few = replicasOfSessions(8, { virtual_nodes: 1 })
    const many = replicasOfSessions(8, { virtual_nodes: 1024 })
    const largest = (chosen: number[]) =>
      Math.max(...fleet(8).kinds.map((_, replica) => chosen.filter(each => each === replica).length))
    expect(largest(few)).toBeGreaterThan(1.5 * largest(many))
  })
})
