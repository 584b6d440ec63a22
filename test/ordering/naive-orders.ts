import type { OrderView } from '../../src/ordering/contract.ts'
import type { OrderName } from '../../src/ordering/registry.ts'

/** Options under which each order is tried, and what it then promises, as plainly as can be said. */
export interface Trial {
  readonly name: Exclude<OrderName, 'fcfs'>
  readonly options: Readonly<Record<string, number>>
  naive(view: OrderView): NaiveOrder
}

export interface NaiveOrder {
  push(request: number): void
  putBack(request: number): void
  take(): number
  served(request: number, tokens: number): void
}

/** Sorts all that wait whenever somebody is taken. */
function sorting(view: OrderView, keyOf: (request: number) => number): NaiveOrder {
  const waiting: number[] = []
  const add = (request: number) => void waiting.push(request)
  const place = (request: number) => [keyOf(request), view.arrivalS(request), view.ordinal(request)]
  return {
    push: add,
    putBack: add,
    served() {},
    take() {
      waiting.sort((a, b) => byFirstDifference(place(a), place(b)))
      return waiting.shift()!
    },
  }
}

function byFirstDifference(a: readonly number[], b: readonly number[]): number {
  const i = a.findIndex((value, i) => value !== b[i])
  return i < 0 ? 0 : a[i] < b[i] ? -1 : 1
}

/** Algorithm 2 of arXiv:2401.00588 as it stands there, over a plain list. */
function virtualTokenCounter(view: OrderView, inputWeight: number, outputWeight: number): NaiveOrder {
  const queue: { readonly request: number; readonly isCharged: boolean }[] = []
  const counters = new Map<number, number>()
  let lastLeft: number | undefined
  const counter = (tenant: number) => counters.get(tenant) ?? 0
  const waits = (tenant: number) => queue.some(({ request }) => view.tenant(request) === tenant)
  const place = (request: number) => [
    counter(view.tenant(request)),
    view.arrivalS(request),
    view.ordinal(request),
  ]
  return {
    push(request) {
      const tenant = view.tenant(request)
      if (!waits(tenant)) {
        const others = queue.map(({ request }) => counter(view.tenant(request)))
        const floor = others.length > 0 ? Math.min(...others) : lastLeft === undefined ? 0 : counter(lastLeft)
        counters.set(tenant, Math.max(counter(tenant), floor))
      }
      queue.push({ request, isCharged: false })
    },
    putBack(request) {
      queue.push({ request, isCharged: true })
    },
    take() {
      queue.sort((a, b) => byFirstDifference(place(a.request), place(b.request)))
      const { request, isCharged } = queue.shift()!
      const tenant = view.tenant(request)
      if (!isCharged) counters.set(tenant, counter(tenant) + inputWeight * view.inputTokens(request))
      if (!waits(tenant)) lastLeft = tenant
      return request
    },
    served(request, tokens) {
      const tenant = view.tenant(request)
      counters.set(tenant, counter(tenant) + outputWeight * tokens)
    },
  }
}

const LEVELS: Record<string, number> = { chat: 2, code: 0, batch: -1 }
const DUE_AFTER_S: Record<string, number> = { chat: 4, code: 32 }

function dueS(view: OrderView, request: number): number {
  const deadlineS = view.deadlineS(request)
  if (deadlineS >= 0) return deadlineS
  return view.arrivalS(request) + (DUE_AFTER_S[view.requestClass(request)] ?? Number.POSITIVE_INFINITY)
}

export const CLASSES = ['chat', 'code', 'batch']

export const trials: readonly Trial[] = [
  {
    name: 'priority',
    options: LEVELS,
    naive: view => sorting(view, it => -LEVELS[view.requestClass(it)]),
  },
  {
    name: 'priority',
    options: { ...LEVELS, aging_s: 8 },
    naive: view => sorting(view, it => view.arrivalS(it) - 8 * LEVELS[view.requestClass(it)]),
  },
  { name: 'sjf', options: {}, naive: view => sorting(view, it => view.predictedTokens(it)) },
  { name: 'oracle-sjf', options: {}, naive: view => sorting(view, it => view.outputTokens(it)) },
  { name: 'edf', options: {}, naive: view => sorting(view, it => view.deadlineS(it) || Infinity) },
  { name: 'edf', options: DUE_AFTER_S, naive: view => sorting(view, it => dueS(view, it)) },
  {
    name: 'least-slack',
    options: DUE_AFTER_S,
    naive: view => sorting(view, it => dueS(view, it) - view.expectedS(it)),
  },
  { name: 'fair-share', options: {}, naive: view => virtualTokenCounter(view, 1, 2) },
  {
    name: 'fair-share',
    options: { input_weight: 0, output_weight: 5 },
    naive: view => virtualTokenCounter(view, 0, 5),
  },
]
