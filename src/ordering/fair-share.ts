import { compareArrivals, type Order, type OrderFactory, type OrderView } from './contract.ts'
import { Heap } from './heap.ts'
import { TenantQueues } from './tenant-queues.ts'

/** What a tenant is charged. */
interface Prices {
  /** For a prompt token, once, when its request is first taken. */
  readonly input_weight: number
  readonly output_weight: number
}

const NONE = -1

/** The virtual token counter of Sheng et al., arXiv:2401.00588, algorithm 2. */
export function fairShare(options: Readonly<Record<string, number>>): OrderFactory {
  return view => new FairShare(view, options as Readonly<Record<string, number>> & Prices)
}

/**
 * The tenant served least goes first, its requests in order of arrival. Counters are whole numbers. A tenant that comes
 * to wait again brings no credit: it is lifted to the least counter of those that wait, or where nobody does to that of
 * the tenant that waited last.
 *
 * Tenants are ordered by their counters as they were when last looked at: `served` only counts, and a tenant that
 * comes to the top has its place corrected there, as counters never fall.
 */
class FairShare implements Order {
  length = 0
  readonly #view: OrderView
  readonly #prices: Prices
  readonly #queues: TenantQueues
  /** Tenants that wait. */
  readonly #waiting: Heap
  /** By tenant. */
  #counters = new Float64Array(0)
  #lastToWait = NONE

  constructor(view: OrderView, prices: Prices) {
    const compare = (a: number, b: number) => compareArrivals(view, a, b)
    this.#view = view
    this.#prices = prices
    this.#queues = new TenantQueues(compare)
    this.#waiting = new Heap((a, b) => compare(this.#queues.first(a), this.#queues.first(b)))
  }

  push(request: number): void {
    const tenant = this.#tenantOf(request)
    if (this.#queues.isEmpty(tenant)) this.#lift(tenant)
    this.#enter(tenant, request, false)
  }

  putBack(request: number): void {
    this.#enter(this.#tenantOf(request), request, true)
  }

  first(): number {
    return this.#queues.first(this.#leader())
  }

  take(): number {
    const queues = this.#queues
    const tenant = this.#leader()
    const isPaid = queues.isFirstPaid(tenant)
    const request = queues.take(tenant)
    this.length--
    if (!isPaid) this.#counters[tenant] += this.#prices.input_weight * this.#view.inputTokens(request)
    if (queues.isEmpty(tenant)) this.#lastToWait = this.#waiting.take()
    else this.#waiting.sinkFirst(this.#counters[tenant])
    return request
  }

  remove(request: number): boolean {
    const queues = this.#queues
    const tenant = this.#tenantOf(request)
    if (queues.isEmpty(tenant)) return false
    const wasFirst = queues.first(tenant) === request
    if (!queues.remove(tenant, request)) return false
    this.length--
    if (!wasFirst) return true
    // Its place among tenants of one counter goes by its first request.
    this.#waiting.remove(tenant)
    if (!queues.isEmpty(tenant)) this.#waiting.push(tenant, this.#counters[tenant])
    else if (this.#waiting.length === 0) this.#lastToWait = tenant
    return true
  }

  compare(a: number, b: number): number {
    const counters = this.#counters
    return counters[this.#tenantOf(a)] - counters[this.#tenantOf(b)] || compareArrivals(this.#view, a, b)
  }

  served(request: number, tokens: number): void {
    this.#counters[this.#tenantOf(request)] += this.#prices.output_weight * tokens
  }

  #enter(tenant: number, request: number, isPaid: boolean): void {
    const wasWaiting = !this.#queues.isEmpty(tenant)
    this.#queues.add(tenant, request, isPaid)
    this.length++
    if (!wasWaiting) this.#waiting.push(tenant, this.#counters[tenant])
    else if (this.#queues.first(tenant) === request) this.#waiting.rise(tenant)
  }

  /** The waiting tenant served least. */
  #leader(): number {
    const waiting = this.#waiting
    for (;;) {
      const tenant = waiting.first()
      const counter = this.#counters[tenant]
      if (waiting.firstKey() === counter) return tenant
      waiting.sinkFirst(counter)
    }
  }

  #lift(tenant: number): void {
    const model = this.#waiting.length > 0 ? this.#leader() : this.#lastToWait
    if (model === NONE) return
    this.#counters[tenant] = Math.max(this.#counters[tenant], this.#counters[model])
  }

  /** From 0: those without a tenant are number 0. */
  #tenantOf(request: number): number {
    const tenant = this.#view.tenant(request) + 1
    if (tenant >= this.#counters.length) this.#growTo(tenant + 1)
    return tenant
  }

  #growTo(tenants: number): void {
    const counters = new Float64Array(Math.max(16, 2 * tenants))
    counters.set(this.#counters)
    this.#counters = counters
    this.#queues.growTo(counters.length)
  }
}
