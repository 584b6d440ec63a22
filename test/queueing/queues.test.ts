import { describe, expect, test } from 'vitest'
import type { Batcher } from '../../src/batching/contract.ts'
import { dynamic } from '../../src/batching/dynamic.ts'
import { exponential, normal, type Random } from '../../src/core/random.ts'
import type { LatencyModel } from '../../src/latency/contract.ts'
import { Exponential } from '../../src/latency/exponential.ts'
import { Fixed } from '../../src/latency/fixed.ts'
import { Linear } from '../../src/latency/linear.ts'
import { Samples } from '../../src/latency/samples.ts'
import type { PolicyEntry } from '../../src/routing/registry.ts'
import { erlangC, leastWorkLeft } from './central.ts'
import { type Met, offBy, type Queue, replications } from './replications.ts'

/*
 * Queues whose mean waits are known in closed form, at a mean service time of 1 s. A request of one output token
 * is one step, so a replica with one place is a server.
 */

const TOKENS = 2000
const TOKEN_S = 1 / TOKENS

/** A service time of exponential law, as a length of prompt. */
const exponentialTokens = (random: Random) => Math.ceil(exponential(random, TOKENS))

const SIGMA = 0.8
const lognormalTokens = (random: Random) =>
  Math.max(1, Math.round(TOKENS * Math.exp(SIGMA * normal(random) - SIGMA ** 2 / 2)))

const perToken = (tokenS: number) => new Linear({ stepS: 0, tokenS, contextTokenS: 0 })

interface Law {
  readonly name: string
  readonly servers: number
  readonly latency: (key: number, slower: number) => LatencyModel
  readonly tokens?: (random: Random) => number
  readonly policy?: PolicyEntry
  readonly batcher?: Batcher
  /** Customers that a server takes in at once; 1 by default. */
  readonly places?: number
  /** Mean seconds in the queue at this load. */
  readonly waitS: (load: number) => number
  /** Share of the customers that wait. */
  readonly waited: (load: number) => number
  /** Share of the time that a server works; the load by default. */
  readonly busy?: (load: number) => number
}

const central = (servers: number): Law => ({
  name: `M/M/${servers}`,
  servers,
  latency: (_, slower) => perToken(TOKEN_S * slower),
  tokens: exponentialTokens,
  policy: leastWorkLeft(TOKEN_S),
  waitS: load => erlangC(servers, load) / (servers * (1 - load)),
  waited: load => erlangC(servers, load),
})

const LAWS: Law[] = [
  {
    name: 'M/M/1',
    servers: 1,
    latency: (key, slower) => new Exponential({ meanS: slower, key }),
    waitS: load => load / (1 - load),
    waited: load => load,
  },
  {
    name: 'M/D/1',
    servers: 1,
    latency: (_, slower) => new Fixed({ stepS: slower }),
    waitS: load => load / (2 * (1 - load)),
    waited: load => load,
  },
  {
    name: 'M/D/1, dynamic batches of one sample',
    servers: 1,
    batcher: dynamic,
    latency: (_, slower) => new Samples({ fixedS: 0, computeS: slower }),
    waitS: load => load / (2 * (1 - load)),
    waited: load => load,
  },
  {
    // Who comes during a batch is in the next one, half a batch later on average; who comes to none waits for nobody.
    name: 'M/D/1, dynamic batches of any size',
    servers: 1,
    places: 1000,
    batcher: dynamic,
    latency: (_, slower) => new Samples({ fixedS: slower, computeS: 0 }),
    waitS: load => load / (2 * (load + Math.exp(-load))),
    waited: load => load / (load + Math.exp(-load)),
    busy: load => load / (load + Math.exp(-load)),
  },
  {
    name: 'M/G/1, lognormal (Pollaczek and Khinchine)',
    servers: 1,
    latency: (_, slower) => perToken(TOKEN_S * slower),
    tokens: lognormalTokens,
    waitS: load => (load * Math.exp(SIGMA ** 2)) / (2 * (1 - load)),
    waited: load => load,
  },
  central(2),
  central(5),
]

function queueOf(law: Law, load: number, slower = 1): Queue {
  const { servers, policy, tokens, batcher, places = 1 } = law
  return {
    servers,
    places,
    arrivalsPerS: load * servers,
    lengths: random => ({ inputTokens: tokens?.(random) ?? 1, outputTokens: 1 }),
    latency: key => law.latency(key, slower),
    ...(policy && { policy }),
    ...(batcher && { batcher }),
  }
}

function of(met: readonly Met[], measure: keyof Met): number[] {
  return met.map(it => it[measure])
}

describe.each(LAWS)('$name', law => {
  test.each([0.5, 0.8])('waits as the formula says at load %d', async load => {
    const met = await replications(queueOf(law, load))
    expect(offBy(of(met, 'waitS'), law.waitS(load)), 'mean wait').toBeLessThan(1)
    expect(offBy(of(met, 'sojournS'), law.waitS(load) + 1), 'mean time there').toBeLessThan(1)
    expect(offBy(of(met, 'waited'), law.waited(load)), 'share that waits').toBeLessThan(1)
    expect(offBy(of(met, 'busy'), (law.busy ?? (it => it))(load)), 'busy fraction').toBeLessThan(1)
  })
})

test.each(LAWS)('a service slower by 3 % would be noticed in $name', async law => {
  const met = await replications(queueOf(law, 0.8, 1.03))
  expect(offBy(of(met, 'waitS'), law.waitS(0.8))).toBeGreaterThan(1.5)
})

/*
 * A batch whose steps cost by the sequence shares its replica evenly: in the limit of many tokens it is processor
 * sharing, whose mean time in the system is that of M/M/1 whatever the law of the service.
 */
const OUTPUTS: [string, (random: Random) => number][] = [
  ['equal', () => TOKENS / 4],
  ['exponential', random => Math.ceil(exponentialTokens(random) / 4)],
  ['lognormal', random => Math.ceil(lognormalTokens(random) / 4)],
]

describe.each(OUTPUTS)('M/G/1-PS with %s outputs', (_, tokens) => {
  const sharing = (load: number, slower = 1): Queue => ({
    servers: 1,
    places: 2 ** 12,
    arrivalsPerS: load,
    lengths: random => ({ inputTokens: 1, outputTokens: tokens(random) }),
    latency: () => perToken((4 / TOKENS) * slower),
  })

  test.each([0.5, 0.8])('takes as long as the formula says at load %d', async load => {
    const met = await replications(sharing(load))
    expect(offBy(of(met, 'sojournS'), 1 / (1 - load))).toBeLessThan(1)
    expect(offBy(of(met, 'busy'), load)).toBeLessThan(1)
  })

  test('would be noticed if steps were slower by 3 %', async () => {
    expect(offBy(of(await replications(sharing(0.8, 1.03)), 'sojournS'), 5)).toBeGreaterThan(1.5)
  })
})
