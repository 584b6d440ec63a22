import { afterEach, describe, expect, test, vi } from 'vitest'
import { below, type Random, stream } from '../../src/core/random.ts'
import type { Order } from '../../src/ordering/contract.ts'
import { orderFactory, orders } from '../../src/ordering/registry.ts'
import { FakeRequests } from './fake-requests.ts'
import { CLASSES, type NaiveOrder, type Trial, trials } from './naive-orders.ts'

const TENANTS = 5

function made({ name, options }: Trial, view: FakeRequests): Order {
  return orderFactory(name, options, CLASSES)!(view)
}

/** A replica's queue under a random life: who waits, who runs, and all that was taken, by ordinal. */
class Life {
  readonly view = new FakeRequests()
  readonly taken: number[] = []
  readonly waiting = new Set<number>()
  readonly running = new Set<number>()
  readonly order: Order
  readonly #naive: NaiveOrder
  readonly #random: Random
  #nowS = 0

  constructor(trial: Trial, seed: number) {
    this.order = made(trial, this.view)
    this.#naive = trial.naive(this.view)
    this.#random = stream(seed, 'life')
  }

  #below(count: number): number {
    return below(this.#random, count)
  }

  /** Facts of few different values, so that ties abound. Some arrived long before they come here. */
  come(): void {
    this.#nowS += this.#below(3)
    const request = this.view.come({
      arrivalS: Math.max(0, this.#nowS - (this.#below(4) === 0 ? this.#below(8) : 0)),
      inputTokens: 1 + this.#below(6),
      predictedTokens: 1 + this.#below(4),
      outputTokens: 1 + this.#below(4),
      deadlineS: this.#below(3) === 0 ? this.#nowS + 1 + this.#below(8) : Number.NaN,
      expectedS: this.#below(4),
      requestClass: CLASSES[this.#below(CLASSES.length)],
      tenant: this.#below(TENANTS) - 1,
    })
    this.waiting.add(request)
    this.order.push(request)
    this.#naive.push(request)
  }

  take(): void {
    const first = this.order.first()
    expect(this.order.first()).toBe(first)
    expect(this.order.take()).toBe(first)
    expect(this.#naive.take()).toBe(first)
    expect(this.waiting.delete(first)).toBe(true)
    this.running.add(first)
    this.taken.push(this.view.ordinal(first))
  }

  serve(): void {
    const request = this.#anyRunning()
    const tokens = this.#below(4)
    this.order.served?.(request, tokens)
    this.#naive.served(request, tokens)
  }

  preempt(): void {
    const last = [...this.running].reduce((a, b) => (this.order.compare(a, b) > 0 ? a : b))
    this.running.delete(last)
    this.waiting.add(last)
    this.order.putBack(last)
    this.#naive.putBack(last)
  }

  end(): void {
    const request = this.#anyRunning()
    this.running.delete(request)
    this.view.end(request)
  }

  #anyRunning(): number {
    return [...this.running][this.#below(this.running.size)]
  }

  turn(isFilling: boolean): void {
    const choice = this.#random()
    if (choice < (isFilling ? 0.5 : 0.15)) this.come()
    else if (choice < 0.65) this.order.length > 0 && this.take()
    else if (this.running.size === 0) return
    else if (choice < 0.75) this.serve()
    else if (choice < 0.85) this.preempt()
    else this.end()
  }
}

function lived(trial: Trial, seed: number, turns: number, check: (life: Life) => void = () => {}): Life {
  const life = new Life(trial, seed)
  for (let turn = 0; turn < turns; turn++) {
    life.turn(Math.floor(turn / 150) % 2 === 0)
    check(life)
  }
  while (life.order.length > 0) life.take()
  return life
}

const SEEDS = [1, 2, 3, 4, 5, 6]

afterEach(() => vi.unstubAllGlobals())

test('every order of the registry is tried, but for the queue that every replica has', () => {
  const tried = new Set(trials.map(({ name }) => name))
  expect(Object.keys(orders).filter(name => !tried.has(name as Trial['name']))).toEqual(['fcfs'])
})

describe.each(trials.map(trial => [`${trial.name} ${JSON.stringify(trial.options)}`, trial] as const))(
  '%s',
  (_, trial) => {
    test('gives up requests as a naive list does, each once for each time that it came', () => {
      for (const seed of SEEDS) {
        const life = lived(trial, seed, 1500, ({ order, waiting }) => expect(order.length).toBe(waiting.size))
        expect(life.waiting.size).toBe(0)
        expect(life.taken.length).toBeGreaterThan(400)
      }
    })

    test('has the first by compare go first', () => {
      lived(trial, 7, 600, ({ order, waiting }) => {
        if (waiting.size === 0) return
        const first = order.first()
        for (const other of waiting) if (other !== first) expect(order.compare(first, other)).toBeLessThan(0)
      })
    })

    test('compares any two that wait or run one way round, and any three in a line', () => {
      const life = new Life(trial, 8)
      for (let turn = 0; turn < 300; turn++) life.turn(true)
      const { order, running, waiting } = life
      const all = [...running, ...waiting]
      const sorted = all.toSorted((a, b) => order.compare(a, b))
      for (const [i, a] of sorted.entries()) {
        for (const [j, b] of sorted.entries()) {
          expect(Math.sign(order.compare(a, b))).toBe(Math.sign(i - j))
        }
      }
    })

    test('does the same again', () => {
      expect(lived(trial, 9, 1000).taken).toEqual(lived(trial, 9, 1000).taken)
    })

    test('serves one alone, and all that are alike by arrival and then as they were routed', () => {
      const view = new FakeRequests()
      const order = made(trial, view)
      const [early, late] = [view.come({ arrivalS: 1 }), view.come({ arrivalS: 1 })]
      const before = view.come({ arrivalS: 0.5 })
      for (const request of [late, before, early]) order.push(request)
      expect(taken(order)).toEqual([before, early, late])
      order.push(early)
      expect(taken(order)).toEqual([early])
      expect(order.length).toBe(0)
    })

    test('has one that was preempted go before its later equals again', () => {
      const view = new FakeRequests()
      const order = made(trial, view)
      const [a, b, c] = [view.come(), view.come(), view.come()]
      for (const request of [a, b, c]) order.push(request)
      expect([order.take(), order.take()]).toEqual([a, b])
      order.putBack(b)
      order.putBack(a)
      expect(taken(order)).toEqual([a, b, c])
    })

    test('knows nothing of whoever had the same id before', () => {
      const view = new FakeRequests()
      const order = made(trial, view)
      const due = { requestClass: 'chat', deadlineS: 0.25 }
      const favourite = view.come({ ...due, tenant: 1 })
      order.push(favourite)
      order.take()
      view.end(favourite)
      const poor = { arrivalS: 2, predictedTokens: 9, outputTokens: 9, requestClass: 'batch', tenant: 2 }
      const again = view.come(poor)
      expect(again).toBe(favourite)
      const rich = view.come({ ...due, arrivalS: 1, tenant: 3 })
      order.push(again)
      order.push(rich)
      expect(taken(order)).toEqual([rich, again])
    })

    test('allocates no arrays once it is warm', () => {
      const view = new FakeRequests()
      const order = made(trial, view)
      const requests = Array.from({ length: 200 }, (_, i) => view.come({ tenant: i % 7, arrivalS: i % 11 }))
      let arrays = 0
      for (const name of ['Int32Array', 'Float64Array', 'Uint8Array'] as const) {
        vi.stubGlobal(
          name,
          counting(globalThis[name] as typeof Int32Array, () => arrays++),
        )
      }
      const round = () => {
        for (const request of requests) order.push(request)
        for (let i = 0; i < 50; i++) order.putBack(order.take())
        for (const request of taken(order)) order.served?.(request, 3)
      }
      round()
      const warm = arrays
      expect(warm).toBeGreaterThan(0)
      for (let i = 0; i < 20; i++) round()
      expect(arrays).toBe(warm)
    })
  },
)

function taken(order: Order): number[] {
  return Array.from({ length: order.length }, () => order.take())
}

function counting(type: typeof Int32Array, note: () => void): typeof Int32Array {
  return new Proxy(type, {
    construct(target, args) {
      note()
      return Reflect.construct(target, args)
    },
  })
}
