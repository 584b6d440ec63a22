import { compareArrivals, type Order, type OrderView } from './contract.ts'
import { Heap } from './heap.ts'

/** By a number that each request has for good, the least first; never NaN. */
export function byKey(view: OrderView, keyOf: (request: number) => number): Order {
  const heap = new Heap((a, b) => compareArrivals(view, a, b))
  const push = (request: number) => heap.push(request, keyOf(request))
  return {
    get length() {
      return heap.length
    },
    push,
    putBack: push,
    first: () => heap.first(),
    take: () => heap.take(),
    remove: request => heap.remove(request),
    compare(a, b) {
      const aKey = keyOf(a)
      const bKey = keyOf(b)
      return aKey === bKey ? compareArrivals(view, a, b) : aKey - bKey
    },
  }
}
