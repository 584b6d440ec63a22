import { type Column, columnsOf } from './column.ts'

/** What became of a request at a replica before the one that `replica` names, kept while it is in flight. */
export class Journeys {
  /** Replica that computed its prompt, or -1 where it has stayed at one. */
  readonly prefillReplica: Column
  /** The one chosen to decode it, until its KV is there; else -1. */
  readonly decodeReplica: Column
  /** What it owed there: replica-seconds and dollars. */
  readonly prefillS: Column
  readonly prefillUsd: Column
  /** Seconds that its KV took from there, and would have taken alone. */
  readonly transferS: Column
  readonly transferAloneS: Column

  constructor() {
    const [source, target, seconds, usd, transferS, aloneS] = columnsOf(-1, -1, 0, 0, 0, 0)
    this.prefillReplica = source
    this.decodeReplica = target
    this.prefillS = seconds
    this.prefillUsd = usd
    this.transferS = transferS
    this.transferAloneS = aloneS
  }

  clear(request: number): void {
    this.prefillReplica.clear(request)
    this.decodeReplica.clear(request)
    this.prefillS.clear(request)
    this.prefillUsd.clear(request)
    this.transferS.clear(request)
    this.transferAloneS.clear(request)
  }
}
