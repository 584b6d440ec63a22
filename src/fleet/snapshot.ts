import type { Grid } from '../energy/grid.ts'
import { Meter } from '../replicas/meter.ts'
import type { Replica } from '../replicas/replica.ts'

/** Meters and token counts of every replica at one instant. */
export class Snapshot {
  timeS = 0
  readonly meters: Meter[]
  readonly outputTokens: Float64Array
  readonly promptTokens: Float64Array
  itlSumS = 0

  constructor(replicas: readonly Replica[], grid: Grid) {
    this.meters = replicas.map(() => new Meter(0, grid))
    this.outputTokens = new Float64Array(replicas.length)
    this.promptTokens = new Float64Array(replicas.length)
  }

  take(timeS: number, replicas: readonly Replica[]): void {
    this.timeS = timeS
    this.itlSumS = 0
    for (let i = 0; i < replicas.length; i++) {
      const { look, ledger } = replicas[i]
      look.readMeter(this.meters[i])
      this.outputTokens[i] = look.outputTokensNow()
      this.promptTokens[i] = ledger.promptTokens
      this.itlSumS += look.itlSumNowS()
    }
  }
}
