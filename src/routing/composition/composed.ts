import {
  type PolicyFactory,
  type PolicySetup,
  PREDICTIONS,
  REJECT,
  type ReplicaId,
  type RequestView,
  type ScoreListener,
  WAIT,
} from '../contract.ts'
import type { PolicyEntry } from '../entry.ts'
import { candidatesOf, readmit } from './candidates.ts'
import type { Candidates, Composition, PartChoice, Scorer, ScorerChoice } from './contract.ts'
import { checkComposition, type Made, partNamed, type Role, resolvedOptions } from './parts.ts'

/** The policy of a composition, as a registry would say what it is. Throws a UserError for a mistake in it. */
export function compositionEntry(composition: Composition): PolicyEntry {
  checkComposition(composition)
  const { filters, scorers, picker } = composition
  const entries = [
    ...filters.map(({ name }) => partNamed('filter', name)),
    ...scorers.map(({ name }) => partNamed('scorer', name)),
    partNamed('picker', picker.name),
  ]
  const about = 'put together from filters, scorers and a picker'
  const predicts = PREDICTIONS.filter(each => entries.some(entry => entry.predicts?.includes(each)))
  return {
    about,
    options: {},
    make: composed(composition),
    ...(entries.some(({ readsNotes }) => readsNotes) && { readsNotes: true }),
    ...(predicts.length > 0 && { predicts }),
    ...(composition.whenNone === 'wait' && { waits: true }),
    ...(composition.whenNone === 'reject' && { refuses: () => true }),
  }
}

// The scheduling cycle of the Gateway API inference extension and the llm-d router, `SchedulerProfile.Run`.

/** In place of a choice: a request that is sent where nothing may be sent is held. */
const NOBODY_AVAILABLE: ReplicaId = 0

/** Each filter sees what those before it left; scores add up by weight; the picker chooses among who is left. */
export function composed(composition: Composition): PolicyFactory {
  return setup => {
    const told: Told[] = []
    const make = makerOf(setup, told)
    const filters = composition.filters.map(choice => make('filter', choice))
    const score = mean(composition.scorers, make, setup.cluster.replicas)
    const pick = make('picker', composition.picker)
    const candidates = candidatesOf(setup.cluster.replicas)
    const scores = new Float64Array(setup.cluster.replicas)
    return (request, cluster) => {
      readmit(candidates, cluster)
      if (candidates.count === 0) return NOBODY_AVAILABLE
      for (let i = 0; i < filters.length && candidates.count > 0; i++) {
        filters[i](request, cluster, candidates)
      }
      if (candidates.count === 0) {
        if (composition.whenNone === 'reject') return REJECT
        if (composition.whenNone === 'wait') return WAIT
        readmit(candidates, cluster)
      }
      score(request, cluster, candidates, scores)
      const replica = candidates.ids[pick(candidates, scores)]
      for (let i = 0; i < told.length; i++) told[i](request, replica)
      return replica
    }
  }
}

/** Of a part with a memory. */
type Told = (request: RequestView, replica: ReplicaId) => void

type Maker = <R extends Role>(role: R, choice: PartChoice) => Made[R]

function makerOf(setup: PolicySetup, told: Told[]): Maker {
  const { cluster, random } = setup
  return (role, choice) => {
    const { make, readsPrefixes } = partNamed(role, choice.name)
    if (readsPrefixes) setup.indexPrefixes()
    return make({
      cluster,
      random,
      options: resolvedOptions(role, choice),
      labels: choice.labels ?? {},
      onSent: listener => told.push(listener),
    })
  }
}

function tell(listener: ScoreListener, { ids, count }: Candidates, scores: Float64Array): void {
  for (let place = 0; place < count; place++) listener(ids[place], scores[place])
}

/** The mean of the scorers' scores by weight. */
function mean(choices: readonly ScorerChoice[], make: Maker, replicas: number): Scorer {
  const counted = choices.filter(({ weight }) => weight > 0)
  const total = counted.reduce((sum, { weight }) => sum + weight, 0)
  const shares = counted.map(({ weight }) => weight / total)
  const scorers = counted.map(choice => make('scorer', choice))
  const own = new Float64Array(replicas)
  return (request, cluster, candidates, scores) => {
    scores.fill(0, 0, candidates.count)
    for (let i = 0; i < scorers.length; i++) {
      scorers[i](request, cluster, candidates, own)
      for (let place = 0; place < candidates.count; place++) scores[place] += shares[i] * own[place]
    }
    if (cluster.onScore !== undefined && scorers.length > 0) tell(cluster.onScore, candidates, scores)
  }
}
