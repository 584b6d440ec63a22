import { below, exponential, type Random, stream } from '../../src/core/random.ts'
import { Linear } from '../../src/latency/linear.ts'
import { type PolicyChoice, simulate } from '../../src/simulate.ts'
import { mean } from '../../src/statistics/moments.ts'
import { quantileOf } from '../../src/statistics/quantile.ts'
import { erlangC, leastWorkLeft } from '../queueing/central.ts'
import { type Queue, queueCourse } from '../queueing/replications.ts'

/*
 * Three servers and one stream of customers, each of whom brings the length of its own service, of exponential law with
 * mean 1 s. Sent where the least work is left, they meet M/M/3; sent anywhere at random, three times M/M/1.
 */

export const SERVERS = 3
/** The mean length of service, so long that whole tokens are as good as any number. */
const TOKENS = 2 ** 16

/** How long a replication is: customers that are cut from the front, and those that count. */
export interface Run {
  readonly load: number
  readonly warmUp: number
  readonly customers: number
}

/** Seconds from arrival to end: what customers of a replication met, or what they would in an endless one. */
export interface Sojourn {
  readonly meanS: number
  readonly p99S: number
}

export interface Replication {
  readonly split: Sojourn
  readonly central: Sojourn
}

const serviceTokens = (random: Random) => Math.ceil(exponential(random, TOKENS))
const splitting = (seed: number) => stream(seed, 'queueing/split')

/** A replication run by Regatta; `splitSeed` is for another chance of the split against the same customers. */
export async function simulated(run: Run, seed: number, splitSeed = seed): Promise<Replication> {
  const split = () => {
    const random = splitting(splitSeed)
    return () => below(random, SERVERS)
  }
  return {
    split: await simulatedBy({ name: 'split', entry: { about: 'anywhere', make: split } }, run, seed),
    central: await simulatedBy({ name: 'central', entry: leastWorkLeft(1 / TOKENS) }, run, seed),
  }
}

async function simulatedBy(policy: PolicyChoice, run: Run, seed: number): Promise<Sojourn> {
  const sojournS = new Float64Array(run.customers)
  let ended = 0
  await simulate(queueCourse(queueAt(run.load), seed, run.warmUp + run.customers), policy, {
    onEnd(id, requests) {
      if (requests.ordinal[id] >= run.warmUp) sojournS[ended++] = requests.endS[id] - requests.arrivalS[id]
    },
  })
  return { meanS: mean(sojournS), p99S: quantileOf(sojournS.sort(), 0.99) }
}

function queueAt(load: number): Queue {
  return {
    servers: SERVERS,
    places: 1,
    arrivalsPerS: load * SERVERS,
    lengths: random => ({ inputTokens: serviceTokens(random), outputTokens: 1 }),
    latency: () => new Linear({ stepS: 0, tokenS: 1 / TOKENS, contextTokenS: 0 }),
  }
}

/** The same replication by Lindley's and by Kiefer and Wolfowitz's recursions, some ten times as fast. */
export function recurred(run: Run, seed: number, splitSeed = seed): Replication {
  const [gaps, sizes, random] = [
    stream(seed, 'queueing/gaps'),
    stream(seed, 'queueing/sizes'),
    splitting(splitSeed),
  ]
  const [splitS, centralS] = [new Float64Array(run.customers), new Float64Array(run.customers)]
  const [splitFreeS, centralFreeS] = [new Float64Array(SERVERS), new Float64Array(SERVERS)]
  let arrivalS = 0
  for (let i = -run.warmUp; i < run.customers; i++) {
    if (i > -run.warmUp) arrivalS += exponential(gaps, 1 / (run.load * SERVERS))
    const serviceS = serviceTokens(sizes) / TOKENS
    const inSplitS = serve(splitFreeS, below(random, SERVERS), arrivalS, serviceS)
    const inCentralS = serve(centralFreeS, leastOf(centralFreeS), arrivalS, serviceS)
    if (i < 0) continue
    splitS[i] = inSplitS
    centralS[i] = inCentralS
  }
  return {
    split: sojournOf(splitS, splitTruth(run.load)),
    central: sojournOf(centralS, centralTruth(run.load)),
  }
}

function serve(freeS: Float64Array, server: number, arrivalS: number, serviceS: number): number {
  freeS[server] = Math.max(freeS[server], arrivalS) + serviceS
  return freeS[server] - arrivalS
}

function leastOf(freeS: Float64Array): number {
  let least = 0
  for (let server = 1; server < freeS.length; server++) if (freeS[server] < freeS[least]) least = server
  return least
}

/** Sorts only what may be as large as the p99; that of all where it turns out to be smaller. */
function sojournOf(sojournS: Float64Array, { p99S }: Sojourn): Sojourn {
  const longS = sojournS.filter(s => s > p99S / 2).sort()
  const rank = 0.99 * (sojournS.length - 1) - (sojournS.length - longS.length)
  const found =
    rank < 0 ? quantileOf(sojournS.slice().sort(), 0.99) : quantileOf(longS, rank / (longS.length - 1))
  return { meanS: mean(sojournS), p99S: found }
}

/** M/M/1: exponential with the mean 1 / (1 - load). */
export function splitTruth(load: number): Sojourn {
  return { meanS: 1 / (1 - load), p99S: Math.log(100) / (1 - load) }
}

/** M/M/3: Erlang's C wait, for an exponential time, before the service. */
export function centralTruth(load: number): Sojourn {
  const waits = erlangC(SERVERS, load)
  const rate = SERVERS * (1 - load)
  const tail = (s: number) => Math.exp(-s) + (waits * (Math.exp(-rate * s) - Math.exp(-s))) / (1 - rate)
  return { meanS: 1 + waits / rate, p99S: whereFalling(tail, 0.01) }
}

/** Where a falling function of what is at most 1,000 has this value. */
function whereFalling(of: (x: number) => number, value: number): number {
  let [low, high] = [0, 1000]
  for (let round = 0; round < 60; round++) {
    const middle = (low + high) / 2
    if (of(middle) > value) low = middle
    else high = middle
  }
  return low
}
