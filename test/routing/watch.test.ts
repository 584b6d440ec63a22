import { expect, it } from 'vitest'
import type { EndedView, PolicyFactory } from '../../src/routing/contract.ts'
import { Watch, watched } from '../../src/routing/watch.ts'
import { deciding, fleet, request } from './fake-cluster.ts'

/** The slate as the other thread has it. */
const other = (watch: Watch) => new Watch(watch.buffer)

function decidingWatched(make: PolicyFactory, watch: Watch) {
  const cluster = fleet(2)
  const entry = { about: '', make: watched('mine.ts', make, watch) }
  return { cluster, decide: deciding('mine.ts', cluster, {}, entry) }
}

it('tells where the code is, and that it has come back', () => {
  const watch = new Watch()
  const seen: unknown[] = []
  const look = () => seen.push(other(watch).read())
  const { cluster, decide } = decidingWatched(() => {
    look()
    return () => {
      look()
      return 1
    }
  }, watch)
  decide(request())
  cluster.nowS = 2.5
  expect(decide(request())).toBe(1)
  const inside = { isInside: true, policy: 'mine.ts' }
  expect(seen).toMatchObject([
    { ...inside, occupation: 'set-up' },
    { ...inside, occupation: 'decision', decision: 1, timeS: 0 },
    { ...inside, occupation: 'decision', decision: 2, timeS: 2.5 },
  ])
  expect(other(watch).read()).toMatchObject({ isInside: false, decision: 2 })
})

it('moves at every call, be it inside another one, and comes back from errors', () => {
  const watch = new Watch()
  watch.enter('mine.ts', 'set-up')
  const before = watch.read().calls
  watch.enter('mine.ts', 'listener')
  expect(watch.read()).toMatchObject({ isInside: true })
  watch.leave()
  expect(watch.read()).toMatchObject({ isInside: true })
  expect(watch.read().calls).toBeGreaterThan(before)
  watch.leave()
  expect(watch.read().isInside).toBe(false)
  const { decide } = decidingWatched(
    () => () => {
      throw new Error('no')
    },
    watch,
  )
  expect(() => decide(request())).toThrow(/decision 1/)
  expect(watch.read().isInside).toBe(false)
})

it('knows listeners', () => {
  const watch = new Watch()
  const heard: ((ended: EndedView) => void)[] = []
  let during = ''
  const make: PolicyFactory = ({ onEnd }) => {
    onEnd(() => {
      during = watch.read().occupation
    })
    return () => 0
  }
  const setup = { ...fleet(1).setup(), onEnd: (listener: (ended: EndedView) => void) => heard.push(listener) }
  watched('mine.ts', make, watch)(setup)
  heard[0]({} as EndedView)
  expect(during).toBe('listener')
  expect(watch.read().isInside).toBe(false)
})

it('is bound by the seed in all but the loading', () => {
  const watch = new Watch()
  const bound = (['load', 'set-up', 'decision', 'listener'] as const).map(occupation => {
    watch.enter('mine.ts', occupation)
    const { isBound } = other(watch)
    watch.leave()
    return isBound
  })
  expect([bound, watch.isBound]).toEqual([[false, true, true, true], false])
})

it('carries long names and other alphabets as far as they go', () => {
  const watch = new Watch()
  watch.enter('политика.ts', 'load')
  expect(other(watch).read().policy).toBe('политика.ts')
  watch.enter('x'.repeat(1000), 'load')
  expect(other(watch).read().policy).toMatch(/^x{224}$/)
})
