import { describe, expect, test } from 'vitest'
import { Answers } from '../../../src/experiments/decisions/answers.ts'
import { type Detour, replaying } from '../../../src/experiments/decisions/replay.ts'
import { type PolicySetup, REJECT, type RequestView, WAIT } from '../../../src/routing/contract.ts'
import type { PolicyEntry } from '../../../src/routing/registry.ts'
import { FakeCluster, GPU } from '../../routing/fake-cluster.ts'

const waiting: PolicyEntry = { about: 'waits', waits: true, make: () => () => WAIT }

/** The policy that replays the answers, the fleet it sees, and the times at which it wanted to be asked again. */
function replayed(answers: Answers, detour?: Detour) {
  const cluster = new FakeCluster([GPU, GPU, GPU])
  const againS: number[] = []
  const setup: PolicySetup = { ...cluster.setup(), askAgainAt: timeS => againS.push(timeS) }
  const entry = replaying(waiting, [answers], detour)
  if (!('make' in entry)) throw new Error('it is no oracle')
  const policy = entry.make(setup)
  const ask = (number: number, nowS = 0) => {
    cluster.nowS = nowS
    return policy({ number } as RequestView, cluster)
  }
  return { ask, cluster, againS, entry }
}

function answersOf(
  ...told: readonly [number: number, replica: number, atS?: number, againS?: number][]
): Answers {
  const answers = new Answers()
  for (const [number, replica, atS = 0, againS = Number.NaN] of told)
    answers.add(number, replica, atS, againS)
  return answers
}

test('answers go by the number of the request, in whatever order they are asked for', () => {
  const { ask } = replayed(answersOf([0, 2], [1, 0], [2, REJECT]))
  expect([2, 0, 1].map(number => ask(number))).toEqual([REJECT, 2, 0])
})

test('what was asked about more than once is answered in order, and the last answer again from then on', () => {
  const { ask } = replayed(answersOf([0, 1], [7, 0], [0, 2]))
  expect([ask(0), ask(7), ask(0), ask(0)]).toEqual([1, 0, 2, 2])
})

describe('who waited', () => {
  test('for others to end waits until the time at which it was sent, whenever asked', () => {
    const told = answersOf([0, WAIT, 1], [0, WAIT, 3], [0, 1, 5])
    const same = replayed(told)
    expect([1, 3, 5].map(nowS => same.ask(0, nowS))).toEqual([WAIT, WAIT, 1])
    expect(same.againS).toEqual([])
    const other = replayed(told)
    expect([1, 2, 2.5, 4, 4.5, 5].map(nowS => other.ask(0, nowS))).toEqual([WAIT, WAIT, WAIT, WAIT, WAIT, 1])
    // Nothing need end then.
    expect(other.againS).toEqual([5, 5])
  })

  test('once more at the same instant is told so once more', () => {
    const { ask } = replayed(answersOf([0, WAIT, 1], [0, WAIT, 1], [0, 2, 1]))
    expect([1, 1, 1].map(nowS => ask(0, nowS))).toEqual([WAIT, WAIT, 2])
  })

  test('until a time waits until that time', () => {
    const told = answersOf([0, WAIT, 1, 4], [0, WAIT, 4, 6], [0, 1, 6])
    const same = replayed(told)
    expect([1, 4, 6].map(nowS => same.ask(0, nowS))).toEqual([WAIT, WAIT, 1])
    expect(same.againS).toEqual([4, 6])
    const late = replayed(told)
    expect([5, 6].map(nowS => late.ask(0, nowS))).toEqual([WAIT, 1])
    expect(late.againS).toEqual([6])
  })

  test('and was never sent waits for ever', () => {
    const { ask, againS } = replayed(answersOf([0, WAIT, 1]))
    expect([0, 1, 9].map(nowS => ask(0, nowS))).toEqual([WAIT, WAIT, WAIT])
    expect(againS).toEqual([])
  })
})

test('a detour changes one answer', () => {
  const told = answersOf([0, 1], [1, 0], [0, 2])
  const { ask } = replayed(told, { number: 0, replica: 0, instead: told.firstOf(0)!.next! })
  expect([ask(0), ask(1), ask(0)]).toEqual([1, 0, 0])
})

test('who was never asked about goes to the fewest requests', () => {
  const { ask, cluster } = replayed(answersOf([0, 1]))
  cluster.load(0, 1, 2)
  cluster.load(1, 0, 2)
  cluster.load(2, 5, 0)
  expect(ask(3)).toBe(1)
})

test('it may wait, and is told what few workloads say, if the policy may and is', () => {
  const { entry } = replayed(answersOf())
  expect(entry).toMatchObject({ waits: true })
  expect(entry).not.toHaveProperty('readsNotes')
  const reading: PolicyEntry = { about: 'reads', readsNotes: true, make: () => () => 0 }
  expect(replaying(reading, [answersOf()])).toMatchObject({ readsNotes: true })
  expect(replaying(reading, [answersOf()])).not.toHaveProperty('waits')
})
