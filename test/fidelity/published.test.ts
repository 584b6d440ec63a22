import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type Comparison, isPredicted } from '../../src/fidelity/contract.ts'
import { relativeError, summary } from '../../src/fidelity/errors.ts'
import { type FidelityTest, fidelityTests } from '../../src/fidelity/tests.ts'
import { measurementsIn } from '../../src/measurements/folder.ts'
import { CONFIGS, catalogue } from '../scenario/helpers.ts'

const TRUTH = join(CONFIGS, '../../shared/data/truth')

if (!existsSync(TRUTH))
  console.warn(`SKIPPED: ${TRUTH} is not there, so errors against published runs are not checked`)

const measurements = existsSync(TRUTH) ? measurementsIn(TRUTH) : undefined

/** Comparisons with published measurements that nothing is known against. */
function soundOf(test: 'operators' | 'iterations' | 'power'): readonly Comparison[] {
  const { run }: FidelityTest = fidelityTests[test]
  const outcomes = [...(run(measurements!, catalogue) as Iterable<Parameters<typeof isPredicted>[0]>)]
  return outcomes.filter(isPredicted).filter(({ doubt }) => doubt === undefined)
}

function errorsOf(comparisons: readonly Comparison[]) {
  return summary(comparisons.map(relativeError))
}

describe.skipIf(measurements === undefined)('against published kernels', () => {
  const comparisons = measurements === undefined ? [] : soundOf('operators')

  /** Device, metric and format, and the mean error in percent that they stay under. */
  it.each([
    ['a100-80g-sxm', 'gemm', 'bf16', 11],
    ['h100-sxm', 'gemm', 'bf16', 9],
    ['h200-sxm', 'gemm', 'bf16', 9],
    ['b200-sxm', 'gemm', 'bf16', 11],
    ['h100-sxm', 'gemm', 'fp8', 18],
    ['h200-sxm', 'gemm', 'fp8', 18],
    ['b200-sxm', 'gemm', 'fp8', 25],
    ['b200-sxm', 'gemm', 'fp4', 14],
    ['a100-80g-sxm', 'attn_prefill', 'bf16', 11],
    ['h100-sxm', 'attn_prefill', 'bf16', 14],
    ['h200-sxm', 'attn_prefill', 'bf16', 11],
    ['b200-sxm', 'attn_prefill', 'bf16', 11.5],
    ['a100-80g-sxm', 'attn_decode', 'bf16', 16],
    ['h100-sxm', 'attn_decode', 'bf16', 10],
    ['h100-sxm', 'attn_decode', 'fp8', 10],
    ['h200-sxm', 'attn_decode', 'bf16', 10],
    ['b200-sxm', 'attn_decode', 'bf16', 10],
    ['b200-sxm', 'attn_decode', 'fp8', 10],
    ['a100-80g-sxm', 'allreduce graph', 'bf16', 16],
    ['h100-sxm', 'allreduce eager', 'bf16', 16],
    ['b200-sxm', 'allreduce graph', 'bf16', 18],
    ['h100-sxm', 'nccl_all_gather', 'bf16', 20],
    ['h100-sxm', 'nccl_send_recv', 'bf16', 20],
    ['rtx-pro-6000', 'moe_layer', 'bf16', 18],
    ['rtx-pro-6000', 'layer_qkv_proj', 'bf16', 25],
    ['a40', 'gemm_up_gate', 'bf16', 12],
    ['tpu-v6e', 'layer but attention', 'bf16', 14],
  ])('%s %s %s stays under %d %%', (device, metric, weights, percent) => {
    const mine = comparisons.filter(
      row => row.device === device && row.metric === metric && row.weights === weights,
    )
    expect(mine.length).toBeGreaterThan(9)
    expect(100 * errorsOf(mine).mean).toBeLessThan(percent)
  })
})

describe.skipIf(measurements === undefined)('against published steps', () => {
  const comparisons = measurements === undefined ? [] : soundOf('iterations')

  it.each([
    ['eager-2023', 'decode step', 14],
    ['eager-2023', 'prefill step', 20],
    ['distserve', 'decode step', 9],
    ['distserve', 'prefill step', 13],
    ['eager-2023', 'decode layer', 12],
    ['eager-2023', 'prefill layer', 6],
  ])('%s %s stays under %d %%', (engine, metric, percent) => {
    const mine = comparisons.filter(row => row.engine === engine && row.metric === metric)
    expect(mine.length).toBeGreaterThan(50)
    expect(100 * errorsOf(mine).mean).toBeLessThan(percent)
  })
})

describe.skipIf(measurements === undefined)('against published watts', () => {
  const comparisons = measurements === undefined ? [] : soundOf('power')

  it.each([
    ['a100-40g-sxm', 6],
    ['h100-sxm', 9],
    ['b200-sxm', 7],
  ])('of dense models %s stays under %d %%', (device, percent) => {
    const mine = comparisons.filter(row => row.device === device && row.metric === 'board W')
    expect(mine.length).toBeGreaterThan(30)
    expect(100 * errorsOf(mine).mean).toBeLessThan(percent)
  })

  it('of models with experts stay under 25 %', () => {
    expect(100 * errorsOf(comparisons.filter(row => row.metric === 'board W, experts')).mean).toBeLessThan(25)
  })
})
