import { describe, expect, test } from 'vitest'
import type { LengthPredictor } from '../../src/fleet/length-predictor.ts'
import { foretells, PRIOR_OUTPUT_TOKENS } from '../../src/fleet/length-predictor.ts'
import { runFast } from '../laws/fast.ts'
import { roomyCourse } from '../laws/roomy.ts'
import { watched } from '../laws/watched.ts'

const rows = Array.from({ length: 400 }, (_, i) => ({
  arrivalS: i / 50,
  inputTokens: 20,
  outputTokens: 100 + (i % 300),
}))

/** What each request was predicted to emit, in order of arrival. */
async function predicted(predictor: LengthPredictor | undefined, policy = 'round-robin'): Promise<number[]> {
  const told: number[] = []
  const choice = watched({ name: policy }, ({ predictedTokens }) => told.push(predictedTokens))
  await runFast({ ...roomyCourse(3, rows), ...(predictor && { predictor }) }, choice)
  return told
}

describe('output lengths are predicted', () => {
  test('by the mean of those that have finished, where the course says nothing', async () => {
    const told = await predicted(undefined)
    expect(told).toEqual(await predicted('class-mean'))
    expect(told[0]).toBe(PRIOR_OUTPUT_TOKENS)
    expect(told[399]).not.toBe(PRIOR_OUTPUT_TOKENS)
  })

  test('as they are', async () => {
    expect(await predicted('oracle')).toEqual(rows.map(({ outputTokens }) => outputTokens))
  })

  test('not at all', async () => {
    expect(new Set(await predicted('none'))).toEqual(new Set([PRIOR_OUTPUT_TOKENS]))
  })

  test('with errors of the spread asked for, without bias of the logarithm', async () => {
    for (const error of [0.2, 0.8]) {
      const told = await predicted({ noisy: { error } })
      const errors = told.map((tokens, i) => Math.log(tokens / rows[i].outputTokens))
      const mean = errors.reduce((sum, x) => sum + x, 0) / errors.length
      const deviation = Math.sqrt(errors.reduce((sum, x) => sum + (x - mean) ** 2, 0) / errors.length)
      // Four standard errors of 400 draws.
      expect(Math.abs(mean)).toBeLessThan((4 * error) / 20)
      expect(Math.abs(deviation / error - 1)).toBeLessThan(4 / Math.sqrt(800))
    }
  })

  test('with the same errors whoever routes', async () => {
    const noisy = { noisy: { error: 0.5 } }
    expect(await predicted(noisy, 'least-tokens')).toEqual(await predicted(noisy, 'random'))
  })
})

test('only what no router can know counts as told', () => {
  const told = (['class-mean', 'none', 'oracle', { noisy: { error: 1 } }] as const).filter(foretells)
  expect(told).toEqual(['oracle', { noisy: { error: 1 } }])
  expect(foretells()).toBe(false)
})
