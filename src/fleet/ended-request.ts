import type { RequestTable } from '../requests/table.ts'
import type { EndedView, ReplicaId } from '../routing/contract.ts'
import type { RouterSetup } from './router-setup.ts'

/** An ended request as a policy may see it: a window on one row of the table. */
export class EndedRequest implements EndedView {
  replica: ReplicaId = 0
  #request = 0
  readonly #requests: RequestTable
  readonly #classes: readonly string[]

  constructor({ requests, classes }: RouterSetup) {
    this.#requests = requests
    this.#classes = classes
  }

  turnTo(request: number, replica: ReplicaId): void {
    this.#request = request
    this.replica = replica
  }

  get number(): number {
    return this.#requests.ordinal[this.#request]
  }

  get requestClass(): string {
    return this.#classes[this.#requests.classId[this.#request]]
  }

  get inputTokens(): number {
    return this.#requests.inputTokens[this.#request]
  }

  get hitTokens(): number {
    return this.#requests.hitTokens[this.#request]
  }

  get outputTokens(): number {
    return this.#requests.emittedTokens[this.#request]
  }

  get arrivalS(): number {
    return this.#requests.arrivalS[this.#request]
  }

  get sentS(): number {
    const sentS = this.#requests.journeys.sentS.at(this.#request)
    return Number.isNaN(sentS) ? this.arrivalS : sentS
  }

  get ttftS(): number {
    return this.#requests.firstTokenS[this.#request] - this.arrivalS
  }

  get tpotS(): number {
    const gaps = this.outputTokens - 1
    return gaps > 0 ? (this.e2eS - this.ttftS) / gaps : Number.NaN
  }

  get e2eS(): number {
    return this.#requests.endS[this.#request] - this.arrivalS
  }
}
