import { describe, expect, it } from 'vitest'
import { UserError } from '../../src/core/errors.ts'
import { REJECT, type RequestView, WAIT } from '../../src/routing/contract.ts'
import { guarded, guardedListener } from '../../src/routing/guard.ts'
import { fleet, request } from './fake-cluster.ts'

const MINE = { name: 'mine', replicas: 3, waits: false }

function message(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    expect(error).toBeInstanceOf(UserError)
    return (error as Error).message
  }
  throw new Error('nothing was thrown')
}

describe('guarded', () => {
  const answering = (answer: unknown, more = {}) => guarded({ ...MINE, ...more }, () => answer as number)
  const cluster = fleet(3)

  it('lets every replica and a refusal pass, and a wait of who waits', () => {
    for (const replica of [0, 1, 2, REJECT]) expect(answering(replica)(request(), cluster)).toBe(replica)
    expect(answering(WAIT, { waits: true })(request(), cluster)).toBe(WAIT)
  })

  it.each([
    [99, '99'],
    [3, '3'],
    [-3, '-3'],
    [0.5, '0.5'],
    [Number.NaN, 'NaN'],
    [Number.POSITIVE_INFINITY, 'Infinity'],
    [WAIT, 'WAIT (-2), which only a policy that exports `waits = true` may'],
    [undefined, 'undefined: nothing was returned'],
    [null, 'null'],
    [true, 'true'],
    ['1', "'1'"],
    [2n, 'a bigint (2n)'],
    [[1], 'an object ([object Array])'],
    [Promise.resolve(1), 'a promise, and policies are synchronous'],
    [() => 1, 'a function'],
  ])('refuses %s', (answer, shown) => {
    expect(message(() => answering(answer)(request(), cluster))).toBe(
      `policy mine, decision 1 at 0 s, answered ${shown}; an answer is a whole number from 0 to 2, or REJECT (-1)`,
    )
  })

  it('says of who waits that it may', () => {
    expect(message(() => answering(-3, { waits: true })(request(), cluster))).toMatch(
      /answered -3; .* or REJECT \(-1\) or WAIT \(-2\)$/,
    )
  })

  it('lets a promise that it refused fail without a word', async () => {
    let isUnhandled = false
    const note = () => {
      isUnhandled = true
    }
    process.once('unhandledRejection', note)
    expect(() => answering(Promise.reject(new Error('late')))(request(), cluster)).toThrow(/a promise/)
    await new Promise(resolve => setTimeout(resolve, 10))
    process.off('unhandledRejection', note)
    expect(isUnhandled).toBe(false)
  })

  it('names decision, time, reason and line of a throw, and keeps its cause', () => {
    const reason = new RangeError('too short')
    const fussy = (view: RequestView) => {
      if (view.inputTokens === 1) throw reason
      return 0
    }
    const policy = guarded(MINE, fussy)
    policy(request(2), cluster)
    const later = fleet(3)
    later.nowS = 2.5
    expect(message(() => policy(request(1), later))).toMatch(
      /^policy mine, decision 2 at 2\.5 s, threw RangeError: too short at guard\.test\.ts:\d+:\d+$/,
    )
    expect(() => policy(request(1), later)).toThrow(expect.objectContaining({ cause: reason }))
  })

  it('tells what is thrown that is no error', () => {
    const throwing = guarded(MINE, () => {
      throw 'away'
    })
    expect(message(() => throwing(request(), cluster))).toBe("policy mine, decision 1 at 0 s, threw 'away'")
  })
})

describe('guardedListener', () => {
  it('names the time and the line of a throw', () => {
    const cluster = fleet(1)
    cluster.nowS = 7
    const listener = guardedListener('mine', 'onEnd', cluster, () => {
      throw new Error('cannot learn')
    })
    expect(message(() => listener())).toMatch(
      /^policy mine, its onEnd listener at 7 s, threw Error: cannot learn at guard\.test\.ts:\d+:\d+$/,
    )
  })
})
