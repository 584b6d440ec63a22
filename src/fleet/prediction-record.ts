import type { Replica } from '../replicas/replica.ts'
import { type Column, Records } from '../requests/column.ts'
import { isServed } from '../requests/outcomes.ts'
import type { RequestTable } from '../requests/table.ts'
import type { PredictionResult } from '../results/prediction-result.ts'
import {
  type ClusterView,
  PREDICTIONS,
  type Prediction,
  type ReplicaId,
  type RequestView,
  type Role,
} from '../routing/contract.ts'
import type { Course } from './course.ts'
import { PredictionErrors } from './prediction-errors.ts'

const NONE = Number.NaN

/** What was expected of every request in flight when it was sent, compared with what came true once it has ended. */
export class PredictionRecord {
  readonly #requests: RequestTable
  readonly #replicas: readonly Replica[]
  readonly #course: Course
  readonly #records = new Records(NONE, NONE, NONE, NONE, NONE, NONE)
  readonly #decidedS: Column = this.#records.column(PREDICTIONS.length)
  readonly #quantities = PREDICTIONS.map((prediction, i) => ({
    prediction,
    expected: this.#records.column(i),
    errors: new PredictionErrors(),
  }))

  constructor(requests: RequestTable, replicas: readonly Replica[], course: Course) {
    this.#requests = requests
    this.#replicas = replicas
    this.#course = course
  }

  /** A decision is being made about the request: nothing is expected of it yet. */
  begin(request: number, nowS: number): void {
    this.#records.clear(request)
    this.#decidedS.set(request, nowS)
  }

  expect(request: number, prediction: Prediction, value: number): void {
    this.#quantities[PREDICTIONS.indexOf(prediction)].expected.set(request, value)
  }

  /** A request has ended now. */
  ended(request: number): void {
    const { arrivalS, outcome } = this.#requests
    if (arrivalS[request] < this.#course.warmupS || !isServed(outcome[request])) return
    for (const { prediction, expected, errors } of this.#quantities) {
      const value = expected.at(request)
      if (!Number.isNaN(value)) errors.add(value, this.#realised(prediction, request))
    }
  }

  /** Of the quantities of which any was expected. */
  results(): PredictionResult[] {
    return this.#quantities.flatMap(({ prediction, errors }) => errors.result(prediction))
  }

  #realised(prediction: Prediction, request: number): number {
    switch (prediction) {
      case 'ttft':
        return this.#requests.firstTokenS[request] - this.#decidedS.at(request)
      case 'tpot':
        return this.#tpotS(request)
      case 'e2e':
        return this.#requests.endS[request] - this.#decidedS.at(request)
      case 'usd':
        return (this.#kindOf(request).usdPerHour / 3600) * this.#requests.shareS[request]
      case 'joules':
        return this.#addedJ(request)
    }
  }

  #tpotS(request: number): number {
    const { endS, firstTokenS, emittedTokens } = this.#requests
    return (endS[request] - firstTokenS[request]) / (emittedTokens[request] - 1)
  }

  /** Its share at the meter without what its part of the time takes idle. */
  #addedJ(request: number): number {
    const { shareJ, shareS } = this.#requests
    return (shareJ[request] - this.#kindOf(request).energy.idleWatts * shareS[request]) * this.#course.pue
  }

  #kindOf(request: number) {
    return this.#replicas[this.#requests.replica[request]].kind
  }
}

/** Notes what the policy of one group of replicas expects of the requests that it sends. */
export class PredictionNotes {
  readonly #record: PredictionRecord
  readonly #predicts: readonly Prediction[]
  /** Whether others have computed the prompts. */
  readonly #takesOver: boolean
  /** What the policy itself has said of the request that it is deciding about. */
  readonly #own = new Map<Prediction, number>()

  constructor(record: PredictionRecord, predicts: readonly Prediction[], takesOver: boolean) {
    this.#record = record
    this.#predicts = predicts
    this.#takesOver = takesOver
  }

  /** The policy says so in the decision under way. */
  tell(prediction: Prediction, value: number): void {
    this.#own.set(prediction, value)
  }

  /** The policy has answered: a replica, or none. @param id of the request in the table */
  note(id: number, request: RequestView, cluster: ClusterView, answer: ReplicaId): void {
    if (answer >= 0) this.#expect(id, request, cluster, answer)
    this.#own.clear()
  }

  #expect(id: number, request: RequestView, cluster: ClusterView, replica: ReplicaId): void {
    if (!this.#takesOver) this.#record.begin(id, cluster.nowS)
    const role = this.#takesOver ? 'decode' : cluster.role(replica)
    for (const prediction of this.#predicts) {
      if (!isPart(prediction, role)) continue
      const value = this.#own.get(prediction) ?? expectedOf(prediction, cluster, replica, request)
      this.#record.expect(id, prediction, value)
    }
  }
}

/** Of a request that goes from replica to replica, each is asked for its own part only. */
function isPart(prediction: Prediction, role: Role): boolean {
  if (role === 'both') return true
  return prediction === (role === 'prefill' ? 'ttft' : 'tpot')
}

function expectedOf(
  prediction: Prediction,
  cluster: ClusterView,
  replica: ReplicaId,
  request: RequestView,
): number {
  switch (prediction) {
    case 'ttft':
      return cluster.expectedTtftS(replica, request)
    case 'tpot':
      return cluster.expectedTpotS(replica, request)
    case 'e2e':
      return cluster.expectedE2eS(replica, request)
    case 'usd':
      return cluster.expectedUsd(replica, request)
    case 'joules':
      return cluster.expectedJoules(replica, request)
  }
}
