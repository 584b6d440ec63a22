import type { Course } from '../../fleet/course.ts'
import { type PolicyChoice, simulate } from '../../simulate.ts'
import { Answers } from './answers.ts'
import { lookedAt, type Onlooker } from './onlooker.ts'
import { routedBy, routersOf } from './routers.ts'

/** All decisions of a run. */
export interface Recording {
  /** By group of the replicas that requests come to, and of those that decode. */
  readonly entry: readonly Answers[]
  readonly decode: readonly Answers[]
  /** Numbers of the requests that came in the window and were asked about, in order of the first question. */
  readonly numbers: readonly number[]
}

/** Runs the course and writes down what its policies answer. */
export async function recordingOf(
  course: Course,
  choice: PolicyChoice,
  stepByStep = false,
): Promise<Recording> {
  const { models = [''], warmupS } = course
  const routers = routersOf(course, choice)
  const entry = models.map(() => new Answers())
  const decode = models.map(() => new Answers())
  const numbers: number[] = []
  const writer = writerTo(entry)
  const onlooker: Onlooker = {
    answered(answered) {
      const { request, group } = answered
      const isFirst = entry[group].firstOf(request.number) === undefined
      if (isFirst && request.arrivalS >= warmupS) numbers.push(request.number)
      writer.answered(answered)
    },
  }
  const looked = {
    entry: lookedAt(routers.entry, onlooker),
    decode: routers.decode && lookedAt(routers.decode, writerTo(decode)),
  }
  await simulate(...routedBy(course, choice, looked), { stepByStep })
  return { entry, decode, numbers }
}

function writerTo(groups: readonly Answers[]): Onlooker {
  return {
    answered({ request, cluster, replica, againS, group }) {
      groups[group].add(request.number, replica, cluster.nowS, againS)
    },
  }
}
