import { Column } from './column.ts'

/** What became of a request at a replica before the one that `replica` names, kept while it is in flight. */
export class Journeys {
  /** Replica that computed its prompt, or -1 where it has stayed at one. */
  readonly prefillReplica = new Column(-1)
  /** What it owed there: replica-seconds and dollars. */
  readonly prefillS = new Column(0)
  readonly prefillUsd = new Column(0)
  /** Seconds that its KV took from there, and would have taken alone. */
  readonly transferS = new Column(0)
  readonly transferAloneS = new Column(0)

  clear(request: number): void {
    this.prefillReplica.clear(request)
    this.prefillS.clear(request)
    this.prefillUsd.clear(request)
    this.transferS.clear(request)
    this.transferAloneS.clear(request)
  }
}
