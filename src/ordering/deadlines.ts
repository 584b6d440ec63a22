import { byKey } from './by-key.ts'
import type { OrderFactory, OrderView } from './contract.ts'

/** Seconds after their arrival by which requests of each class are due that bring no deadline of their own. */
export type DueAfterS = Readonly<Record<string, number>>

/** Earliest deadline first; those without one last. */
export function earliestDeadline(dueAfterS: DueAfterS): OrderFactory {
  return view => byKey(view, deadlinesOf(view, dueAfterS))
}

/**
 * Least slack first: deadline less the seconds of service that a request is expected to need. What those that run have
 * had of it is not counted off.
 */
export function leastSlack(dueAfterS: DueAfterS): OrderFactory {
  return view => {
    const deadlineS = deadlinesOf(view, dueAfterS)
    return byKey(view, request => deadlineS(request) - view.expectedS(request))
  }
}

/** When requests are due; Infinity where nobody says. */
function deadlinesOf(view: OrderView, dueAfterS: DueAfterS): (request: number) => number {
  const afterS = new Map(Object.entries(dueAfterS))
  return request => {
    const ownS = view.deadlineS(request)
    if (!Number.isNaN(ownS)) return ownS
    return view.arrivalS(request) + (afterS.get(view.requestClass(request)) ?? Number.POSITIVE_INFINITY)
  }
}
