import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type Comparison, isPredicted } from '../../src/fidelity/contract.ts'
import { relativeError, summary } from '../../src/fidelity/errors.ts'
import { offline } from '../../src/fidelity/offline.ts'
import { replay } from '../../src/fidelity/replay.ts'
import { served } from '../../src/fidelity/served.ts'
import { measurementsIn } from '../../src/measurements/folder.ts'
import { CONFIGS, catalogue } from '../scenario/helpers.ts'
import { collected } from './served-toy.ts'

const TRUTH = join(CONFIGS, '../../shared/data/truth')

if (!existsSync(TRUTH))
  console.warn(`SKIPPED: ${TRUTH} is not there, so errors against published runs of servers are not checked`)

const measurements = existsSync(TRUTH) ? measurementsIn(TRUTH) : undefined

async function soundOf(test: typeof served): Promise<readonly Comparison[]> {
  if (measurements === undefined) return []
  const outcomes = await collected(test(measurements, catalogue))
  return outcomes.filter(isPredicted).filter(({ doubt }) => doubt === undefined)
}

function percentOf(comparisons: readonly Comparison[]): number {
  return 100 * summary(comparisons.map(relativeError)).mean
}

describe.skipIf(measurements === undefined)('against published runs of servers', async () => {
  const comparisons = await soundOf(served)

  /** Engine, device, model, metric, and the mean error in percent that they stay under. */
  it.each([
    ['vllm', 'h200-sxm', 'llama-3.1-70b', 'tpot_mean_s', 5],
    ['vllm', 'h200-sxm', 'llama-3.1-70b', 'ttft_mean_s', 8],
    ['vllm', 'b200-sxm', 'llama-3.1-70b', 'tpot_mean_s', 5],
    ['vllm', 'b200-sxm', 'llama-3.1-70b', 'ttft_mean_s', 20],
    ['vllm', 'b200-sxm', 'gpt-oss-120b', 'tpot_mean_s', 8],
    ['vllm', 'h100-sxm', 'gpt-oss-120b', 'tpot_mean_s', 11],
    ['vllm', 'h100-sxm', 'codellama-34b', 'tpot_mean_s', 5],
    ['trtllm', 'h200-sxm', 'llama-3.1-70b', 'tpot_mean_s', 5],
    ['trtllm', 'b200-sxm', 'llama-3.1-70b', 'tpot_mean_s', 6],
    ['trtllm', 'b200-sxm', 'gpt-oss-120b', 'tpot_mean_s', 13],
    ['trtllm', 'h100-sxm', 'qwen3-32b', 'tpot_mean_s', 10],
    ['trtllm', 'h100-sxm', 'qwen3-235b-a22b', 'tpot_mean_s', 11],
    ['sglang', 'h100-sxm', 'qwen3-32b', 'tpot_mean_s', 5],
    ['sglang', 'h100-sxm', 'qwen3-32b', 'ttft_mean_s', 14],
    ['neuron', 'inferentia2', 'llama-3.1-8b', 'tpot_mean_s', 8],
  ])('%s %s %s %s stays under %d %%', (engine, device, model, metric, percent) => {
    const mine = comparisons.filter(
      row => row.engine === engine && row.device === device && row.model === model && row.metric === metric,
    )
    expect(mine.length).toBeGreaterThan(4)
    expect(percentOf(mine)).toBeLessThan(percent)
  })
})

describe.skipIf(measurements === undefined)('against published highest throughputs', async () => {
  const comparisons = await soundOf(offline)

  it.each([
    ['trtllm', 'h200-sxm', 'llama-3.3-70b', 11],
    ['trtllm', 'h200-sxm', 'llama-3.1-8b', 15],
    ['trtllm', 'b200-sxm', 'llama-3.1-405b', 16],
    ['trtllm', 'h200-sxm', 'qwen3-235b-a22b', 9],
    ['optimum-habana', 'gaudi3', 'llama-3.1-70b', 15],
  ])('%s %s %s stays under %d %%', (engine, device, model, percent) => {
    const mine = comparisons.filter(
      row => row.engine === engine && row.device === device && row.model === model,
    )
    const throughputs = mine.filter(row => row.metric === 'output_throughput_tok_s')
    expect(throughputs.length).toBeGreaterThan(4)
    expect(percentOf(throughputs)).toBeLessThan(percent)
  })
})

describe.skipIf(measurements === undefined)('against replayed logs', async () => {
  const comparisons = await soundOf(replay)

  it.each([
    ['llama-3.1-8b', 'e2e of each request', 1.2],
    ['llama-3.1-8b', 'tpot of each request', 1.2],
    ['llama-3.1-8b', 'ttft_p50_s', 2],
    ['llama-3.1-8b', 'ttft_p90_s', 2],
    ['qwen3-30b-a3b', 'e2e of each request', 4],
    ['qwen3-30b-a3b', 'tpot of each request', 4],
  ])('%s %s stays under %d %%', (model, metric, percent) => {
    const mine = comparisons.filter(row => row.model === model && row.metric === metric)
    expect(mine.length).toBeGreaterThan(0)
    expect(percentOf(mine)).toBeLessThan(percent)
  })
})
