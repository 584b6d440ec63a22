import { expect, it } from 'vitest'
import { fromMemory, fromRows } from '../../../src/arrivals/memory.ts'
import { looped } from '../../../src/arrivals/transforms/loop.ts'
import type { RequestClass } from '../../../src/planning/fleets/classes.ts'
import { rated } from '../../../src/planning/fleets/rating.ts'
import { planFrom, planText, SLOW, server } from './toys.ts'

const MODELS = ['llama-3.1-8b', 'llama-3.1-70b'] as const

function classFor(model: string): RequestClass {
  const rows = Array.from({ length: 50 }, (_, i) => ({ arrivalS: i, inputTokens: 100, outputTokens: 1 }))
  return {
    ...{ name: model, model, requests: 50, meanInputTokens: 100, meanOutputTokens: 1 },
    arrivals: requests => looped(() => fromMemory(fromRows(rows)), { requests }),
  }
}

it('an option that serves nothing is left out for what its own model lacks, on one line', async () => {
  const [first, second] = MODELS
  const small = server('small', 't4-server-4x', 1, 'model: fixed, step_s: 0.1').replace('tp: 8', 'tp: 1')
  const other = SLOW.replace('name: slow', 'name: other')
  const candidates = [
    `${SLOW}    model: ${first}\n`,
    `${other}    model: ${second}\n`,
    `${small}    model: ${second}\n`,
  ]
  const text = planText({ candidates }).replace(`model: ${first}`, `model: [${first}, ${second}]`)
  const { rated: found, leftOut } = await rated(planFrom(text), MODELS.map(classFor), {})
  expect(found.map(({ option }) => option.name)).toEqual(
    MODELS.map((model, i) => `${['slow', 'other'][i]} ${model}`),
  )
  expect(leftOut).toEqual([
    { name: `small ${second}`, why: expect.stringMatching(/^candidates\[2\].*does not fit its memory.*$/) },
  ])
})
