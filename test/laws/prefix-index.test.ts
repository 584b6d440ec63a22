import { expect, test } from 'vitest'
import { below, stream } from '../../src/core/random.ts'
import type { PolicySetup } from '../../src/routing/contract.ts'
import { type PolicyEntry, policyNamed } from '../../src/routing/registry.ts'
import { type PolicyChoice, simulate } from '../../src/simulate.ts'
import { type Feature, type Scenario, scenarioNamed, scenarioOf } from './features.ts'
import { seeds } from './seeds.ts'
import { viewsOf, watched } from './watched.ts'

/* One index over a fleet's prefix caches answers what the caches themselves do. */

const OTHERS: readonly Feature[] = ['models', 'roles', 'order', 'swap', 'pace', 'sessions', 'clients']

/** The same policy, which asks for the index at its decision number `from`; 0 at set-up. */
function indexed(choice: PolicyChoice, from: number): PolicyChoice {
  const entry = choice.entry ?? policyNamed(choice.name)
  const asking = <R, C>(make: (setup: PolicySetup) => (request: R, cluster: C) => number) => {
    return (setup: PolicySetup) => {
      let decisions = 0
      if (from === 0) setup.indexPrefixes()
      const policy = make(setup)
      return (request: R, cluster: C) => {
        if (++decisions === from) setup.indexPrefixes()
        return policy(request, cluster)
      }
    }
  }
  const wrapped: PolicyEntry =
    'make' in entry ? { ...entry, make: asking(entry.make) } : { ...entry, oracle: asking(entry.oracle) }
  return { ...choice, entry: wrapped }
}

interface Seen {
  readonly views: number[]
  readonly hits: number
}

/** All that is seen at every decision, and how many prompt tokens caches hold in all of them. */
async function seen({ course }: Scenario, choice: PolicyChoice): Promise<Seen> {
  const views: number[] = []
  let hits = 0
  const watching = watched(choice, (request, cluster) => {
    views.push(...viewsOf(cluster, request))
    for (let replica = 0; replica < cluster.replicas; replica++)
      hits += cluster.prefixHitTokens(replica, request)
  })
  await simulate(course, watching)
  return { views, hits }
}

/** What a few replicas hold, others at every decision: those not asked owe what they owe. */
async function seenOfFew({ course }: Scenario, choice: PolicyChoice): Promise<Seen> {
  const random = stream(course.seed, 'asked')
  const views: number[] = []
  let hits = 0
  const watching = watched(choice, (request, cluster) => {
    for (let question = 0; question < 3; question++) {
      const replica = below(random, cluster.replicas)
      const tokens = cluster.prefixHitTokens(replica, request)
      views.push(replica, tokens)
      hits += tokens
    }
  })
  await simulate(course, watching)
  return { views, hits }
}

test.each([
  { told: 'all replicas', from: 'set-up', decision: 0, look: seen },
  { told: 'all replicas', from: 'a decision at which caches are full', decision: 25, look: seen },
  { told: 'a few replicas', from: 'set-up', decision: 0, look: seenOfFew },
])('of $told, asked for from $from on, in random fleets', async ({ decision, look }) => {
  let hits = 0
  for (const seed of seeds(80)) {
    const others = OTHERS.filter((_, i) => ((seed * 2654435761) >>> i) % 5 === 0)
    const flavour = seed % 2 === 0 ? 'continuous' : 'dyadic'
    const scenario = await scenarioOf(seed, flavour, ['prefix cache', ...others])
    const { course, choice, name } = scenario
    const own = await look(scenario, choice)
    // Made anew: paces and compiled models remember.
    const again = await scenarioNamed(name)
    expect(again.course.seed).toBe(course.seed)
    expect(await look(again, indexed(again.choice, decision)), name).toEqual(own)
    hits += own.hits
  }
  expect(hits).toBeGreaterThan(10_000)
})
