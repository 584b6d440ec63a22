import { cachedRead, causalPairs } from '../latency/context.ts'
import type { OrderView } from '../ordering/contract.ts'
import type { ReplicaKind } from '../replicas/contract.ts'
import type { RequestTable } from '../requests/table.ts'
import { paddedPrompt } from './padded-prompt.ts'

/** What the order of a replica's queue may ask of requests. */
export function orderView(kind: ReplicaKind, requests: RequestTable, classes: readonly string[]): OrderView {
  return {
    ordinal: request => requests.ordinal[request],
    arrivalS: request => requests.arrivalS[request],
    inputTokens: request => requests.inputTokens[request],
    predictedTokens: request => requests.predictedTokens[request],
    outputTokens: request => requests.outputTokens[request],
    deadlineS: request => requests.arrivalS[request] + requests.notes.deadlineS.at(request),
    expectedS: request => aloneS(kind, requests.inputTokens[request], requests.predictedTokens[request]),
    requestClass: request => classes[requests.classId[request]],
    tenant: request => requests.notes.tenantId.at(request),
  }
}

/** Seconds from prompt to last token for a request that has a replica to itself: one chunk, then its decode steps. */
function aloneS(kind: ReplicaKind, inputTokens: number, predictedTokens: number): number {
  const { latency, pace } = kind
  const { window } = latency
  const paddedTokens = paddedPrompt(kind, inputTokens)
  const prefillS = latency.stepSeconds({
    sequences: 0,
    contextTokens: 0,
    chunks: 1,
    chunkTokens: inputTokens,
    chunkCachedTokens: cachedRead(0, window),
    chunkPairs: causalPairs(inputTokens, 0, window),
    paddedTokens,
    paddedPairs: causalPairs(paddedTokens, 0, window),
    ordinal: 0,
    window,
  })
  const gapS = latency.gapSeconds(
    { sequences: 1, contextTokens: inputTokens, longestTokens: inputTokens, window },
    1,
  )
  const steps = pace === undefined ? predictedTokens - 1 : pace.stepFor(predictedTokens - 1)
  return prefillS + Math.max(0, steps) * gapS
}
