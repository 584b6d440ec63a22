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

  /** Takes in a request that is sent now: notes when it may be batched, never before one sent earlier. */
  take(request: number, nowS: number): void {
    const { inputTokens, readyS } = this.#requests
    const { outside, frontEndS, startS = 0 } = this.#kind
    if (outside === undefined) {
      readyS[request] = Math.max(startS, nowS + frontEndS)
      return
    }
    const { requestS, promptTokenS } = outside
    const beganS = Math.max(nowS + requestS, this.#tokenizedS)
    this.#tokenizedS = beganS + promptTokenS * inputTokens[request]
    readyS[request] = Math.max(startS, this.#tokenizedS + frontEndS)
  }
}
