import type { OrderView } from '../../src/ordering/contract.ts'

export interface Facts {
  readonly arrivalS: number
  readonly inputTokens: number
  readonly predictedTokens: number
  readonly outputTokens: number
  readonly deadlineS: number
  readonly expectedS: number
  readonly requestClass: string
  readonly tenant: number
}

const PLAIN: Facts = {
  arrivalS: 0,
  inputTokens: 1,
  predictedTokens: 1,
  outputTokens: 1,
  deadlineS: Number.NaN,
  expectedS: 0,
  requestClass: 'chat',
  tenant: -1,
}

/** Requests in flight, their ids multiples of 16 that are used again. It asks to be called as an object. */
export class FakeRequests implements OrderView {
  readonly #facts: (Facts & { readonly ordinal: number })[] = []
  readonly #free: number[] = []
  #came = 0

  /** A request with these facts. @returns its id */
  come(facts: Partial<Facts> = {}): number {
    const slot = this.#free.pop() ?? this.#facts.length
    this.#facts[slot] = { ...PLAIN, ...facts, ordinal: this.#came++ }
    return 16 * slot
  }

  end(request: number): void {
    this.#free.push(request / 16)
    delete this.#facts[request / 16]
  }

  ordinal(request: number): number {
    return this.#facts[request / 16].ordinal
  }

  arrivalS(request: number): number {
    return this.#facts[request / 16].arrivalS
  }

  inputTokens(request: number): number {
    return this.#facts[request / 16].inputTokens
  }

  predictedTokens(request: number): number {
    return this.#facts[request / 16].predictedTokens
  }

  outputTokens(request: number): number {
    return this.#facts[request / 16].outputTokens
  }

  deadlineS(request: number): number {
    return this.#facts[request / 16].deadlineS
  }

  expectedS(request: number): number {
    return this.#facts[request / 16].expectedS
  }

  requestClass(request: number): string {
    return this.#facts[request / 16].requestClass
  }

  tenant(request: number): number {
    return this.#facts[request / 16].tenant
  }
}
