import { afterAll, beforeAll, describe, expect, type MockInstance, test, vi } from 'vitest'
import { Replica } from '../../src/replicas/replica.ts'
import { EXPIRED, FINISHED, LENGTH, REFUSED, REJECTED, TIMED_OUT } from '../../src/requests/table.ts'
import type { RunResult } from '../../src/results/run-result.ts'
import type { Flavour } from './courses.ts'
import { type FastRun, isLong, runFast } from './fast.ts'
import { scenarioNamed, someFeatures } from './features.ts'
import { withGateway } from './gateways.ts'

/* Laws where requests are held, refused, tried again, given up and sent to two replicas at once. */

const COUNT = isLong ? 2000 : 200
const flavourOf = (seed: number): Flavour => (seed % 2 === 0 ? 'continuous' : 'dyadic')

const crew = new Set<Replica>()
let spy: MockInstance

beforeAll(() => {
  const plain = Replica.prototype.deliver
  spy = vi.spyOn(Replica.prototype, 'deliver').mockImplementation(function (this: Replica, request) {
    crew.add(this)
    plain.call(this, request)
  })
})

afterAll(() => spy.mockRestore())

/** By seed: the first half without further features. */
async function run(seed: number, stepByStep: boolean): Promise<FastRun> {
  const features = seed % 4 < 2 ? [] : someFeatures(seed)
  const { course, choice } = await scenarioNamed([flavourOf(seed), seed, ...features].join('/'))
  return runFast(withGateway(course, seed, flavourOf(seed)), choice, { stepByStep })
}

describe('behind a gateway', () => {
  const seen = { retries: 0, timeouts: 0, hedges: 0, hedgesWon: 0, expired: 0, refused: 0, lostS: 0 }

  test.each([0, 1, 2, 3])(
    'coalesced equals stepped, every request ends once, the ledger closes (%i)',
    async part => {
      for (let i = 0; i < COUNT / 4; i++) {
        const seed = 4 * i + part
        crew.clear()
        const coalesced = await run(seed, false)
        for (const replica of crew) expectEmpty(replica, seed)
        const stepped = await run(seed, true)
        expect(stepped.rows, `seed ${seed}`).toStrictEqual(coalesced.rows)
        expect(withoutEvents(stepped.result), `seed ${seed}`).toStrictEqual(withoutEvents(coalesced.result))
        expectEnded(coalesced, seed)
        expectClosed(coalesced, seed)
        note(coalesced)
      }
    },
  )

  test('all of it has happened in these runs', () => {
    for (const [what, count] of Object.entries(seen)) expect(count, what).toBeGreaterThan(0)
  })

  function note({ result, rows }: FastRun): void {
    const { retries, timeouts, hedges, hedgesWon, lostS } = result.gateway!
    seen.retries += retries
    seen.timeouts += timeouts
    seen.hedges += hedges
    seen.hedgesWon += hedgesWon
    seen.lostS += lostS
    seen.expired += rows.filter(({ outcome }) => outcome === EXPIRED).length
    seen.refused += rows.filter(({ outcome }) => outcome === REFUSED).length
  }
})

function expectEmpty(replica: Replica, seed: number): void {
  const { kvBlocks, blockTokens, reservedTokens } = replica.kind
  const slots = reservedTokens === undefined ? 1 : Math.ceil(reservedTokens / blockTokens)
  const place = `seed ${seed}, replica ${replica.id}`
  expect(replica.look.freeBlocksNow(), place).toBe(kvBlocks - (kvBlocks % slots))
  expect([replica.swappedTokens, replica.prefixes?.heldEntries ?? 0], place).toEqual([0, 0])
  const { waiting, running, decodes, pendingPrefillTokens } = replica.look
  expect([waiting, running, decodes, pendingPrefillTokens], place).toEqual([0, 0, 0, 0])
}

const OUTCOMES = [FINISHED, REJECTED, LENGTH, REFUSED, EXPIRED, TIMED_OUT]

function expectEnded({ rows, ends, result }: FastRun, seed: number): void {
  expect(new Set(ends), `seed ${seed}`).toEqual(new Set([1]))
  expect(result.requests, `seed ${seed}`).toBe(ends.length)
  for (const { outcome, emitted, arrivalS, admittedS, firstTokenS, endS } of rows) {
    expect(OUTCOMES).toContain(outcome)
    const isServed = outcome === FINISHED || outcome === LENGTH
    const isInOrder = arrivalS <= admittedS && admittedS < firstTokenS && firstTokenS <= endS && emitted > 0
    if (isServed && !isInOrder) expect.fail(`seed ${seed}: a request served out of order`)
  }
}

/** What requests and beaten attempts owe is what the meters read. */
function expectClosed({ rows, result }: FastRun, seed: number): void {
  const { replicas, pue, gateway } = result
  const sum = <T>(items: readonly T[], of: (item: T) => number) =>
    items.reduce((total, item) => total + of(item), 0)
  const pairs = [
    [sum(rows, row => row.shareS) + gateway!.lostS, sum(replicas, ({ lifeBusyS }) => lifeBusyS)],
    [(sum(rows, row => row.shareJ) + gateway!.lostJ) * pue, sum(replicas, ({ lifeBusyJ }) => lifeBusyJ)],
    [sum(rows, row => row.shareG) + gateway!.lostG, sum(replicas, ({ lifeBusyG }) => lifeBusyG)],
  ]
  for (const [owed, metered] of pairs)
    if (!(Math.abs(owed - metered) <= 1e-9 * Math.max(metered, 1e-6)))
      expect.fail(`seed ${seed}: ${owed} owed, ${metered} metered`)
}

function withoutEvents({ events: _, replicas, ...rest }: RunResult): object {
  return { ...rest, replicas: replicas.map(({ events: __, ...replica }) => replica) }
}
