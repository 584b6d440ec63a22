import { byKey } from './by-key.ts'
import type { OrderFactory } from './contract.ts'

/**
 * The higher level of a request's class first. With aging, `aging_s` seconds of waiting are worth one level: so nobody
 * waits for ever, and because all age alike their order never changes.
 */
export function priority({ aging_s, ...levels }: Readonly<Record<string, number>>): OrderFactory {
  const levelOf = new Map(Object.entries(levels))
  return view => {
    const level = (request: number) => levelOf.get(view.requestClass(request)) ?? 0
    if (aging_s === undefined) return byKey(view, request => -level(request))
    return byKey(view, request => view.arrivalS(request) - aging_s * level(request))
  }
}
