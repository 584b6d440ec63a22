import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ArrivalBlock, ArrivalSource } from '../../src/arrivals/contract.ts'
import { simulate } from '../../src/simulate.ts'
import { idleServers } from './servers.ts'

interface Turn {
  readonly arrivalS: number
  readonly session: number
  readonly turn?: number
  readonly turns?: number
  readonly thinkS?: number
}

/** One class, prompts and outputs of one token. */
function turns(rows: readonly Turn[]): () => ArrivalSource {
  return () => {
    let read = 0
    return {
      classes: ['all'],
      fill(block: ArrivalBlock) {
        block.length = 0
        const details = block.detailed()
        for (; read < rows.length && block.length < block.capacity; read++) {
          const { arrivalS, session, turn = 1, turns = 0, thinkS = Number.NaN } = rows[read]
          const at = block.length
          block.push(arrivalS, 1, 1, 0, 0)
          details.begin(at)
          details.sessionId[at] = session
          details.turn[at] = turn
          details.turns[at] = turns
          details.thinkS[at] = thinkS
        }
      },
      close() {},
    }
  }
}

/** When each request arrived and ended, in order of their ends; every service takes a second. */
async function run(rows: readonly Turn[]) {
  const ends: [arrivalS: number, endS: number][] = []
  await simulate(
    idleServers(1, { arrivals: turns(rows) }),
    { name: 'least-requests' },
    {
      onEnd: (request, requests) => ends.push([requests.arrivalS[request], requests.endS[request]]),
    },
  )
  return ends
}

describe('a turn whose think time is known', () => {
  test('is sent that long after the turn before it has ended', async () => {
    const rows = [
      { arrivalS: 0, session: 7, turn: 1, turns: 3 },
      { arrivalS: 0, session: 7, turn: 2, turns: 3, thinkS: 4 },
      { arrivalS: 0, session: 7, turn: 3, turns: 3, thinkS: 0 },
    ]
    expect(await run(rows)).toEqual([
      [0, 1],
      [5, 6],
      [6, 7],
    ])
  })

  test('is not sent before its own time', async () => {
    const rows = [
      { arrivalS: 0, session: 7 },
      { arrivalS: 9, session: 7, turn: 2, thinkS: 4 },
    ]
    expect(await run(rows)).toEqual([
      [0, 1],
      [9, 10],
    ])
  })

  test('waits out its think time where the turn before it ended late', async () => {
    const rows = [
      { arrivalS: 0, session: 7 },
      { arrivalS: 3, session: 7, turn: 2, thinkS: 4 },
      { arrivalS: 3.5, session: 7, turn: 3, thinkS: 1 },
    ]
    expect(await run(rows)).toEqual([
      [0, 1],
      [5, 6],
      [7, 8],
    ])
  })

  test('is sent at its own time where no turn was before it', async () => {
    expect(
      await run([
        { arrivalS: 0, session: 1 },
        { arrivalS: 2, session: 7, turn: 4, thinkS: 60 },
      ]),
    ).toEqual([
      [0, 1],
      [2, 3],
    ])
  })
})

test('a turn without think time is sent at its own time, whatever the turn before it does', async () => {
  const rows = [
    { arrivalS: 0, session: 7 },
    { arrivalS: 0.5, session: 7, turn: 2 },
  ]
  expect((await run(rows)).map(([arrivalS]) => arrivalS)).toEqual([0, 0.5])
})

test('sessions do not wait for one another, and a number that comes again is a new session', async () => {
  const rows = [
    { arrivalS: 0, session: 1, turn: 1, turns: 2 },
    { arrivalS: 0, session: 1, turn: 2, turns: 2, thinkS: 10 },
    { arrivalS: 2, session: 2, turn: 1, turns: 1 },
    { arrivalS: 30, session: 1, turn: 1, turns: 2 },
    { arrivalS: 30, session: 1, turn: 2, turns: 2, thinkS: 2 },
  ]
  expect(await run(rows)).toEqual([
    [0, 1],
    [2, 3],
    [11, 12],
    [30, 31],
    [33, 34],
  ])
})

test('the window goes on to the last turn sent', async () => {
  const rows = [
    { arrivalS: 0, session: 1, turn: 1, turns: 2 },
    { arrivalS: 0, session: 1, turn: 2, turns: 2, thinkS: 50 },
  ]
  const result = await simulate(idleServers(1, { arrivals: turns(rows) }), { name: 'least-requests' })
  expect(result.requests).toBe(2)
  expect(result.lastArrivalS).toBe(51)
})

test('whatever the sessions, every turn comes a think time after the one before it, or at its own time', async () => {
  const session = fc.array(fc.tuple(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 9 })), {
    minLength: 1,
    maxLength: 6,
  })
  await fc.assert(
    fc.asyncProperty(fc.array(session, { minLength: 1, maxLength: 8 }), async sessions => {
      const rows = sessions
        .flatMap((turnsOf, id) =>
          turnsOf.map(([laterS, thinkS], i) => ({
            arrivalS: turnsOf.slice(0, i + 1).reduce((sum, [gapS]) => sum + gapS, 0),
            session: id,
            turn: i + 1,
            turns: turnsOf.length,
            ...(i > 0 && { thinkS }),
            laterS,
          })),
        )
        .sort((a, b) => a.arrivalS - b.arrivalS)
      const firstS = rows[0].arrivalS
      const based = rows.map(row => ({ ...row, arrivalS: row.arrivalS - firstS }))
      const seen = await sentBySession(based)
      for (const [id, sent] of seen) {
        const own = based.filter(row => row.session === id)
        expect(sent.length).toBe(own.length)
        sent.forEach(([arrivalS], i) => {
          const dueS =
            i === 0 ? own[i].arrivalS : Math.max(own[i].arrivalS, sent[i - 1][1] + (own[i].thinkS ?? 0))
          expect(arrivalS).toBe(dueS)
        })
      }
    }),
    { numRuns: 60 },
  )
})

/** Arrival and end of every turn, by session, told apart by prompt length. */
async function sentBySession(rows: readonly Turn[]) {
  const bySession = new Map<number, [arrivalS: number, endS: number][]>()
  const source = () => {
    const inner = turns(rows)()
    return {
      ...inner,
      fill(block: ArrivalBlock) {
        inner.fill(block)
        for (let row = 0; row < block.length; row++)
          block.inputTokens[row] = 1 + block.details!.sessionId[row]
      },
    }
  }
  await simulate(
    idleServers(1, { arrivals: source }),
    { name: 'least-requests' },
    {
      onEnd(request, requests) {
        const id = requests.inputTokens[request] - 1
        bySession.set(id, [
          ...(bySession.get(id) ?? []),
          [requests.arrivalS[request], requests.endS[request]],
        ])
      },
    },
  )
  return bySession
}
