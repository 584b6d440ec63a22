import { describe, expect, it } from 'vitest'
import { readWhole } from '../../../src/arrivals/whole.ts'
import { mixesOf, mtokPerHourOf, ratePerSOf } from '../../../src/planning/fleets/break-even-mix.ts'
import { messageOf } from '../../scenario/helpers.ts'
import { EVEN, planFrom, planText, SLOW, server, toyPlan, workload } from './toys.ts'

const part = (requests: number, output: number, model: string) => `    - generate:
        requests: ${requests}
        arrivals: { process: even, rate_per_s: ${requests / 100} }
        lengths: { input: { fixed: 100 }, output: { fixed: ${output} } }
      transform: [{ tag: { model: ${model} } }]
`
const TWO_MODELS = `workload:
  mix:
${part(300, 2, 'llama-3.1-8b')}${part(100, 10, 'llama-3.1-70b')}  rate_per_s: 40
`

function twoModels(candidates: readonly string[]) {
  const text = planText({ candidates, workload: TWO_MODELS })
  return planFrom(text.replace('model: llama-3.1-8b', 'model: [llama-3.1-8b, llama-3.1-70b]'))
}

describe('the mix of a plan', () => {
  it('is all requests of whatever length, at the pace of the plan', async () => {
    const lengths = '{ input: { fixed: 100 }, output: { uniform: { min_tokens: 1, max_tokens: 9 } } }'
    const text = EVEN.replace('{ input: { fixed: 100 }, output: { fixed: 1 } }', lengths)
    const [mix, ...more] = await mixesOf(toyPlan({ candidates: [SLOW], workload: text }))
    expect(more).toEqual([])
    expect(mix).toMatchObject({ requests: 1000, model: 'llama-3.1-8b', meanInputTokens: 100 })
    expect(mix.ratePerS).toBeCloseTo(25, 9)
    const { outputTokens, length } = await readWhole(mix.arrivals(3000))
    expect(length).toBe(3000)
    const mean = outputTokens.reduce((sum, tokens) => sum + tokens, 0) / 3000
    expect(mix.meanOutputTokens).toBeCloseTo(mean, 9)
    expect(mean).toBeGreaterThan(2)
  })

  it('gives a part of itself that is like all of it, though it changes as it goes on', async () => {
    const phase = (requests: number, perS: number, output: number) => `    - generate:
        requests: ${requests}
        arrivals: { process: even, rate_per_s: ${perS} }
        lengths: { input: { fixed: 100 }, output: { fixed: ${output} } }
`
    // For 10 s both come alike often, and then only the longer ones.
    const changing = `workload:\n  mix:\n${phase(100, 10, 1)}${phase(900, 10, 11)}  rate_per_s: 40\n`
    const [mix] = await mixesOf(toyPlan({ candidates: [SLOW], workload: changing }))
    expect(mix.meanOutputTokens).toBe(10)
    const { outputTokens, length, arrivalS } = await readWhole(mix.arrivals(200))
    expect(length).toBe(200)
    expect(outputTokens.reduce((sum, tokens) => sum + tokens, 0) / length).toBeCloseTo(10, 0)
    expect(arrivalS[length - 1]).toBeGreaterThan(85)
  })

  it('keeps the turns of a session together', async () => {
    const sessions = `workload:
  generate:
    sessions: { turns: { fixed: 4 }, think_s: { constant_s: 1 }, max_context_tokens: 4000, at_cap: end }
    requests: 400
    arrivals: { process: even }
    lengths: { input: { fixed: 100 }, output: { fixed: 1 } }
  rate_per_s: 25
`
    const [mix] = await mixesOf(toyPlan({ candidates: [SLOW], workload: sessions }))
    const { details, length } = await readWhole(mix.arrivals(100))
    const sessionIds = [...details!.sessionId.slice(0, length)]
    const turnsOf = (session: number) => sessionIds.filter(id => id === session).length
    expect([...new Set(sessionIds)].map(turnsOf)).toEqual(Array(25).fill(4))
  })

  it('is one for each model that is asked for, with its part of the rate', async () => {
    const mixes = await mixesOf(twoModels([SLOW]))
    expect(mixes.map(({ model, requests, meanOutputTokens }) => [model, requests, meanOutputTokens])).toEqual(
      [
        ['llama-3.1-8b', 300, 2],
        ['llama-3.1-70b', 100, 10],
      ],
    )
    expect(mixes.map(({ ratePerS }) => ratePerS)).toEqual([expect.closeTo(30, 9), expect.closeTo(10, 9)])
    const { outputTokens, arrivalS } = await readWhole(mixes[1].arrivals(100))
    expect([...outputTokens]).toEqual(Array(100).fill(10))
    expect(arrivalS[0]).toBe(0)
  })

  it('turns requests a second into millions of tokens an hour and back', async () => {
    const [, mix] = await mixesOf(twoModels([SLOW]))
    // Ten requests of ten tokens, 3,600 times.
    expect(mtokPerHourOf(mix, 10)).toBeCloseTo(0.36, 12)
    expect(ratePerSOf(mix, 0.36)).toBeCloseTo(10, 9)
  })

  it('has a rate, or is refused with what it has', async () => {
    const plan = toyPlan({
      candidates: [server('one', 'aws-p5.48xlarge', 1, 'model: fixed, step_s: 1')],
      workload: workload('even', 1, 1),
    })
    const error = await mixesOf(plan).catch(error => error)
    expect(
      messageOf(() => {
        throw error
      }),
    ).toMatch(/^plan\.yaml:\d+:\d+: workload has of all requests for llama-3\.1-8b 1, over 0 s; must have 2/)
  })
})
