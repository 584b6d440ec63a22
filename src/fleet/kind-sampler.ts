import type { Grid } from '../energy/grid.ts'
import { Meter } from '../replicas/meter.ts'
import type { Replica } from '../replicas/replica.ts'
import type { SampleRow } from '../results/run-result.ts'

/** Follows the replicas of one kind from sample to sample. */
export class KindSampler {
  readonly #replicas: readonly Replica[]
  readonly #reading: Meter
  #busyS = 0
  #joules = 0
  #outputTokens = 0
  #delivered = 0

  constructor(replicas: readonly Replica[], grid: Grid) {
    this.#replicas = replicas
    this.#reading = new Meter(0, grid)
  }

  get size(): number {
    return this.#replicas.length
  }

  row(timeS: number, intervalS: number): SampleRow {
    let waiting = 0
    let running = 0
    let blocks = 0
    let freeBlocks = 0
    let busyS = 0
    let joules = 0
    let outputTokens = 0
    let delivered = 0
    const reading = this.#reading
    for (const { look, kind, delivered: sent } of this.#replicas) {
      look.readMeter(reading)
      waiting += look.waiting
      running += look.running
      blocks += kind.kvBlocks
      freeBlocks += look.freeBlocksNow()
      busyS += reading.busyS
      joules += reading.busyJ + kind.energy.idleWatts * (timeS - reading.busyS - reading.awayS)
      outputTokens += look.outputTokensNow()
      delivered += sent
    }
    const row = {
      timeS,
      kind: this.#replicas[0].kind.name,
      replicas: this.#replicas.length,
      waitingRequests: waiting,
      runningRequests: running,
      kvUsedFraction: 1 - freeBlocks / blocks,
      busyFraction: (busyS - this.#busyS) / (intervalS * this.#replicas.length),
      requestsPerS: (delivered - this.#delivered) / intervalS,
      outputTokensPerS: (outputTokens - this.#outputTokens) / intervalS,
      watts: (joules - this.#joules) / intervalS,
    }
    this.#busyS = busyS
    this.#joules = joules
    this.#outputTokens = outputTokens
    this.#delivered = delivered
    return row
  }
}
