import type { RequestTable } from '../requests/table.ts'
import type { GroupSpreads } from '../results/group-result.ts'
import { Gather } from '../results/stats.ts'

/** Gathers how long requests took that have got their output. */
export class LatencyRecord {
  readonly #ttft = new Gather()
  readonly #tpot = new Gather()
  readonly #e2e = new Gather()

  add(request: number, requests: RequestTable): void {
    const arrivalS = requests.arrivalS[request]
    const firstTokenS = requests.firstTokenS[request]
    const endS = requests.endS[request]
    const gaps = requests.emittedTokens[request] - 1
    this.#ttft.add(firstTokenS - arrivalS)
    if (gaps > 0) this.#tpot.add((endS - firstTokenS) / gaps)
    this.#e2e.add(endS - arrivalS)
  }

  spreads(): GroupSpreads {
    return { ttft: this.#ttft.spread(), tpot: this.#tpot.spread(), e2e: this.#e2e.spread() }
  }
}
