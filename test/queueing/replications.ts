import jStat from 'jstat'
import type { ArrivalSource, Lengths } from '../../src/arrivals/contract.ts'
import { chunkedPrefill } from '../../src/batching/chunked-prefill.ts'
import type { Batcher } from '../../src/batching/contract.ts'
import { exponential, type Random, stream } from '../../src/core/random.ts'
import { ConstantEnergy } from '../../src/energy/constant.ts'
import type { Course } from '../../src/fleet/course.ts'
import type { LatencyModel } from '../../src/latency/contract.ts'
import type { ReplicaKind } from '../../src/replicas/contract.ts'
import type { PolicyEntry } from '../../src/routing/registry.ts'
import { type PolicyChoice, simulate } from '../../src/simulate.ts'
import { courseOf } from '../laws/courses.ts'

/** A queue as a fleet: Poisson arrivals, servers that are replicas. */
export interface Queue {
  readonly servers: number
  /** Requests that one server takes in at once. */
  readonly places: number
  readonly arrivalsPerS: number
  readonly lengths: (random: Random) => Lengths
  /** The model of a server in a replication with this key. */
  readonly latency: (key: number) => LatencyModel
  readonly policy?: PolicyEntry
  /** `chunkedPrefill` by default. */
  readonly batcher?: Batcher
}

/** What customers of one replication met, on average, and the share of the servers' time that was used. */
export interface Met {
  readonly waitS: number
  readonly waited: number
  readonly sojournS: number
  readonly busy: number
}

const CUSTOMERS = 20_000
const WARM_UP = 2_000
const REPLICATIONS = 20

function poisson(queue: Queue, seed: number, customers: number): ArrivalSource {
  const gaps = stream(seed, 'queueing/gaps')
  const sizes = stream(seed, 'queueing/sizes')
  let sent = 0
  let arrivalS = 0
  return {
    classes: ['any'],
    fill(block) {
      block.length = 0
      while (sent < customers && block.length < block.capacity) {
        if (sent++ > 0) arrivalS += exponential(gaps, 1 / queue.arrivalsPerS)
        const { inputTokens, outputTokens } = queue.lengths(sizes)
        block.push(arrivalS, inputTokens, outputTokens, 0, 0)
      }
    },
    close() {},
  }
}

function kindOf(queue: Queue, key: number): ReplicaKind {
  const latency = queue.latency(key)
  return {
    name: 'server',
    deviceKind: 'gpu',
    devices: 1,
    latency,
    energy: new ConstantEnergy({ idleWatts: 1, busyWatts: 2 }),
    batcher: queue.batcher ?? chunkedPrefill,
    tokenBudget: 2 ** 24,
    maxSequences: queue.places,
    maxModelLen: 2 ** 24,
    kvBlocks: 2 ** 20,
    blockTokens: 1024,
    watermarkBlocks: 0,
    frontEndS: 0,
    usdPerHour: 1,
    saturationRequestsPerS: 1,
    saturationTokensPerS: 1,
  }
}

/** One replication of a queue. */
export function queueCourse(queue: Queue, seed: number, customers: number): Course {
  return courseOf([kindOf(queue, seed)], [], {
    seed,
    replicas: new Array<number>(queue.servers).fill(0),
    arrivals: () => poisson(queue, seed, customers),
    sampleS: 1e9,
  })
}

async function replication(queue: Queue, seed: number): Promise<Met> {
  const course = queueCourse(queue, seed, CUSTOMERS)
  const choice: PolicyChoice = queue.policy ? { name: 'own', entry: queue.policy } : { name: 'round-robin' }
  let customers = 0
  let waitS = 0
  let waited = 0
  let sojournS = 0
  const { replicas, windowS } = await simulate(course, choice, {
    onEnd: (id, requests) => {
      if (requests.ordinal[id] < WARM_UP) return
      customers++
      waitS += requests.admittedS[id] - requests.arrivalS[id]
      if (requests.admittedS[id] > requests.arrivalS[id]) waited++
      sojournS += requests.endS[id] - requests.arrivalS[id]
    },
  })
  const busyS = replicas.reduce((sum, replica) => sum + replica.busyS, 0)
  return {
    waitS: waitS / customers,
    waited: waited / customers,
    sojournS: sojournS / customers,
    busy: busyS / (windowS * queue.servers),
  }
}

/** Every replication of a queue, one seed each. */
export async function replications(queue: Queue): Promise<Met[]> {
  const met: Met[] = []
  for (let seed = 1; seed <= REPLICATIONS; seed++) met.push(await replication(queue, seed))
  return met
}

/** How far the mean of the replications is from the truth, as a share of the half-width of its 99 % interval. */
export function offBy(values: readonly number[], truth: number): number {
  const count = values.length
  const mean = values.reduce((sum, value) => sum + value, 0) / count
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1)
  return Math.abs(mean - truth) / (jStat.studentt.inv(0.995, count - 1) * Math.sqrt(variance / count))
}
