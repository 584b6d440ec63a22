import { expect, test } from 'vitest'
import { Compiled } from '../../src/latency/compiled.ts'
import { type Buckets, Padding } from '../../src/latency/padding.ts'
import { AloneOn } from '../../src/planning/alone.ts'
import { jobsOf } from '../../src/planning/jobs.ts'
import { Steps } from '../../src/planning/steps.ts'
import type { ReplicaKind } from '../../src/replicas/contract.ts'
import { courseOf } from '../laws/courses.ts'
import { linearLatency } from '../laws/models.ts'
import { server } from './server.ts'

const TIMES = { fixedS: 0.25, tokenS: 0.125, contextS: 1, pairS: 0 }

/** With so many places that contexts are dealt to, though its buckets hide them. */
function compiled(places: number, buckets: Buckets = { context: [64] }): ReplicaKind {
  const latency = new Compiled(linearLatency({ ...TIMES, places }), new Padding(buckets))
  return server({ latency, maxSequences: 8, maxModelLen: 64 })
}

test.each([2, 3, 5])('who shares contexts that buckets hide is found by what steps take (%i)', places => {
  expect(new Steps(compiled(places)).places).toBe(places)
})

test.each(['4 8', '2 8', '1 3 8', '8', '1 2 5 8'])(
  'a decode alone takes the least of all steps of padded batches: %s',
  async sizes => {
    const batch = sizes.split(' ').map(Number)
    const jobs = await jobsOf(courseOf([server()], [{ arrivalS: 0, inputTokens: 10, outputTokens: 2 }]))
    for (let places = 1; places <= 8; places++) {
      const kind = compiled(places, { context: [32, 64], batch })
      const steps = new Steps(kind)
      const all = Array.from({ length: 64 }, (_, i) => [1 + (i % 8), Math.floor(i / 8)] as const)
      const seconds = all
        .filter(([decodes, chunks]) => decodes + chunks <= kind.maxSequences)
        .map(([decodes, chunks]) => steps.seconds(decodes, 11 * decodes, chunks, chunks, 0))
      const { outputS } = new AloneOn(kind, false).serve(jobs, 0, false)
      expect(outputS, `${places} places`).toBeCloseTo(Math.min(...seconds), 9)
    }
  },
)

test('a decode in a compiled step takes its bucket, and no less beside prompts that share it', async () => {
  const jobs = await jobsOf(courseOf([server()], [{ arrivalS: 0, inputTokens: 10, outputTokens: 5 }]))
  const outputS = (kind: ReplicaKind) => new AloneOn(kind, false).serve(jobs, 0, false).outputS
  expect(outputS(compiled(1, { context: [32, 64] }))).toBeCloseTo(4 * (0.25 + 0.125 + 32), 9)
  // Beside a token of another prompt, padded to eight.
  const shared = compiled(2, { context: [32, 64], prompt: [8, 64] })
  expect(outputS(shared)).toBeCloseTo(4 * (0.25 + 0.125 * 9 + 32 / 2), 9)
})
