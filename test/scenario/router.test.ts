import { describe, expect, it } from 'vitest'
import { knowledgeOf } from '../../src/scenario/router.ts'
import { messageOf, parsed, variant } from './helpers.ts'

/** What the good scenario's router knows with this of it in the file. */
function known(router: string) {
  return knowledgeOf(parsed(variant(['policies:', `router: ${router}\npolicies:`])))
}

describe('what a router knows', () => {
  it('is nothing out of the ordinary where the file says nothing', () => {
    expect(known('{}')).toEqual({})
  })

  it('is told late of what the file names, and of the rest at once', () => {
    const router =
      '{ signals: { load: { every_s: 0.05, lag_s: 0.01 }, kv: { every_s: 1 }, cache: { lag_s: 0.2 } } }'
    expect(known(router).signals).toEqual({
      load: { everyS: 0.05, lagS: 0.01 },
      kv: { everyS: 1, lagS: 0 },
      cache: { lagS: 0.2 },
    })
    expect(known('{ signals: { cache: { every_s: 2, lag_s: 1 } } }').signals).toEqual({
      cache: { everyS: 2, lagS: 1 },
    })
  })

  it('is how long outputs will be, as well as it is told', () => {
    expect(known('{ lengths: none }').predictor).toBe('none')
    expect(known('{ lengths: { noisy: { error: 0.5 } } }').predictor).toEqual({ noisy: { error: 0.5 } })
  })

  it('is refused where more refreshes are under way than are kept', () => {
    const message = messageOf(() => known('{ signals: { kv: { every_s: 0.01, lag_s: 2 } } }'))
    expect(message).toMatch(/line \d+|:\d+/)
    expect(message).toContain('router.signals.kv.lag_s is 2; must be at most 1, 100 times every_s')
  })

  it.each([
    ['{ signals: { load: { lag_s: 1 } } }', 'router.signals.load.every_s'],
    ['{ signals: { load: { every_s: 0 } } }', 'router.signals.load.every_s'],
    ['{ signals: { kv: { every_s: 1, lag_s: -1 } } }', 'router.signals.kv.lag_s'],
    ['{ signals: { laod: { every_s: 1 } } }', 'laod'],
    ['{ lengths: truth }', 'router.lengths'],
    ['{ lengths: { noisy: { error: 0 } } }', 'router.lengths'],
  ])('is refused as %s', (router, key) => {
    expect(messageOf(() => known(router))).toContain(key)
  })
})
