import { chunkedPrefill } from '../../src/batching/chunked-prefill.ts'
import { continuous } from '../../src/batching/continuous.ts'
import type { Batcher } from '../../src/batching/contract.ts'
import { prefillFirst } from '../../src/batching/prefill-first.ts'
import { staticBatch } from '../../src/batching/static.ts'
import type { Course } from '../../src/fleet/course.ts'
import type { ReplicaKind } from '../../src/replicas/contract.ts'
import { FINISHED, LENGTH, type Outcome, REJECTED } from '../../src/requests/table.ts'
import type { ReplicaId } from '../../src/routing/contract.ts'
import { type ArrivalRow, courseOf } from './courses.ts'
import { type AffineJoules, affineEnergy, type LinearTimes, linearLatency } from './models.ts'

/*
 * Courses small enough to be worked out on paper, with the answers. The tables read: begin - end of a step, what
 * it carries as name:tokens (a plain name decodes), and what follows. e1 is the first token emitted.
 */

export interface ExpectedRow {
  readonly replica: ReplicaId
  readonly outcome: Outcome
  readonly admittedS: number
  readonly firstTokenS: number
  readonly endS: number
  readonly emitted: number
  readonly preemptions: number
  readonly worstItlS: number
  readonly shareS?: number
  readonly shareJ?: number
  readonly shareG?: number
}

export interface ExpectedTotals {
  readonly busyS: number
  readonly steps: number
  readonly preemptions: number
  readonly busyJ?: number
  /** Grams of busyJ at the facility's meter. */
  readonly grams?: number
}

export interface HandCase {
  readonly name: string
  readonly course: Course
  /** Replica of each request, in order of arrival. */
  readonly decisions: readonly ReplicaId[]
  /** In order of arrival. */
  readonly requests: readonly ExpectedRow[]
  readonly replicas: readonly ExpectedTotals[]
}

type KindOptions = Partial<ReplicaKind> & {
  readonly times?: Partial<LinearTimes>
  readonly joules?: Partial<AffineJoules>
}

/** A roomy replica whose every step takes 1 s and draws 100 W, unless told. */
function kind({ times, joules, ...more }: KindOptions = {}): ReplicaKind {
  const latency = linearLatency({ fixedS: 1, tokenS: 0, contextS: 0, pairS: 0, ...times })
  const constant = { idleWatts: 50, busyWatts: 100, tokenJ: 0, contextJ: 0, pairJ: 0, capWatts: Infinity }
  return {
    name: 'hand',
    deviceKind: 'gpu',
    devices: 1,
    latency,
    energy: affineEnergy({ ...constant, ...joules }, latency),
    batcher: chunkedPrefill,
    tokenBudget: 64,
    maxSequences: 8,
    maxModelLen: 128,
    kvBlocks: 1024,
    blockTokens: 4,
    watermarkBlocks: 0,
    frontEndS: 0,
    usdPerHour: 3.6,
    saturationRequestsPerS: 1,
    saturationTokensPerS: 1,
    ...more,
  }
}

/** A request: arrival, prompt, output, prefix hits. */
function ask(arrivalS: number, inputTokens: number, outputTokens: number, hitTokens = 0): ArrivalRow {
  return { arrivalS, inputTokens, outputTokens, hitTokens }
}

/** What becomes of a request that is admitted, from the times of its tokens. */
function done(admittedS: number, tokenS: readonly number[], more: Partial<ExpectedRow> = {}): ExpectedRow {
  const gaps = tokenS.slice(1).map((timeS, i) => timeS - tokenS[i])
  return {
    replica: 0,
    outcome: FINISHED,
    admittedS,
    firstTokenS: tokenS[0],
    endS: tokenS[tokenS.length - 1],
    emitted: tokenS.length,
    preemptions: 0,
    worstItlS: Math.max(0, ...gaps),
    ...more,
  }
}

function rejected(atS: number): ExpectedRow {
  const never = Number.NaN
  return {
    replica: 0,
    outcome: REJECTED,
    admittedS: never,
    firstTokenS: never,
    endS: atS,
    emitted: 0,
    preemptions: 0,
    worstItlS: 0,
    shareS: 0,
    shareJ: 0,
    shareG: 0,
  }
}

/** A case on one replica. */
function onOne(
  name: string,
  replica: ReplicaKind,
  rows: readonly ArrivalRow[],
  requests: readonly ExpectedRow[],
  totals: ExpectedTotals,
  more: Partial<Course> = {},
): HandCase {
  const course = courseOf([replica], rows, more)
  return { name, course, decisions: rows.map(() => 0), requests, replicas: [totals] }
}

/*
 * Steps of 1 + tokens/8 + context/16 s.
 *   0      - 2       A:8
 *   2      - 3.6875  A, context 9
 *   3.6875 - 5.4375  A, context 10; ends
 */
const oneRequest = onOne(
  'one request',
  kind({ times: { tokenS: 1 / 8, contextS: 1 / 16 } }),
  [ask(0, 8, 3)],
  [done(0, [2, 3.6875, 5.4375], { shareS: 5.4375, shareJ: 543.75, shareG: (543.75 * 1.25 * 400) / 3.6e6 })],
  { busyS: 5.4375, steps: 3, preemptions: 0, busyJ: 543.75, grams: (543.75 * 1.25 * 400) / 3.6e6 },
  { pue: 1.25 },
)

/*
 * The same steps. Shares in seconds: each context token pays 1/16, the rest goes by tokens.
 *   0      - 2       A:8             A 2
 *   2      - 4.1875  A (9), B:4      rest 1.625 / 5 = 0.325: A 0.8875, B 1.3
 *   4.1875 - 6.375   A (10), B (5)   rest 1.25 / 2 = 0.625: A 1.25, B 0.9375; A ends
 *   6.375  - 7.875   B (6)           B 1.5; ends
 */
const twoSharing = onOne(
  'two requests share steps',
  kind({ times: { tokenS: 1 / 8, contextS: 1 / 16 } }),
  [ask(0, 8, 3), ask(1, 4, 3)],
  [
    done(0, [2, 4.1875, 6.375], { shareS: 4.1375, shareJ: 413.75 }),
    done(2, [4.1875, 6.375, 7.875], { shareS: 3.7375, shareJ: 373.75 }),
  ],
  { busyS: 7.875, steps: 4, preemptions: 0, busyJ: 787.5 },
)

/*
 * Budget 4; steps of 1 + pairs/4 s, where a chunk of q tokens after c has q*c + q*q/2 pairs.
 *   0     - 2      A:2 (2 pairs), B:2 (2)     rest 1/4 a token: A 1, B 1; A e1
 *   2     - 5.625  A, B:3 after 2 (10.5)      A 0.25, B 0.75 + 2.625
 *   5.625 - 11.5   A, B:3 after 5 (19.5)      A 0.25, B 0.75 + 4.875
 *   11.5  - 17     A, B:2 after 8 (18)        A 1/3, B 2/3 + 4.5; A e4, B e1
 *   17    - 18     B                          B 1
 */
const longPrompt = onOne(
  'a long prompt is cut into chunks',
  kind({ times: { pairS: 1 / 4 }, tokenBudget: 4, maxSequences: 2 }),
  [ask(0, 2, 4), ask(0, 10, 2)],
  [
    done(0, [2, 5.625, 11.5, 17], { shareS: 1.5 + 1 / 3 }),
    done(0, [17, 18], { shareS: 1 + 3.375 + 5.625 + (2 / 3 + 4.5) + 1 }),
  ],
  { busyS: 18, steps: 5, preemptions: 0 },
)

/*
 * 5 blocks of 2 tokens.
 *   0 - 1  A:4 (2 blocks), B:4 (2)
 *   1 - 2  A (5 tokens: 3). B needs a third block, none is free: B, the newest, preempts itself
 *   2 - 3  A. B must compute 4 + 1 tokens (3 blocks), 2 are free; C would fit and waits behind B
 *   3 - 4  A (4 blocks)
 *   4 - 5  A e5; ends
 *   5 - 6  B:5, C:2; B e2, C e1 and ends
 *   6 - 7  B e3; ends
 */
const preemptsItself = onOne(
  'the newest preempts itself, keeps its tokens and blocks the queue',
  kind({ blockTokens: 2, kvBlocks: 5, maxModelLen: 10 }),
  [ask(0, 4, 5), ask(0, 4, 3), ask(1.5, 2, 1)],
  [done(0, [1, 2, 3, 4, 5]), done(0, [1, 6, 7], { preemptions: 1 }), done(5, [6])],
  { busyS: 7, steps: 7, preemptions: 1 },
)

/*
 * 6 blocks of 2 tokens, all taken by the prompts.
 *   0 - 1  A:6 (3 blocks), B:4 (2), C:2 (1)
 *   1 - 2  A (4 blocks: preempts C). B needs a third: preempts itself. The queue is B, C
 *   2 - 3  A. B must compute 5 tokens (3 blocks), 2 are free
 *   3 - 4  A (5 blocks) e4; ends
 *   4 - 5  B:5 (3), C:3 (2); e2 both
 *   5 - 6  B, C; e3 both
 *   6 - 7  B (4 blocks) e4; ends. C needs a third block: preempts itself
 *   7 - 8  C:5 e4; ends
 */
const preemptsNewest = onOne(
  'the newest is preempted for an older one, two in one step',
  kind({ blockTokens: 2, kvBlocks: 6, maxModelLen: 12 }),
  [ask(0, 6, 4), ask(0, 4, 4), ask(0, 2, 4)],
  [
    done(0, [1, 2, 3, 4]),
    done(0, [1, 5, 6, 7], { preemptions: 1 }),
    done(0, [1, 5, 6, 8], { preemptions: 2 }),
  ],
  { busyS: 8, steps: 8, preemptions: 3 },
)

/*
 * Budget 4, 6 blocks of 2 tokens. B has 2 tokens in the prefix cache, of use once.
 *   0 - 1  A:4 (2 blocks)
 *   1 - 2  A (3 blocks), B:3 after 2 (3 blocks)
 *   2 - 3  A. B:3 after 5 needs a fourth block: preempts itself
 *   3 - 4  A (4 blocks), B:3 after 0 (2 blocks)
 *   4 - 5  A e5; ends. B:3 after 3 needs a third block: preempts itself
 *   5 - 6  B:4
 *   6 - 7  B:4 after 4; e1 and ends
 */
const chunkPreempted = onOne(
  'a half-computed prompt preempts itself and its prefix hits count once',
  kind({ blockTokens: 2, kvBlocks: 6, maxModelLen: 12, tokenBudget: 4, maxSequences: 4 }),
  [ask(0, 4, 5), ask(0, 8, 1, 2)],
  [done(0, [1, 2, 3, 4, 5]), done(1, [7], { preemptions: 2 })],
  { busyS: 7, steps: 7, preemptions: 2 },
)

/*
 * Steps of 1 + tokens/2 + pairs/4 s. A prompt that is cached whole still computes its last token.
 *   0      - 11.375  A:4 after 4 (24 pairs), B:1 after 7 (7.5)   rest 3.5/5: A 2.8 + 6, B 0.7 + 1.875; B ends
 *   11.375 - 12.875  A                                          A 1.5
 */
const prefixHits = onOne(
  'prefix hits are not computed again',
  kind({ times: { tokenS: 1 / 2, pairS: 1 / 4 } }),
  [ask(0, 8, 2, 4), ask(0, 8, 1, 8)],
  [done(0, [11.375, 12.875], { shareS: 10.3 }), done(0, [11.375], { shareS: 2.575 })],
  { busyS: 12.875, steps: 2, preemptions: 0 },
)

/*
 * maxModelLen 8.
 *   0 - 1  B:7, C:5; A is rejected. B e1: 7 + 1 = 8, cut
 *   1 - 2  C, D:5
 *   2 - 3  C, D. C e3 is its last anyway: finished, not cut. E is rejected in the middle of the step
 *   3 - 4  D e3: 5 + 3 = 8, cut
 */
const modelLength = onOne(
  'maxModelLen rejects prompts and cuts outputs',
  kind({ maxModelLen: 8 }),
  [ask(0, 8, 1), ask(0, 7, 5), ask(0, 5, 3), ask(0.5, 5, 4), ask(2.25, 9, 2)],
  [
    rejected(0),
    done(0, [1], { outcome: LENGTH }),
    done(0, [1, 2, 3]),
    done(1, [2, 3, 4], { outcome: LENGTH }),
    rejected(2.25),
  ],
  { busyS: 4, steps: 4, preemptions: 0 },
)

/*
 * Front end 1.5 s, maxModelLen 8.
 *   1.5 - 2.5  A:2 (from 0)
 *   2.5 - 3.5  A, B:1 (from 0.5, ready at 2), C:1 (from 1, ready at the boundary itself)
 *   3.5 - 4.5  A, D:1 (from 1.25, ready at 2.75)
 *   F from 6.5 is rejected at once
 *   7.5 - 8.5  E:1 (from 6, wakes the idle replica)
 */
const frontEnd = onOne(
  'the front end delays the first step that may carry a request',
  kind({ frontEndS: 1.5, maxModelLen: 8 }),
  [ask(0, 2, 3), ask(0.5, 1, 1), ask(1, 1, 1), ask(1.25, 1, 1), ask(6, 1, 1), ask(6.5, 8, 1)],
  [
    done(1.5, [2.5, 3.5, 4.5]),
    done(2.5, [3.5]),
    done(2.5, [3.5]),
    done(3.5, [4.5]),
    done(7.5, [8.5]),
    rejected(6.5),
  ],
  { busyS: 4, steps: 4, preemptions: 0 },
)

/*
 * Two sequences at most; everything falls on boundaries.
 *   0 - 1  A
 *   1 - 2  A, B (B and C arrive at 1); B ends
 *   2 - 3  A, C (D arrives at 2, behind C); both end
 *   3 - 4  D
 *   4 - 5  E (arrives as the replica falls empty)
 */
const ties = onOne(
  'a step that begins at an instant sees what arrives at that instant',
  kind({ maxSequences: 2 }),
  [ask(0, 1, 3), ask(1, 1, 1), ask(1, 1, 1), ask(2, 1, 1), ask(4, 1, 1)],
  [done(0, [1, 2, 3]), done(1, [2]), done(2, [3]), done(3, [4]), done(4, [5])],
  { busyS: 5, steps: 5, preemptions: 0 },
)

/** The same four requests under each batcher; budget 8, steps of 1 + tokens/4 s. */
function batching(
  name: string,
  batcher: Batcher,
  requests: readonly ExpectedRow[],
  busyS: number,
  steps: number,
) {
  return onOne(
    name,
    kind({ batcher, times: { tokenS: 1 / 4 }, tokenBudget: 8, maxSequences: 4 }),
    [ask(0, 4, 3), ask(0, 4, 2), ask(1, 7, 2), ask(1, 2, 1)],
    requests,
    { busyS, steps, preemptions: 0 },
  )
}

/*
 *   0 - 3     A:4, B:4
 *   3 - 6     A, B, C:6; B ends
 *   6 - 8     A, C:1 after 6, D:2; A and D end
 *   8 - 9.25  C; ends
 */
const byChunkedPrefill = batching(
  'chunked-prefill fills the budget',
  chunkedPrefill,
  [done(0, [3, 6, 8]), done(0, [3, 6]), done(3, [8, 9.25]), done(6, [8])],
  9.25,
  4,
)

/*
 *   0    - 3     A:4, B:4
 *   3    - 6.25  A, B, C:7 (over the budget, being the first); B ends
 *   6.25 - 8.25  A, C, D:2; all end
 */
const byContinuous = batching(
  'continuous lets the first whole prompt exceed the budget',
  continuous,
  [done(0, [3, 6.25, 8.25]), done(0, [3, 6.25]), done(3, [6.25, 8.25]), done(6.25, [8.25])],
  8.25,
  3,
)

/*
 *   0    - 3      A:4, B:4
 *   3    - 5.75   C:7; D would exceed the budget
 *   5.75 - 7.25   D:2; ends
 *   7.25 - 9      A, B, C; B and C end
 *   9    - 10.25  A; ends
 */
const byPrefillFirst = batching(
  'prefill-first stalls the decodes',
  prefillFirst,
  [done(0, [3, 9, 10.25]), done(0, [3, 9]), done(3, [5.75, 9]), done(5.75, [7.25])],
  10.25,
  5,
)

/*
 *   0    - 3      A:4, B:4
 *   3    - 4.5    A, B; B ends
 *   4.5  - 5.75   A; ends
 *   5.75 - 9      C:7, D:2, whatever the budget; D ends
 *   9    - 10.25  C; ends
 */
const byStatic = batching(
  'static runs a batch to its last token',
  staticBatch,
  [done(0, [3, 4.5, 5.75]), done(0, [3, 4.5]), done(5.75, [9, 10.25]), done(5.75, [9])],
  10.25,
  5,
)

/*
 * 6 blocks of 2 tokens, of which admission leaves 2 free.
 *   0 - 1  A:4 (2 blocks), B:4 (2). C needs 1, but only the watermark is free; B ends
 *   1 - 2  A (3 blocks), C:2 (1, leaving 2); C ends
 *   2 - 3  A; ends
 *   5 - 6  D:10 (5 of 6 blocks: nothing runs, the watermark does not count); E (1 block) waits
 *   6 - 7  E
 */
const watermark = onOne(
  'admission leaves the watermark free unless nothing runs',
  kind({ blockTokens: 2, kvBlocks: 6, maxModelLen: 12, watermarkBlocks: 2 }),
  [ask(0, 4, 3), ask(0, 4, 1), ask(0, 2, 1), ask(5, 10, 1), ask(5, 2, 1)],
  [done(0, [1, 2, 3]), done(0, [1]), done(1, [2]), done(5, [6]), done(6, [7])],
  { busyS: 5, steps: 5, preemptions: 0 },
)

/*
 * Steps of 900 s at 1000 W and PUE 1.25 are 0.3125 kWh: 31.25 g at 100 g/kWh, 62.5 at 200, 125 at 400.
 *   A  begins 0, 900, 1800, 2700 (first hour), 3600 (on the hour: second)
 *   B  begins 7000 (second), 7900 (third)
 *   C  begins 10800 (fourth: the first price again)
 *   D  begins 14000 (fourth; it ends in the fifth), 14900 (fifth: the second price)
 */
const carbonHours = onOne(
  'a step is priced at the hour in which it begins',
  kind({ times: { fixedS: 900 }, joules: { busyWatts: 1000 } }),
  [ask(0, 1, 5), ask(7000, 1, 2), ask(10800, 1, 1), ask(14000, 1, 2)],
  [
    done(0, [900, 1800, 2700, 3600, 4500], { shareJ: 4.5e6, shareG: 4 * 31.25 + 62.5 }),
    done(7000, [7900, 8800], { shareJ: 1.8e6, shareG: 62.5 + 125 }),
    done(10800, [11700], { shareJ: 9e5, shareG: 31.25 }),
    done(14000, [14900, 15800], { shareJ: 1.8e6, shareG: 31.25 + 62.5 }),
  ],
  { busyS: 9000, steps: 10, preemptions: 0, busyJ: 9e6, grams: 187.5 + 187.5 + 31.25 + 93.75 },
  { pue: 1.25, carbon: { gramsPerKwh: [100, 200, 400] } },
)

/*
 * Steps of 1 + context/8 s; joules: 100 W, 10 a token, 2 a context token, 4 a pair; at most 150 W.
 *   0     - 1      A:4 (8 pairs)              172 J would exceed 150 W: 150 J, all A's
 *   1     - 2.625  A (5), B:2 (2 pairs)       162.5 + 30 + 10 + 8 = 210.5 J (< 243.75)
 *                  a context token is 100/8 + 2 = 14.5 J: A 72.5; B's pairs 8; the other 130 by 3 tokens
 *                  seconds: A 5/8, the other 1 by 3 tokens; B ends
 *   2.625 - 4.375  A (6)                      175 + 10 + 12 = 197 J; ends
 */
const powerCap = onOne(
  'shares of joules follow the work, under a power cap',
  kind({ times: { contextS: 1 / 8 }, joules: { tokenJ: 10, contextJ: 2, pairJ: 4, capWatts: 150 } }),
  [ask(0, 4, 3), ask(0.5, 2, 1)],
  [
    done(0, [1, 2.625, 4.375], {
      shareS: 1 + (5 / 8 + 1 / 3) + 1.75,
      shareJ: 150 + (72.5 + 130 / 3) + 197,
    }),
    done(1, [2.625], { shareS: 2 / 3, shareJ: 8 + 260 / 3 }),
  ],
  { busyS: 4.375, steps: 3, preemptions: 0, busyJ: 557.5 },
)

/*
 * Steps of 1 s on replicas 0 and 2, of 1.5 s on replica 1.
 *   replica 0:  0 - 1 A, 1 - 2 A and C; both end
 *   replica 1:  0 - 1.5 B; 3 - 4.5 E, 4.5 - 6 E
 *   replica 2:  1 - 2 D
 */
const twoKinds: HandCase = {
  name: 'replicas of two kinds do not disturb each other',
  course: courseOf(
    [kind(), kind({ times: { fixedS: 1.5 } })],
    [ask(0, 3, 2), ask(0, 3, 1), ask(1, 3, 1), ask(1, 3, 1), ask(3, 3, 2)],
    { replicas: [0, 1, 0] },
  ),
  decisions: [0, 1, 0, 2, 1],
  requests: [
    done(0, [1, 2]),
    done(0, [1.5], { replica: 1 }),
    done(1, [2]),
    done(1, [2], { replica: 2 }),
    done(3, [4.5, 6], { replica: 1 }),
  ],
  replicas: [
    { busyS: 2, steps: 2, preemptions: 0 },
    { busyS: 4.5, steps: 3, preemptions: 0 },
    { busyS: 1, steps: 1, preemptions: 0 },
  ],
}

export const handCases: readonly HandCase[] = [
  oneRequest,
  twoSharing,
  longPrompt,
  preemptsItself,
  preemptsNewest,
  chunkPreempted,
  prefixHits,
  modelLength,
  frontEnd,
  ties,
  byChunkedPrefill,
  byContinuous,
  byPrefillFirst,
  byStatic,
  watermark,
  carbonHours,
  powerCap,
  twoKinds,
]
