import { describe, expect, test } from 'vitest'
import { Clients, lengthsByTurn, sessionsByTurn } from '../../src/arrivals/clients.ts'
import { cvOf, distance, farthest, meanOf } from './laws.ts'

interface Sent {
  readonly client: number
  readonly turn: number
  readonly timeS: number
}

/** Drives clients against a server that answers each request after the time `serviceS` says. */
function drive(clients: Clients, serviceS: (sent: Sent) => number): Sent[] {
  const sent: Sent[] = []
  const answers: { timeS: number; client: number }[] = []
  for (;;) {
    answers.sort((a, b) => a.timeS - b.timeS || a.client - b.client)
    const wakeS = clients.nextWakeS
    const answer = answers[0]
    if (answer && answer.timeS <= wakeS) {
      answers.shift()
      clients.ended(answer.client, answer.timeS)
    } else if (wakeS < Number.POSITIVE_INFINITY) {
      const client = clients.take()
      sent.push({ client, turn: clients.turn(client), timeS: wakeS })
      answers.push({ client, timeS: wakeS + serviceS(sent[sent.length - 1]) })
    } else return sent
  }
}

/** From the end of a client's request to its next one, by client and turn. */
function thinkTimes(sent: readonly Sent[], serviceS: (sent: Sent) => number): Map<string, number> {
  const endS = new Map<number, number>()
  const thinks = new Map<string, number>()
  for (const one of sent) {
    const last = endS.get(one.client)
    if (last !== undefined) thinks.set(`${one.client}/${one.turn}`, one.timeS - last)
    endS.set(one.client, one.timeS + serviceS(one))
  }
  return thinks
}

describe('clients of a closed loop', () => {
  test('send the first request at 0 s and as many as asked for, each client its turns in order', () => {
    const sent = drive(new Clients({ clients: 20, requests: 1000, thinkS: 3 }, 1), () => 0.5)
    expect(sent).toHaveLength(1000)
    expect(sent[0].timeS).toBe(0)
    for (let client = 0; client < 20; client++) {
      const turns = sent.filter(one => one.client === client).map(one => one.turn)
      expect(turns).toEqual(turns.map((_, i) => i))
    }
    expect(sent.map(one => one.timeS)).toEqual(sent.map(one => one.timeS).sort((a, b) => a - b))
  })

  test('think as long whoever serves them', () => {
    const pace = { clients: 8, requests: 2000, thinkS: 3 }
    const [fast, slow] = [(_: Sent) => 0.125, (one: Sent) => 1 + ((one.client * 7 + one.turn) % 5)]
    const [first, second] = [fast, slow].map(service =>
      thinkTimes(drive(new Clients(pace, 5), service), service),
    )
    let shared = 0
    for (const [turn, thinkS] of first) {
      if (!second.has(turn)) continue
      shared++
      expect(second.get(turn)).toBeCloseTo(thinkS, 9)
    }
    expect(shared).toBeGreaterThan(1500)
  })

  test('think anew before every turn, the second included', () => {
    const service = () => 1
    const sent = drive(new Clients({ clients: 10, requests: 100, thinkS: 3 }, 1), service)
    const second = thinkTimes(sent, service)
    const firstS = sent.filter(one => one.turn === 0).map(one => one.timeS - second.get(`${one.client}/1`)!)
    expect(new Set(firstS.map(difference => difference.toFixed(9))).size).toBe(10)
  })

  test('think an exponential time of the mean asked for', () => {
    const service = () => 1
    const thinks = Float64Array.from(
      thinkTimes(
        drive(new Clients({ clients: 50, requests: 40_000, thinkS: 2 }, 3), service),
        service,
      ).values(),
    )
    const exact = thinks.map((_, i) => -2 * Math.log(1 - (i + 0.5) / thinks.length))
    expect(distance(thinks, exact)).toBeLessThan(farthest(thinks.length, 1e12))
    expect(meanOf(thinks)).toBeGreaterThan(1.95)
    expect(meanOf(thinks)).toBeLessThan(2.05)
    expect(cvOf(thinks)).toBeCloseTo(1, 1)
  })

  test.each([
    [{ kind: 'constant', durationS: 4 } as const, 4, 0],
    [{ kind: 'lognormal', medianS: 2, sigma: 0.5, maxS: 100 } as const, 2 * Math.exp(0.125), 0.533],
  ])('think by the law %j', (thinkS, mean, cv) => {
    const service = () => 1
    const sent = drive(new Clients({ clients: 50, requests: 20_000, thinkS }, 3), service)
    const thinks = [...thinkTimes(sent, service).values()]
    expect(Math.abs(meanOf(thinks) / mean - 1)).toBeLessThan((5 * cv) / Math.sqrt(thinks.length) + 1e-9)
    expect(cvOf(thinks)).toBeCloseTo(cv, 1)
  })

  test('that do not think send at once, at one instant the lower number first', () => {
    const clients = new Clients({ clients: 4, requests: 6, thinkS: 0 }, 1)
    expect([clients.take(), clients.take(), clients.take(), clients.take()]).toEqual([0, 1, 2, 3])
    expect(clients.nextWakeS).toBe(Number.POSITIVE_INFINITY)
    for (const client of [3, 1, 2]) clients.ended(client, 5)
    expect(clients.nextWakeS).toBe(5)
    expect([clients.take(), clients.take()]).toEqual([1, 2])
    expect(clients.nextWakeS).toBe(Number.POSITIVE_INFINITY)
    expect(() => clients.take()).toThrow(RangeError)
  })

  test('scale with think times that are scaled by a power of two, bit for bit', () => {
    const [once, four] = [1, 4].map(scale =>
      drive(new Clients({ clients: 5, requests: 300, thinkS: 1.7 * scale }, 1), () => 0.3 * scale),
    )
    expect(four).toEqual(once.map(one => ({ ...one, timeS: 4 * one.timeS })))
  })
})

describe('bodies of a closed loop', () => {
  const lengths = lengthsByTurn(
    1,
    { kind: 'lognormal', medianTokens: 50_000, sigma: 1, minTokens: 1, maxTokens: 2 ** 30 },
    { kind: 'lognormal', medianTokens: 50_000, sigma: 1, minTokens: 1, maxTokens: 2 ** 30 },
  )

  test('depend on client and turn, in whatever order they are asked for', () => {
    const asked = [lengths(3, 4), lengths(4, 3), lengths(3, 5)]
    expect([lengths(3, 5), lengths(4, 3), lengths(3, 4)].reverse()).toEqual(asked)
    expect(new Set(asked.map(body => body.inputTokens)).size).toBe(3)
  })

  test('are as independent as draws are: between turns, clients, inputs and outputs', () => {
    const place = Array.from({ length: 40_000 }, (_, i) => [i % 200, Math.floor(i / 200)] as const)
    const logs = (of: (client: number, turn: number) => number) =>
      place.map(([client, turn]) => Math.log(of(client, turn)))
    const input = logs((client, turn) => lengths(client, turn).inputTokens)
    const others = [
      logs((client, turn) => lengths(client, turn).outputTokens),
      logs((client, turn) => lengths(client, turn + 1).inputTokens),
      logs((client, turn) => lengths(client + 1, turn).inputTokens),
    ]
    for (const other of others)
      expect(Math.abs(correlation(input, other))).toBeLessThan(5 / Math.sqrt(input.length))
  })
})

describe('sessions of a closed loop', () => {
  const bodies = (seed = 1) =>
    sessionsByTurn(
      seed,
      5,
      {
        turns: { kind: 'geometric', meanTurns: 3, maxTurns: 20 },
        thinkS: { kind: 'constant', durationS: 0 },
        maxContextTokens: 50_000,
        atCap: 'end',
      },
      {
        input: { kind: 'uniform', minTokens: 10, maxTokens: 90 },
        output: { kind: 'fixed', tokens: 100 },
      },
    )

  test('follow one another for each client, with a context that grows within each', () => {
    const body = bodies()
    const seen = new Set<number>()
    for (let client = 0; client < 5; client++) {
      let last = { session: -1, turn: 0, turns: 0, inputTokens: 0 }
      for (let turn = 0; turn < 200; turn++) {
        const now = body(client, turn)
        if (last.turn === last.turns) {
          expect(now.turn).toBe(1)
          expect(seen.has(now.session)).toBe(false)
          seen.add(now.session)
        } else {
          expect(now).toMatchObject({ session: last.session, turn: last.turn + 1, turns: last.turns })
          expect(now.inputTokens).toBeGreaterThanOrEqual(last.inputTokens + 110)
        }
        last = now
      }
    }
  })

  test('depend on client and turn alone', () => {
    const [one, other] = [bodies(), bodies()]
    const places = Array.from({ length: 300 }, (_, i) => [i % 5, Math.floor(i / 5)] as const)
    const asked = new Map(places.map(place => [String(place), one(...place)]))
    for (const place of places.toReversed()) expect(other(...place)).toEqual(asked.get(String(place)))
    expect(bodies(2)(0, 7)).not.toEqual(one(0, 7))
  })
})

function correlation(x: readonly number[], y: readonly number[]): number {
  const [meanX, meanY] = [meanOf(x), meanOf(y)]
  const together = meanOf(x.map((value, i) => (value - meanX) * (y[i] - meanY)))
  return together / (cvOf(x) * meanX * cvOf(y) * meanY)
}
