import { describe, expect, test } from 'vitest'
import { Samples } from '../../src/latency/samples.ts'
import { fleetOf } from '../scenario/helpers.ts'
import { taskScenario } from '../scenario/task-text.ts'

function seconds(model: Samples, samples: number): number {
  const chunks = { chunks: 1, chunkTokens: samples, chunkCachedTokens: 0, chunkPairs: 0 }
  return model.stepSeconds({ sequences: 0, contextTokens: 0, ordinal: 0, ...chunks })
}

test('a batch takes its fixed time, the longer of compute and memory, and its input', () => {
  const model = new Samples({ fixedS: 1, computeS: 0.5, weightsS: 2, memoryS: 0.25, inputS: 0.125 })
  expect([1, 8, 16].map(samples => seconds(model, samples))).toEqual([1 + 2.25 + 0.125, 1 + 4 + 1, 1 + 8 + 2])
})

test.each([
  { fixedS: 0, computeS: 0 },
  { fixedS: -1, computeS: 2 },
  { fixedS: 0, computeS: 0, inputS: 1 },
  { fixedS: 1, computeS: Number.NaN },
])('%j is no law of batches', options => {
  expect(() => new Samples(options)).toThrow('steps must take time')
})

/*
 * MLPerf Inference v4.1, offline, 8 H200 SXM with TensorRT: samples a second, and a batch that submitters choose. A query of
 * DLRM has 270 items on average there.
 */
const PUBLISHED: [task: string, weights: string, batch: number, perS: number][] = [
  ['resnet50', 'int8', 2048, 756_960],
  ['dlrm-dcnv2-mlperf', 'int8', 204_800, 503_719 * 270],
  ['bert-large-384', 'fp8', 1024, 54_063],
  ['sdxl-20step', 'fp8', 8, 8 * 2.177],
]

describe('the catalogue predicts MLPerf offline', () => {
  test.each(PUBLISHED)('%s in %s within a factor of 2.2', (task, weights, samples, perS) => {
    const text = taskScenario({ task, weights, node: 'dgx-hgx-h200-8x', samples })
    const { latency } = fleetOf(text).kinds[0]
    const ratio = (8 * samples) / seconds(latency as Samples, samples) / perS
    expect(ratio).toBeGreaterThan(1 / 2.2)
    expect(ratio).toBeLessThan(2.2)
  })
})
