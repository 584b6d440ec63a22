import { stream } from '../core/random.ts'
import type { PolicySetup } from '../routing/contract.ts'
import { makePolicy } from '../routing/making.ts'
import { type PolicyEntry, policyNamed } from '../routing/registry.ts'
import type { Course, RoutingChoice } from './course.ts'
import type { RoutingOf } from './fleet.ts'
import { type FlowParts, flowGraph } from './flow-graph.ts'
import type { Group } from './group.ts'
import type { PredictionRecord } from './prediction-record.ts'

/** The policies of a run: of the replicas that requests come to, and of those that take them over. */
export class Routers {
  readonly #course: Course
  readonly #entry: RoutingChoice
  readonly #decode: RoutingChoice

  constructor(course: Course, choice: RoutingChoice) {
    this.#course = course
    this.#entry = choice
    this.#decode = course.handoff?.policy ?? choice
  }

  /** Resolves when both may be made. Throws a UserError for a policy that does not exist. */
  async ready(): Promise<void> {
    for (const entry of this.#entries) await entry.ready?.()
  }

  /** Whether any of them reads of requests what few workloads say. */
  get readNotes(): boolean {
    return this.#entries.some(({ readsNotes }) => readsNotes)
  }

  /** Whether any of them goes by predictions. */
  get predict(): boolean {
    return this.#entries.some(({ predicts }) => predicts)
  }

  /** Whether requests may be told to wait. */
  get wait(): boolean {
    return entryOf(this.#entry).waits ?? false
  }

  /** @param parts of a fleet that hands requests over */
  ofEntries(predictions: PredictionRecord | undefined, parts?: FlowParts): RoutingOf {
    return this.#routing(this.#entry, 'policy', predictions, parts)
  }

  ofDecoders(predictions: PredictionRecord | undefined, parts: FlowParts): RoutingOf {
    return this.#routing(this.#decode, 'decode policy', predictions, parts)
  }

  get #entries(): readonly PolicyEntry[] {
    return [entryOf(this.#entry), entryOf(this.#decode)]
  }

  /** Every group has a policy of its own, with chance of its own. */
  #routing(
    choice: RoutingChoice,
    streamName: string,
    predictions: PredictionRecord | undefined,
    parts: FlowParts | undefined,
  ): RoutingOf {
    const entry = entryOf(choice)
    const kinds = this.#course.kinds.map(({ name }) => name)
    let groups = 0
    return group => {
      const name = groups++ === 0 ? streamName : `${streamName} ${groups}`
      if (predictions && entry.predicts) group.notePredictions(predictions, entry.predicts)
      return makePolicy(choice.name, this.#setup(group, choice, name, parts), entry, kinds)
    }
  }

  #setup(
    group: Group,
    { name, options = {} }: RoutingChoice,
    streamName: string,
    parts?: FlowParts,
  ): PolicySetup {
    const { seed, slo } = this.#course
    return {
      cluster: group.cluster,
      random: stream(seed, `${streamName}/${name}`),
      slo,
      options,
      leastLoaded: (measure, replicas) => group.leastLoaded(measure, replicas),
      release: index => group.release(index),
      indexPrefixes: () => group.cluster.indexPrefixes(),
      onEnd: listener => group.onEnd(listener),
      onAvailable: listener => group.onAvailable(listener),
      askAgainAt: timeS => {
        group.askAgainS = timeS
      },
      predicted: (prediction, value) => group.predicted(prediction, value),
      flowGraph: () => parts && flowGraph(parts, group.members),
    }
  }
}

function entryOf({ name, entry }: RoutingChoice): PolicyEntry {
  return entry ?? policyNamed(name)
}
