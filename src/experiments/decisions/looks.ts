import { UserError } from '../../core/errors.ts'
import type { Course } from '../../fleet/course.ts'
import type { Fate, Question, Sight } from '../../results/decision.ts'
import { type ClusterView, REJECT, type RequestView, WAIT } from '../../routing/contract.ts'
import { type PolicyChoice, simulate } from '../../simulate.ts'
import { type Answer, Reader } from './answers.ts'
import { fateOf } from './fates.ts'
import { type Answered, lookedAt, type Onlooker } from './onlooker.ts'
import type { Recording } from './recording.ts'
import type { Detour } from './replay.ts'
import { entryGroups, routedBy, routersOf } from './routers.ts'
import { mostPromising, sightOf } from './sights.ts'

/** A decision as it was made, with the replicas whose fates are to be found. */
export interface Look {
  readonly question: Question
  /** In the recording. */
  readonly answer: Answer
  /** By their numbers in the group, the numbers in the fleet of the replicas that the policy chooses from. */
  readonly members: readonly number[]
  /** The replica of the fleet that was chosen; NaN where the request was refused. */
  readonly chosen: number
  readonly sights: readonly Sight[]
  readonly fate: Fate
}

/** The answer that would have sent it to a replica of the fleet. */
export function detourOf({ question, answer, members }: Look, replica: number): Detour {
  return { number: question.number, instead: answer, replica: members.indexOf(replica) }
}

/** Runs the course once more and looks at the decisions about these requests. Throws a UserError where others are made. */
export async function looksAt(
  course: Course,
  choice: PolicyChoice,
  recording: Recording,
  numbers: readonly number[],
  stepByStep = false,
): Promise<Look[]> {
  const routers = routersOf(course, choice)
  const looker = new Looker(course, recording, new Set(numbers))
  const fates = new Map<number, Fate>()
  await simulate(...routedBy(course, choice, { ...routers, entry: lookedAt(routers.entry, looker) }), {
    stepByStep,
    onEnd(request, requests) {
      const number = requests.ordinal[request]
      if (looker.looks.has(number)) fates.set(number, fateOf(course, request, requests))
    },
  })
  if (looker.difference !== undefined) throw new UserError(`policy ${choice.name} ${looker.difference}`)
  return [...looker.looks].map(([number, look]) => ({ ...look, fate: fates.get(number)! }))
}

class Looker implements Onlooker {
  readonly looks = new Map<number, Omit<Look, 'fate'>>()
  /** What the policy did otherwise than in the recording. */
  difference: string | undefined
  readonly #wanted: ReadonlySet<number>
  readonly #readers: readonly Reader[]
  readonly #groups: readonly (readonly number[])[]
  #scores = new Float64Array()

  constructor(course: Course, recording: Recording, wanted: ReadonlySet<number>) {
    this.#groups = entryGroups(course)
    this.#readers = recording.entry.map(answers => new Reader(answers))
    this.#wanted = wanted
  }

  asked({ number }: RequestView, cluster: ClusterView): void {
    if (!this.#wanted.has(number)) return
    const scores = new Float64Array(cluster.replicas).fill(Number.NaN)
    this.#scores = scores
    cluster.onScore = (replica, score) => {
      scores[replica] = score
    }
  }

  answered(answered: Answered): void {
    const { request, cluster, replica, group } = answered
    const { number } = request
    cluster.onScore = undefined
    const answer = this.#readers[group].at(number, cluster.nowS)
    if (answer?.replica !== replica) return this.#note(answered, answer)
    this.#readers[group].pass(number, answer)
    if (!this.#wanted.has(number) || this.looks.has(number) || replica === WAIT) return
    if (replica === REJECT || cluster.isAvailable(replica))
      this.looks.set(number, { answer, ...this.#look(answered, this.#groups[group]) })
  }

  #note({ request, cluster, replica }: Answered, before: Answer | undefined): void {
    this.difference ??=
      `answered ${before?.replica ?? 'nothing'} for request ${request.number} at ${cluster.nowS} s, and ${replica} when ` +
      'the same run was made again; decisions can be explained only of a policy whose memory is its closure and whose ' +
      'chance is `random` of its set-up'
  }

  #look({ request, cluster, replica }: Answered, members: readonly number[]) {
    const { number, requestClass, inputTokens, predictedTokens } = request
    const available = members.map((_, member) => member).filter(member => cluster.isAvailable(member))
    const chosen = replica === REJECT ? Number.NaN : members[replica]
    const sights = available.map(member =>
      sightOf(cluster, member, request, members[member], this.#scores[member]),
    )
    const choices = available.length
    const question = { number, timeS: cluster.nowS, requestClass, inputTokens, predictedTokens, choices }
    return { question, members, chosen, sights: mostPromising(sights, chosen) }
  }
}
