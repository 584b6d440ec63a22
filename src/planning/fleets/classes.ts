import type { ArrivalSource } from '../../arrivals/contract.ts'
import { looped } from '../../arrivals/transforms/loop.ts'
import type { WholeWorkload } from '../../arrivals/whole.ts'
import { dealt, only } from './dealt.ts'

/** Requests that are alike: of one class and model, and of like lengths. */
export interface RequestClass {
  /** Such as `chat, in <= 812, out > 97`. */
  readonly name: string
  /** That they ask for; undefined where the workload does not say. */
  readonly model: string | undefined
  readonly requests: number
  readonly meanInputTokens: number
  readonly meanOutputTokens: number
  /** So many of them, evenly over all their time, sessions whole; over and over where they are fewer. */
  readonly arrivals: (requests: number) => ArrivalSource
}

/** Lengths at which classes end, ascending; a last class has what is longer than all. */
export interface Cuts {
  readonly inputTokens: readonly number[]
  readonly outputTokens: readonly number[]
}

/** What tells a class from others: ids of class and model, and how many cuts its lengths lie above. */
interface Key {
  readonly classId: number
  /** -1 where none is named. */
  readonly modelId: number
  readonly input: number
  readonly output: number
}

/** The classes that a workload has requests of. The turns of a session are of the class of the first. */
export function classesOf(whole: WholeWorkload, cuts: Cuts): RequestClass[] {
  const keys = new Map<string, Key>()
  const ofSession = new Map<number, string>()
  const names = Array.from({ length: whole.length }, (_, row) => {
    const session = whole.details?.sessionId[row] ?? -1
    const before = ofSession.get(session)
    if (before !== undefined) return before
    const key = keyOf(whole, cuts, row)
    const name = nameOf(whole, cuts, key)
    keys.set(name, key)
    if (session >= 0) ofSession.set(session, name)
    return name
  })
  return [...keys]
    .sort(([, a], [, b]) => compared(a, b))
    .map(([name, key]) => classOf(whole, names, name, key))
}

/** Where half of the requests are below; none where all are of one length. */
export function medianCut(lengths: Int32Array): number[] {
  const sorted = lengths.toSorted()
  const middle = sorted[Math.floor((sorted.length - 1) / 2)]
  return middle === sorted.at(-1) ? [] : [middle]
}

function keyOf({ classId, inputTokens, outputTokens, details }: WholeWorkload, cuts: Cuts, row: number): Key {
  return {
    classId: classId[row],
    modelId: details?.modelId[row] ?? -1,
    input: cuts.inputTokens.filter(cut => inputTokens[row] > cut).length,
    output: cuts.outputTokens.filter(cut => outputTokens[row] > cut).length,
  }
}

function compared(a: Key, b: Key): number {
  return a.classId - b.classId || a.modelId - b.modelId || a.input - b.input || a.output - b.output
}

function nameOf({ classes, models }: WholeWorkload, { inputTokens, outputTokens }: Cuts, key: Key): string {
  const model = models?.[key.modelId]
  const words = [
    classes[key.classId],
    ...(model === undefined ? [] : [model]),
    ...rangeOf('in', inputTokens, key.input),
    ...rangeOf('out', outputTokens, key.output),
  ]
  return words.join(', ')
}

/** `in <= 200`, `in 201-800`, `in > 800`. */
function rangeOf(what: string, cuts: readonly number[], place: number): string[] {
  if (cuts.length === 0) return []
  if (place === 0) return [`${what} <= ${cuts[0]}`]
  if (place === cuts.length) return [`${what} > ${cuts[place - 1]}`]
  return [`${what} ${cuts[place - 1] + 1}-${cuts[place]}`]
}

function classOf(
  whole: WholeWorkload,
  names: readonly string[],
  name: string,
  { modelId }: Key,
): RequestClass {
  const rows = [...names.keys()].filter(row => names[row] === name)
  const mean = (lengths: Int32Array) => rows.reduce((sum, row) => sum + lengths[row], 0) / rows.length
  return {
    name,
    model: whole.models?.[modelId],
    requests: rows.length,
    meanInputTokens: mean(whole.inputTokens),
    meanOutputTokens: mean(whole.outputTokens),
    arrivals: requests => looped(() => only(whole, dealt(whole, rows, requests)), { requests }),
  }
}
