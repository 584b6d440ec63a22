import { describe, expect, test } from 'vitest'
import { BEGINS, Calendar, DECISIONS, ENDS, type Phase } from '../../src/core/calendar.ts'
import { run } from '../../src/core/loop.ts'
import { below, stream } from '../../src/core/random.ts'

interface Slot {
  readonly actor: number
  readonly timeS: number
  readonly phase: Phase
}

/** The same promise, kept by sorting. */
function sorted(slots: readonly Slot[]): Slot[] {
  return slots.toSorted((a, b) => a.timeS - b.timeS || a.phase - b.phase || a.actor - b.actor)
}

const PHASES = [ENDS, DECISIONS, BEGINS] as const

describe.each([1, 2, 3, 7, 8, 9, 67, 1027])('a calendar of %i actors', actors => {
  test('gives what a sorted list gives, through any moves and sleeps', () => {
    const random = stream(actors, 'calendar')
    const calendar = new Calendar(actors)
    const slots = new Map<number, Slot>()
    expect(calendar.due()).toBe(false)
    for (let turn = 0; turn < 3000; turn++) {
      const actor = below(random, actors)
      if (random() < 0.2) {
        calendar.sleep(actor)
        slots.delete(actor)
      } else {
        const slot = { actor, timeS: calendar.nowS + below(random, 5) / 4, phase: PHASES[below(random, 3)] }
        calendar.schedule(actor, slot.timeS, slot.phase)
        slots.set(actor, slot)
      }
      if (random() < 0.5) continue
      const [first, second] = sorted([...slots.values()])
      expect(calendar.due()).toBe(first !== undefined)
      if (first === undefined) continue
      expect(calendar.first()).toBe(first.actor)
      expect(calendar.nowS).toBe(first.timeS)
      expect(calendar.isEnd(first.actor)).toBe(first.phase === ENDS)
      expect(calendar.timeS[first.actor]).toBe(first.timeS)
      expect(calendar.isAlone(first.actor)).toBe(second?.timeS !== first.timeS)
    }
  })
})

test('actors at one instant act by phase, then by number', () => {
  const calendar = new Calendar(6)
  const order: number[] = []
  const phases = [BEGINS, DECISIONS, ENDS, BEGINS, DECISIONS, ENDS] as const
  phases.forEach((phase, actor) => {
    calendar.schedule(actor, 1, phase)
  })
  const act = (actor: number) => ({
    act() {
      order.push(actor)
      calendar.sleep(actor)
    },
  })
  run(calendar, [0, 1, 2, 3, 4, 5].map(act))
  expect(order).toEqual([2, 5, 1, 4, 0, 3])
})

test('a paused loop stops before the next event and goes on from there', () => {
  const calendar = new Calendar(1)
  const times: number[] = []
  const actor = {
    act() {
      times.push(calendar.nowS)
      if (times.length === 3) calendar.pause()
      if (times.length === 5) calendar.sleep(0)
      else calendar.schedule(0, times.length, ENDS)
    },
  }
  calendar.schedule(0, 0, ENDS)
  run(calendar, [actor])
  expect(times).toEqual([0, 1, 2])
  expect(calendar.nowS).toBe(2)
  calendar.resume()
  run(calendar, [actor])
  expect(times).toEqual([0, 1, 2, 3, 4])
})

test('an actor moved again and again has one slot: nothing of its former times is left', () => {
  const calendar = new Calendar(2)
  for (let timeS = 1000; timeS > 0; timeS--) calendar.schedule(0, timeS, ENDS)
  let events = 0
  const actor = {
    act() {
      events++
      calendar.sleep(0)
    },
  }
  run(calendar, [actor])
  expect(events).toBe(1)
  expect(calendar.nowS).toBe(1)
})
