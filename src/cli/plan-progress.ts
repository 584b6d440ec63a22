import { setImmediate } from 'node:timers/promises'
import type { PlanHooks } from '../planning/fleets/contract.ts'
import { cleanedUp } from './interrupt.ts'
import { Progress } from './progress.ts'

/** Shows on stderr what a plan is at, where someone is watching. */
export class PlanProgress {
  #rating: Progress | undefined
  #end: () => void = () => {}
  #shown = false

  hooks(): PlanHooks {
    return {
      onRated: async (done, total) => {
        this.#rating ??= new Progress(total)
        this.#rating.show(done, 'rating options')
        await setImmediate()
      },
      onRun: async runs => {
        this.#rating?.stop()
        this.#showRuns(runs)
        await setImmediate()
      },
    }
  }

  stop(): void {
    this.#rating?.stop()
    this.#end()
  }

  /** How many there will be is not known. */
  #showRuns(runs: number): void {
    if (!process.stderr.isTTY) return
    if (!this.#shown) this.#end = cleanedUp(clearLine)
    this.#shown = true
    process.stderr.write(`\r${runs} runs simulated`)
  }
}

function clearLine(): void {
  process.stderr.write('\r\u001b[K')
}
