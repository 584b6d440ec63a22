import type { StepRows } from './step-rows.ts'
import type { Work } from './work.ts'

/** What steps do for their price, as one array: eight bytes a step and unit. */
export class StepTable {
  /** The units sought that no step does for nothing. */
  readonly units: readonly number[]
  readonly #steps: number
  readonly #perPrice: Float64Array

  /** @param sought numbers of units, and what a step does of each by `amountOf`; prices are 0 or more */
  constructor(
    { work, prices }: StepRows,
    sought: readonly number[],
    amountOf: (work: Readonly<Work>, unit: number) => number,
  ) {
    const free = work.filter((_, step) => prices[step] === 0)
    const units = sought.filter(unit => free.every(of => !(amountOf(of, unit) > 0)))
    this.units = units
    this.#steps = prices.length
    this.#perPrice = new Float64Array(this.#steps * units.length)
    for (let step = 0, at = 0; step < this.#steps; step++) {
      for (const unit of units) this.#perPrice[at++] = perPrice(amountOf(work[step], unit), prices[step])
    }
  }

  /** @param unit by its place among `units` */
  perPrice(step: number, unit: number): number {
    return this.#perPrice[step * this.units.length + unit]
  }

  /** The step that sells the unit cheapest. */
  cheapest(unit: number): number {
    let best = 0
    for (let step = 1; step < this.#steps; step++)
      if (this.perPrice(step, unit) > this.perPrice(best, unit)) best = step
    return best
  }

  /** The step that does most beyond what it costs at these prices of units, and by what share. */
  mostBroken(prices: readonly number[]): { readonly row: number; readonly excess: number } {
    let row = 0
    let most = Number.NEGATIVE_INFINITY
    for (let step = 0, at = 0; step < this.#steps; step++) {
      let worth = 0
      for (let unit = 0; unit < prices.length; unit++) worth += prices[unit] * this.#perPrice[at++]
      if (worth <= most) continue
      most = worth
      row = step
    }
    return { row, excess: most - 1 }
  }
}

/** Steps that cost nothing do nothing of the units told. */
function perPrice(amount: number, price: number): number {
  return amount === 0 ? 0 : amount / price
}
