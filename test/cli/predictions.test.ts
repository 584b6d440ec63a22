import { expect, it } from 'vitest'
import { predictionsText } from '../../src/cli/predictions.ts'
import type { Standing } from '../../src/experiments/race.ts'
import { figuresOf } from '../../src/results/figures.ts'
import type { PredictionResult } from '../../src/results/prediction-result.ts'
import { madeResult } from '../results/made.ts'

const TTFT: PredictionResult = {
  quantity: 'ttft',
  count: 10,
  realisedMean: 2,
  bias: -0.5,
  meanAbsoluteError: 0.7,
  ape50: 0.1,
  ape90: 0.3,
}

function standing(label: string, predictions?: readonly PredictionResult[]): Standing {
  const result = madeResult(predictions === undefined ? {} : { predictions })
  return { entrant: { name: label, label }, result, figures: figuresOf(result) }
}

it('tells errors by their size and sign', () => {
  const lines = predictionsText([standing('random'), standing('knowing', [TTFT])]).split('\n')
  expect(lines.slice(0, 3).map(line => line.trim().split(/ {2,}/))).toEqual([
    ['came true', 'error', '|error|', 'off by %'],
    ['policy', 'expected', 'mean', 'mean', 'mean', 'p50', 'p90'],
    ['knowing', 'TTFT s', '2.00', '-0.500', '0.700', '10.0', '30.0'],
  ])
})

it('tells a policy that predicted nothing in time from those that never do', () => {
  const learning = standing('learning', [])
  expect(predictionsText([standing('random'), learning])).toMatch(/^learning {2}none: nothing was predicted/)
  const mixed = predictionsText([learning, standing('knowing', [TTFT]), standing('random')])
  expect(mixed).toMatch(/^knowing .*TTFT/m)
  expect(mixed).toMatch(/^learning {2}none: /m)
  expect(mixed).not.toContain('random')
  expect(predictionsText([standing('random')])).toBe('No policy goes by predictions.')
})
