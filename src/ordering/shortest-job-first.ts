import { byKey } from './by-key.ts'
import type { OrderFactory } from './contract.ts'

/** The shortest output first, as far as the router could predict it. Long ones wait while short ones keep coming. */
export const shortestJobFirst: OrderFactory = view => byKey(view, request => view.predictedTokens(request))

/** The same by true lengths. */
export const oracleShortestJobFirst: OrderFactory = view => byKey(view, request => view.outputTokens(request))
