import { ArrivalBlock } from '../arrivals/contract.ts'
import type { Course } from '../fleet/course.ts'
import { Reuse } from './reuse.ts'

/** The requests of a workload as columns, in order of the trace. */
export interface Jobs {
  readonly length: number
  readonly classes: readonly string[]
  /** The earliest moment at which each may come: turns of sessions may come later. */
  readonly arrivalS: Float64Array
  readonly inputTokens: Int32Array
  readonly outputTokens: Int32Array
  /** Prompt tokens that caches hold as the workload says. */
  readonly hitTokens: Int32Array
  /** Leading prompt tokens that others may have computed before it; -1 where the workload tells no blocks of it. */
  readonly reusableTokens: Int32Array
  /** The same where it may have its first token too late for its objective. */
  readonly reusableLateTokens: Int32Array
  readonly classId: Int32Array
  /** Index into the course's models. */
  readonly modelId: Int32Array
  /** 1 for turns of sessions that are sent when the turn before them has ended. */
  readonly isWaiting: Uint8Array
}

/** Reads the course's open-loop workload through and closes it: about 60 bytes a request. */
export async function jobsOf(course: Course): Promise<Jobs> {
  const source = course.arrivals()
  const rows = new Rows()
  const reuse = new Reuse(course)
  const block = new ArrivalBlock()
  try {
    for (;;) {
      await source.fill(block)
      if (block.length === 0) break
      rows.add(block, modelIdsOf(course, source.models))
      if (block.details !== undefined) reuse.add(block, block.details)
      else reuse.skip(block.length)
    }
  } finally {
    source.close()
  }
  return rows.jobs(source.classes, reuse)
}

/** What of the source's models the course's are; requests that name none ask for the first. */
function modelIdsOf({ models = [] }: Course, named: readonly string[] = []): (id: number) => number {
  return id => (id < 0 || models.length < 2 ? 0 : models.indexOf(named[id]))
}

class Rows {
  readonly #arrivalS: number[] = []
  readonly #inputTokens: number[] = []
  readonly #outputTokens: number[] = []
  readonly #hitTokens: number[] = []
  readonly #classId: number[] = []
  readonly #modelId: number[] = []
  readonly #isWaiting: number[] = []

  add(block: ArrivalBlock, modelOf: (id: number) => number): void {
    const { details } = block
    for (let row = 0; row < block.length; row++) {
      this.#arrivalS.push(block.arrivalS[row])
      this.#inputTokens.push(block.inputTokens[row])
      this.#outputTokens.push(block.outputTokens[row])
      this.#hitTokens.push(block.hitTokens[row])
      this.#classId.push(block.classId[row])
      this.#modelId.push(modelOf(details === undefined ? -1 : details.modelId[row]))
      this.#isWaiting.push(details !== undefined && details.thinkS[row] >= 0 ? 1 : 0)
    }
  }

  jobs(classes: readonly string[], reuse: Reuse): Jobs {
    return {
      length: this.#arrivalS.length,
      classes,
      arrivalS: Float64Array.from(this.#arrivalS),
      inputTokens: Int32Array.from(this.#inputTokens),
      outputTokens: Int32Array.from(this.#outputTokens),
      hitTokens: Int32Array.from(this.#hitTokens),
      reusableTokens: reuse.tokens(),
      reusableLateTokens: reuse.tokensOfLate(),
      classId: Int32Array.from(this.#classId),
      modelId: Int32Array.from(this.#modelId),
      isWaiting: Uint8Array.from(this.#isWaiting),
    }
  }
}
