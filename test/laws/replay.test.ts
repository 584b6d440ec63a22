import { describe, expect, test } from 'vitest'
import { explain } from '../../src/experiments/decisions/explain.ts'
import { fateBy } from '../../src/experiments/decisions/fates.ts'
import { detourOf, looksAt } from '../../src/experiments/decisions/looks.ts'
import { recordingOf } from '../../src/experiments/decisions/recording.ts'
import { replayed } from '../../src/experiments/decisions/replay.ts'
import { routedBy, routersOf } from '../../src/experiments/decisions/routers.ts'
import type { Course } from '../../src/fleet/course.ts'
import type { GatewaySpec } from '../../src/gateway/contract.ts'
import { regretOf } from '../../src/results/regret.ts'
import type { RunResult } from '../../src/results/run-result.ts'
import { type ClusterView, type PolicyFactory, REJECT, WAIT } from '../../src/routing/contract.ts'
import type { PolicyEntry } from '../../src/routing/registry.ts'
import type { Flavour } from './courses.ts'
import { runFast } from './fast.ts'
import { type OpenScenario, scenarioOf, someFeatures } from './features.ts'
import { seeds } from './seeds.ts'

const FLAVOURS: readonly Flavour[] = ['continuous', 'dyadic']
const scenarioFor = (seed: number, flavour: Flavour) => scenarioOf(seed, flavour, someFeatures(seed))

/** Some requests that were decided on. */
async function someOf({ course, choice }: OpenScenario, count: number) {
  const recording = await recordingOf(course, choice)
  const { numbers } = recording
  const every = Math.max(1, Math.floor(numbers.length / count))
  return { recording, numbers: numbers.filter((_, i) => i % every === 0).slice(0, count) }
}

/** All but how far off the policy was in what it expected. */
function unpredicted({ predictions: _, ...result }: RunResult): object {
  return result
}

function behindGateway(course: Course, seed: number): Course {
  const { ttftS } = course.slo
  const gateway: GatewaySpec = {
    admission: [],
    ...(seed % 3 === 0 && { room: course.replicas.map(() => 2 + (seed % 5)) }),
    ...(seed % 4 < 2 && { retries: { most: 2, backoffS: ttftS / 16, growth: 2 } }),
    ...(seed % 5 < 2 && course.handoff === undefined && { timeoutS: ttftS }),
    ...(seed % 7 < 2 && course.handoff === undefined && { hedgeAfterS: ttftS / 4 }),
    ...(seed % 3 === 1 && { timeToLiveS: { standard: ttftS / 2 } }),
    ...(seed % 11 < 3 && { router: { decisionS: ttftS / 512, perReplicaS: 0, servers: 2 } }),
  }
  // Whose prompt is computed cannot be told to wait.
  const policy = { name: 'random', options: {} }
  const { handoff } = course
  return { ...course, gateway, ...(handoff && { handoff: { ...handoff, policy } }) }
}

/** Has some requests wait for others to end, some for a time, and sends the others round. */
function hesitant(delayS: number): PolicyEntry {
  const make: PolicyFactory = ({ askAgainAt }) => {
    const asked = new Map<number, number>()
    return ({ number }, cluster) => {
      const { nowS, replicas } = cluster
      const times = (asked.get(number) ?? 0) + 1
      asked.set(number, times)
      if (number % 3 === 1 && times < 3) {
        askAgainAt(nowS + delayS * times)
        return WAIT
      }
      if (number % 7 === 2 && times < 2 && isBusy(cluster)) return WAIT
      return number % 13 === 5 ? REJECT : (number + times) % replicas
    }
  }
  return { about: 'hesitates', waits: true, make }
}

/** Whether some request will end. */
function isBusy(cluster: ClusterView): boolean {
  for (let id = 0; id < cluster.replicas; id++) if (cluster.outstandingRequests(id) > 0) return true
  return false
}

describe.each(FLAVOURS)('%s times', flavour => {
  test('a run whose decisions are replayed is the run itself, bit for bit', async () => {
    for (const seed of seeds(40)) {
      const { name, course, choice } = await scenarioFor(seed, flavour)
      const live = await runFast(course, choice)
      const recording = await recordingOf(course, choice)
      const again = await runFast(...routedBy(course, choice, replayed(routersOf(course, choice), recording)))
      expect(again.rows, name).toEqual(live.rows)
      expect(unpredicted(again.result), name).toEqual(unpredicted(live.result))
    }
  })

  test('the same where a gateway holds, refuses, retries and hedges requests, and the policy has some wait', async () => {
    for (const seed of seeds(30)) {
      const base = await scenarioFor(seed, flavour)
      const course = behindGateway(base.course, seed)
      const choice =
        seed % 2 === 0 ? base.choice : { name: 'hesitant', entry: hesitant(course.slo.ttftS / 40) }
      const live = await runFast(course, choice)
      const recording = await recordingOf(course, choice)
      const again = await runFast(...routedBy(course, choice, replayed(routersOf(course, choice), recording)))
      expect(again.rows, base.name).toEqual(live.rows)
      expect(unpredicted(again.result), base.name).toEqual(unpredicted(live.result))
    }
  })

  test('sent where it was sent, a request has the fate that it had, bit for bit', async () => {
    for (const seed of seeds(20)) {
      const scenario = await scenarioFor(seed, flavour)
      const { name, course, choice } = scenario
      const { recording, numbers } = await someOf(scenario, 4)
      for (const look of await looksAt(course, choice, recording, numbers)) {
        const fate = await fateBy(course, choice, recording, detourOf(look, look.chosen))
        expect(fate, `${name}, request ${look.question.number}`).toEqual(look.fate)
      }
    }
  })

  test('what is found does not depend on whether runs are stepped', async () => {
    for (const seed of seeds(6)) {
      const { name, course, choice } = await scenarioFor(seed, flavour)
      const found = await explain(course, choice, { decisions: 3 })
      expect(await explain(course, choice, { decisions: 3, stepByStep: true }), name).toEqual(found)
    }
  })

  test('the chosen are among the candidates, regret is never below 0, and some candidate has none', async () => {
    for (const seed of seeds(20)) {
      const { name, course, choice } = await scenarioFor(seed, flavour)
      for (const { fate, candidates } of await explain(course, choice, { decisions: 3 })) {
        const fates = candidates.map(candidate => candidate.fate)
        expect(candidates.filter(({ isChosen }) => isChosen).map(chosen => chosen.fate)).toEqual([fate])
        const regrets = fates.map(each => regretOf(each, fates).e2eS).filter(e2eS => !Number.isNaN(e2eS))
        if (regrets.length > 0) expect(Math.min(...regrets), name).toBe(0)
      }
    }
  })
})
