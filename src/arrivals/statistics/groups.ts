/** The requests that share a name: a class, a tenant, a model, a modality. */
export interface Group {
  readonly name: string
  readonly requests: number
  /** Of all requests. */
  readonly share: number
  readonly meanInputTokens: number
  readonly meanOutputTokens: number
}

/** Counts requests by the index of a name. */
export class Groups {
  readonly #requests: number[] = []
  readonly #inputTokens: number[] = []
  readonly #outputTokens: number[] = []

  /** @param id -1 for none */
  add(id: number, inputTokens: number, outputTokens: number): void {
    if (id < 0) return
    while (id >= this.#requests.length) this.#grow()
    this.#requests[id]++
    this.#inputTokens[id] += inputTokens
    this.#outputTokens[id] += outputTokens
  }

  /** The groups that have requests, the largest first. */
  groups(names: readonly string[], allRequests: number): Group[] {
    return this.#requests
      .map((requests, id) => ({
        name: names[id],
        requests,
        share: requests / allRequests,
        meanInputTokens: this.#inputTokens[id] / requests,
        meanOutputTokens: this.#outputTokens[id] / requests,
      }))
      .filter(({ requests }) => requests > 0)
      .sort((a, b) => b.requests - a.requests)
  }

  #grow(): void {
    this.#requests.push(0)
    this.#inputTokens.push(0)
    this.#outputTokens.push(0)
  }
}
