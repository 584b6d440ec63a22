import type { RequestTable } from '../requests/table.ts'
import type { PromptTokens } from '../results/run-result.ts'

/** Counts prompt tokens, and those that were found and not computed, by the replica whose part the prompt was. */
export class PromptRecord {
  readonly #requests: RequestTable
  readonly #asked: Float64Array
  readonly #hit: Float64Array

  constructor(requests: RequestTable, replicas: number) {
    this.#requests = requests
    this.#asked = new Float64Array(replicas)
    this.#hit = new Float64Array(replicas)
  }

  /** A request has ended that has been admitted. The last token of a prompt is always computed. */
  add(request: number): void {
    const { inputTokens, hitTokens, replica, journeys } = this.#requests
    const first = journeys.prefillReplica.at(request)
    const at = first >= 0 ? first : replica[request]
    this.#asked[at] += inputTokens[request]
    this.#hit[at] += Math.min(hitTokens[request], inputTokens[request] - 1)
  }

  of(replica: number): PromptTokens {
    return { asked: this.#asked[replica], hit: this.#hit[replica] }
  }

  all(): PromptTokens {
    return { asked: sum(this.#asked), hit: sum(this.#hit) }
  }
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0)
}
