import { beforeAll, describe, expect, test } from 'vitest'
import { type BatcherName, batchers } from '../../src/batching/registry.ts'
import type { Course } from '../../src/fleet/course.ts'
import { cachedRead, causalPairs } from '../../src/latency/context.ts'
import type { ContextWindow, MixedStep } from '../../src/latency/contract.ts'
import { REJECTED } from '../../src/requests/table.ts'
import { type ArrivalRow, type Flavour, randomCourse } from '../laws/courses.ts'
import { runFast } from '../laws/fast.ts'
import { type NaiveResult, type NaiveStep, runNaive } from '../laws/naive.ts'
import { seeds } from '../laws/seeds.ts'
import { rowsOf } from '../laws/watched.ts'

const FLAVOURS: readonly Flavour[] = ['continuous', 'dyadic']

/** For how long the dynamic batcher may wait, by seed: not at all, or about as long as some steps take. */
const DELAYS = [0, 1 / 16, 1, 64]

/** Those that never exceed the budget: where a prompt does, they cut it. */
const CUTTING: readonly BatcherName[] = ['chunked-prefill', 'decode-first']

/** A step with what there was to choose from when it was formed. */
interface Choice {
  readonly step: NaiveStep
  /** Admitted before and neither ended nor preempted, in order of admission. */
  readonly running: readonly number[]
  /** Of those, the ones that decode. */
  readonly decoding: readonly number[]
  readonly admitted: readonly number[]
  /** Past the front end and not admitted, the head of the queue first; the preempted are ahead of the others. */
  readonly left: readonly number[]
}

interface Served {
  readonly course: Course
  readonly asked: readonly ArrivalRow[]
  readonly result: NaiveResult
}

/** The course with one batcher everywhere, stepped, its requests sent to every replica in turn. */
async function serve(name: BatcherName, seed: number, flavour: Flavour): Promise<Served> {
  const random = randomCourse(`${name} ${seed}`, flavour)
  const batchDelayS = name === 'dynamic' ? DELAYS[seed % DELAYS.length] : 0
  const kinds = random.kinds.map(kind => ({ ...kind, batcher: batchers[name].batcher, batchDelayS }))
  const course = { ...random, kinds }
  const result = await runNaive(course, ({ ordinal }) => ordinal % course.replicas.length)
  return { course, asked: await rowsOf(course), result }
}

/** Follows the queue and the batch of one replica from step to step. */
function choices({ course, asked, result }: Served, replica: number): Choice[] {
  const { frontEndS } = course.kinds[course.replicas[replica]]
  const { requests, steps } = result
  const queue = requests.flatMap((row, i) => (row.replica === replica && row.outcome !== REJECTED ? [i] : []))
  const prefilling = new Set<number>()
  let running: number[] = []
  return steps
    .filter(step => step.replica === replica)
    .map(step => {
      running = running.filter(i => requests[i].endS > step.startS)
      const before = running
      const decoding = before.filter(i => !prefilling.has(i))
      const admitted = step.chunks.map(chunk => chunk.ordinal).filter(i => !before.includes(i))
      for (const i of admitted) queue.splice(queue.indexOf(i), 1)
      running = [...before, ...admitted].filter(i => !step.preempted.includes(i))
      for (const i of step.preempted) {
        queue.unshift(i)
        prefilling.delete(i)
      }
      for (const { ordinal } of step.chunks) {
        if (completes(result, step, ordinal)) prefilling.delete(ordinal)
        else prefilling.add(ordinal)
      }
      const left = queue.filter(i => asked[i].arrivalS + frontEndS <= step.startS)
      return { step, running: before, decoding, admitted, left }
    })
}

/** Whether no step before this one has carried the request. */
function isNew({ requests }: NaiveResult, step: NaiveStep, ordinal: number): boolean {
  return !(requests[ordinal].admittedS < step.startS)
}

function tokens(step: NaiveStep): number {
  return step.decodes.length + chunkTokens(step)
}

function chunkTokens(step: NaiveStep): number {
  return step.chunks.reduce((sum, chunk) => sum + chunk.tokens, 0)
}

describe.each(Object.keys(batchers) as BatcherName[])('%s', name => {
  describe.each(FLAVOURS)('on courses of %s times', flavour => {
    const runs: { served: Served; choices: Choice[][] }[] = []
    beforeAll(async () => {
      // All are kept, so that each check has them at hand: not too many.
      for (const seed of seeds(15).slice(0, 120)) {
        const served = await serve(name, seed, flavour)
        runs.push({ served, choices: served.course.replicas.map((_, replica) => choices(served, replica)) })
      }
    }, 600_000)

    function eachChoice(check: (choice: Choice, served: Served, place: string) => void): void {
      for (const [seed, { served, choices }] of runs.entries()) {
        for (const [replica, ofReplica] of choices.entries()) {
          ofReplica.forEach((choice, i) => {
            check(choice, served, `seed ${seed}, replica ${replica}, step ${i}`)
          })
        }
      }
    }

    test('carries something in every step and ends every request', () => {
      eachChoice(({ step }, _, place) => {
        if (tokens(step) === 0) expect.fail(`${place} is empty`)
      })
      expect(runs.every(({ served }) => served.result.requests.every(row => row.outcome > 0))).toBe(true)
    })

    test('keeps to the token budget, but for a whole prompt that it could never carry otherwise', () => {
      eachChoice(({ step }, { course }, place) => {
        const { tokenBudget } = course.kinds[course.replicas[step.replica]]
        const isWithin = tokens(step) <= tokenBudget
        const isOneWhole = step.chunks.length === 1 && !CUTTING.includes(name)
        if (!isWithin && !isOneWhole && name !== 'static') expect.fail(`${place} carries ${tokens(step)}`)
      })
    })

    test('never runs more requests than the sequence limit', () => {
      eachChoice(({ step, running, admitted }, { course }, place) => {
        const { maxSequences } = course.kinds[course.replicas[step.replica]]
        if (running.length + admitted.length > maxSequences) expect.fail(place)
      })
    })

    test('admits in order of arrival', () => {
      eachChoice(({ step, admitted, left }, { result }, place) => {
        const fresh = admitted.filter(ordinal => isNew(result, step, ordinal))
        if (fresh.some((ordinal, k) => k > 0 && ordinal < fresh[k - 1])) expect.fail(place)
        const passedOver = left.filter(ordinal => isNew(result, step, ordinal) && ordinal < fresh[0])
        if (passedOver.length > 0) expect.fail(`${place} admits ${fresh[0]} before ${passedOver}`)
      })
    })

    test('leaves a request waiting only for a reason', () => {
      let waits = 0
      eachChoice((choice, served, place) => {
        if (choice.left.length === 0) return
        waits++
        if (!reasons(name, choice, served).some(Boolean))
          expect.fail(`${place} leaves ${choice.left[0]} waiting`)
      })
      expect(waits).toBeGreaterThan(50)
    })

    test('gives every decode its token in each step, unless whole prompts go first or one was preempted', () => {
      eachChoice(({ step, decoding }, _, place) => {
        if (name === 'prefill-first' && step.chunks.length > 0) return
        const expected = decoding.filter(ordinal => !step.preempted.includes(ordinal))
        if (String(step.decodes) !== String(expected)) expect.fail(`${place}: ${step.decodes} of ${expected}`)
      })
    })

    test('has the replica price the very steps with chunks that a naive stepper forms', async () => {
      for (const [seed, { served }] of runs.entries()) {
        const { course, result } = served
        const priced: object[][] = course.replicas.map(() => [])
        const kinds = course.replicas.map((kind, id) => recording(course.kinds[kind], priced[id]))
        await runFast({ ...course, kinds, replicas: [...kinds.keys()] }, { name: 'round-robin' })
        for (const [id, steps] of priced.entries()) {
          const { window } = kinds[id].latency
          const formed = result.steps.filter(step => step.replica === id && step.chunks.length > 0)
          expect(steps, `seed ${seed}, replica ${id}`).toEqual(formed.map(step => loadOf(step, window)))
        }
      }
    })

    test(`${SPECIALTIES[name][0]}`, () => {
      let met = 0
      eachChoice((choice, served, place) => {
        const isMet = SPECIALTIES[name][1](choice, served)
        if (isMet === false) expect.fail(place)
        if (isMet) met++
      })
      expect(met).toBeGreaterThan(50)
    })
  })
})

type Check = (choice: Choice, served: Served) => boolean | undefined

/** What each batcher promises beyond the rest: false where broken, undefined where a step does not tell. */
const SPECIALTIES: Record<BatcherName, [string, Check]> = {
  'chunked-prefill': [
    'cuts a prompt only where the budget ends, and only the last of a step',
    ({ step }, { course, result }) => {
      const cut = step.chunks.filter(chunk => !completes(result, step, chunk.ordinal))
      if (cut.length === 0) return undefined
      const isFull = tokens(step) === course.kinds[course.replicas[step.replica]].tokenBudget
      return isFull && cut.length === 1 && cut[0] === step.chunks[step.chunks.length - 1]
    },
  ],
  'prefill-first': [
    'never mixes prompts and decodes in a step',
    ({ step }) => (step.chunks.length > 0 ? step.decodes.length === 0 : undefined),
  ],
  'decode-first': [
    'starts prompts only when nothing decodes, and cuts them only where one by itself fills the step',
    ({ step, decoding, admitted }, { course, result }) => {
      if (step.chunks.length === 0) return undefined
      const isCut = step.chunks.some(chunk => !completes(result, step, chunk.ordinal))
      const isFull = tokens(step) === course.kinds[course.replicas[step.replica]].tokenBudget
      if (isCut && !(isFull && step.chunks.length === 1)) return false
      return step.decodes.length === 0 && (decoding.length === 0 || admitted.length === 0)
    },
  ],
  continuous: [
    'never cuts a prompt',
    ({ step }, { result }) => {
      return step.chunks.length > 0 ? step.chunks.every(it => completes(result, step, it.ordinal)) : undefined
    },
  ],
  static: [
    'admits only when nothing runs',
    ({ admitted, running }) => (admitted.length > 0 ? running.length === 0 : undefined),
  ],
  dynamic: [
    'admits only when nothing runs, and then a batch that is full or whose oldest has waited enough',
    ({ step, admitted, running, left }, { course, asked, result }) => {
      if (admitted.length === 0) return undefined
      const {
        frontEndS,
        batchDelayS = 0,
        maxSequences,
        tokenBudget,
      } = course.kinds[course.replicas[step.replica]]
      const isPreempted = !isNew(result, step, admitted[0])
      const hasWaited = isPreempted || asked[admitted[0]].arrivalS + frontEndS + batchDelayS <= step.startS
      const there = [...admitted, ...left]
      const waiting = there.reduce((sum, i) => {
        const hits = isNew(result, step, i) ? Math.min(asked[i].hitTokens ?? 0, asked[i].inputTokens - 1) : 0
        const emitted = result.requests[i].tokenS.filter(timeS => timeS <= step.startS).length
        return sum + asked[i].inputTokens + emitted - hits
      }, 0)
      return running.length === 0 && (hasWaited || there.length >= maxSequences || waiting >= tokenBudget)
    },
  ],
}

/** Whether the request has a token at the end of the step. */
function completes({ requests }: NaiveResult, step: NaiveStep, ordinal: number): boolean {
  return requests[ordinal].tokenS.includes(step.startS + step.seconds)
}

/** What may keep the head of the queue out of a step. */
function reasons(
  name: BatcherName,
  { step, running, decoding, admitted, left }: Choice,
  { course, asked, result }: Served,
) {
  const { maxSequences, tokenBudget, kvBlocks, blockTokens, watermarkBlocks } =
    course.kinds[course.replicas[step.replica]]
  const head = asked[left[0]]
  const row = result.requests[left[0]]
  const emitted = row.tokenS.filter(timeS => timeS <= step.startS).length
  const hits = isNew(result, step, left[0]) ? Math.min(head.hitTokens ?? 0, head.inputTokens - 1) : 0
  const rest = head.inputTokens + emitted - hits
  const budget = tokenBudget - tokens(step)
  const isCut = name === 'chunked-prefill' || (name === 'decode-first' && step.chunks.length === 0)
  const chunk = isCut ? Math.min(rest, budget) : rest
  const free = kvBlocks - step.heldBlocks - (running.length + admitted.length > 0 ? watermarkBlocks : 0)
  return [
    running.length + admitted.length === maxSequences,
    step.preempted.length > 0,
    Math.ceil((hits + chunk) / blockTokens) > free,
    ['static', 'dynamic'].includes(name) && running.length > 0,
    name === 'decode-first' && decoding.length > 0,
    name === 'static' ? false : name === 'chunked-prefill' ? budget === 0 : rest > budget,
  ]
}

/** What a latency model with these windows is told of a step, but for its number. */
function loadOf(step: NaiveStep, window: ContextWindow | undefined): object {
  return {
    sequences: step.decodes.length,
    chunks: step.chunks.length,
    chunkTokens: chunkTokens(step),
    chunkCachedTokens: step.chunks.reduce((sum, it) => sum + cachedRead(it.cached, window), 0),
    chunkPairs: step.chunks.reduce((sum, it) => sum + causalPairs(it.tokens, it.cached, window), 0),
  }
}

/** The kind with every step with chunks that its replica prices written down. */
function recording(kind: Course['kinds'][number], priced: object[]): Course['kinds'][number] {
  const { latency } = kind
  const stepSeconds = (step: MixedStep) => {
    const { sequences, chunks, chunkTokens, chunkCachedTokens, chunkPairs } = step
    priced.push({ sequences, chunks, chunkTokens, chunkCachedTokens, chunkPairs })
    return latency.stepSeconds(step)
  }
  return {
    ...kind,
    latency: {
      stepSeconds,
      decodeSeconds: (batch, steps) => latency.decodeSeconds(batch, steps),
      gapSeconds: (batch, step) => latency.gapSeconds(batch, step),
      steadySteps: batch => latency.steadySteps(batch),
      contextSeconds: (batch, chunks) => latency.contextSeconds(batch, chunks),
      chunkSeconds: (count, cachedTokens, members) => latency.chunkSeconds(count, cachedTokens, members),
      window: latency.window,
    },
  }
}
