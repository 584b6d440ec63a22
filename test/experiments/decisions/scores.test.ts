import { expect, test } from 'vitest'
import { explain } from '../../../src/experiments/decisions/explain.ts'
import type { Candidate } from '../../../src/results/decision.ts'
import { compositionEntry } from '../../../src/routing/composition/composed.ts'
import type { PolicyChoice } from '../../../src/simulate.ts'
import { mixedScenario, preparedOf } from '../scenarios.ts'

const { course } = await preparedOf(mixedScenario({ requests: 200 }))

async function candidatesOf(choice: PolicyChoice): Promise<(readonly Candidate[])[]> {
  return (await explain(course, choice, { decisions: 6 })).map(({ candidates }) => candidates)
}

function chosen(candidates: readonly Candidate[]): Candidate {
  return candidates.find(({ isChosen }) => isChosen)!
}

test.each<[string, (candidate: Candidate) => number]>([
  ['least-expected-latency', ({ expectedE2eS }) => expectedE2eS],
  ['min-ttft', ({ expectedTtftS }) => expectedTtftS],
  ['vllm-dp', ({ outstandingRequests, runningRequests }) => 4 * outstandingRequests - 3 * runningRequests],
  ['cost-greedy', ({ expectedUsd }) => expectedUsd],
  ['energy-greedy', ({ expectedJoules }) => expectedJoules],
])('%s tells what it takes the least of', async (name, score) => {
  for (const candidates of await candidatesOf({ name })) {
    expect(candidates.map(each => each.score)).toEqual(candidates.map(score))
    expect(candidates.map(each => each.isChosen)).toContain(true)
  }
})

test.each(['least-expected-latency', 'min-ttft', 'vllm-dp', 'kv-cost', 'least-kv'])(
  'what %s chose scores least',
  async name => {
    for (const candidates of await candidatesOf({ name }))
      expect(chosen(candidates).score).toBe(Math.min(...candidates.map(({ score }) => score)))
  },
)

test('a composition tells the scores of those that its filters leave, and chooses the highest', async () => {
  const entry = compositionEntry({
    filters: [{ name: 'label-selector-filter', options: {}, labels: { kind: 'big' } }],
    scorers: [
      { name: 'queue-scorer', options: {}, weight: 1 },
      { name: 'expected-e2e', options: {}, weight: 3 },
    ],
    picker: { name: 'max-score-picker', options: {} },
    whenNone: 'ignore-filters',
  })
  for (const candidates of await candidatesOf({ name: 'mine', entry })) {
    const left = candidates.filter(({ kind }) => kind === 'big')
    expect(candidates.filter(({ score }) => !Number.isNaN(score))).toEqual(left)
    expect(chosen(candidates).score).toBe(Math.max(...left.map(({ score }) => score)))
    const fastestS = Math.min(...left.map(({ expectedE2eS }) => expectedE2eS))
    const fewest = Math.min(...left.map(({ waitingRequests }) => waitingRequests))
    const most = Math.max(...left.map(({ waitingRequests }) => waitingRequests))
    for (const { score, expectedE2eS, waitingRequests } of left) {
      const queue = most === fewest ? 1 : (most - waitingRequests) / (most - fewest)
      expect(score).toBeCloseTo(0.25 * queue + 0.75 * (fastestS / expectedE2eS), 12)
    }
  }
})

test.each(['random', 'round-robin', 'power-of-two'])('%s tells no scores', async name => {
  for (const candidates of await candidatesOf({ name }))
    expect(candidates.every(({ score }) => Number.isNaN(score))).toBe(true)
})

test("a user's policy may tell its own", async () => {
  const entry = {
    about: 'the last replica, and says how much it likes each',
    make: () => (_: unknown, cluster: { replicas: number; onScore?: unknown }) => {
      const tell = cluster.onScore as ((replica: number, score: number) => void) | undefined
      for (let replica = 0; replica < cluster.replicas; replica++) tell?.(replica, -replica)
      return cluster.replicas - 1
    },
  }
  for (const candidates of await candidatesOf({ name: 'mine', entry }))
    expect(candidates.map(({ score }) => -score)).toEqual(candidates.map(({ replica }) => replica))
})
