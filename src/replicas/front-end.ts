import type { RequestTable } from '../requests/table.ts'
import type { ReplicaKind } from './contract.ts'

/** What happens to a request between routing and the engine's queue: way there, tokenizer, front end, warm-up. */
export class FrontEnd {
  readonly #kind: ReplicaKind
  readonly #requests: RequestTable
  /** When the tokenizer is done with all that has come. */
  #tokenizedS = 0

  constructor(kind: ReplicaKind, requests: RequestTable) {
    this.#kind = kind
    this.#requests = requests
  }

  /** When a request that is sent now may be batched; never before one sent earlier. */
  readyS(request: number, nowS: number): number {
    const { outside, frontEndS, startS = 0 } = this.#kind
    if (outside === undefined) return Math.max(startS, nowS + frontEndS)
    const { requestS, promptTokenS } = outside
    const beganS = Math.max(nowS + requestS, this.#tokenizedS)
    this.#tokenizedS = beganS + promptTokenS * this.#requests.inputTokens[request]
    return Math.max(startS, this.#tokenizedS + frontEndS)
  }
}
