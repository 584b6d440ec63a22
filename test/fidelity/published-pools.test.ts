import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type Comparison, isPredicted, type Outcome } from '../../src/fidelity/contract.ts'
import { disaggregatedRuns } from '../../src/fidelity/disaggregated.ts'
import { relativeError, summary } from '../../src/fidelity/errors.ts'
import { tellings } from '../../src/fidelity/like-runs.ts'
import { isBare, isDisaggregated, poolsOf } from '../../src/fidelity/pools.ts'
import { type ServedRow, servedRows } from '../../src/fidelity/served-row.ts'
import { markOf } from '../../src/fidelity/speculation-mark.ts'
import { speculativeRuns } from '../../src/fidelity/speculative.ts'
import { measurementsIn } from '../../src/measurements/folder.ts'
import { CONFIGS, catalogue } from '../scenario/helpers.ts'
import { collected } from './served-toy.ts'

const TRUTH = join(CONFIGS, '../../shared/data/truth')

if (!existsSync(TRUTH))
  console.warn(`SKIPPED: ${TRUTH} is not there, so errors against published runs on pools are not checked`)

const measurements = existsSync(TRUTH) ? measurementsIn(TRUTH) : undefined

async function outcomesOf(test: typeof disaggregatedRuns): Promise<readonly Outcome[]> {
  return measurements === undefined ? [] : collected(test(measurements, catalogue))
}

function soundIn(outcomes: readonly Outcome[]): readonly Comparison[] {
  return outcomes.filter(isPredicted).filter(({ doubt }) => doubt === undefined)
}

type Limits = readonly [engine: string, device: string, metric: string, median: number, mean: number]

/** Both errors in percent. */
function expectBelow(comparisons: readonly Comparison[], limits: Limits): void {
  const [engine, device, metric, median, mean] = limits
  const mine = comparisons.filter(
    row => row.engine === engine && row.device === device && row.metric === metric && isHeaded(row),
  )
  expect(mine.length).toBeGreaterThan(2)
  const errors = summary(mine.map(relativeError))
  expect(100 * errors.median).toBeLessThan(median)
  expect(100 * errors.mean).toBeLessThan(mean)
}

function isHeaded({ model }: Comparison): boolean {
  return model === 'deepseek-r1'
}

describe.skipIf(measurements === undefined)('against published runs on two pools', async () => {
  const outcomes = await outcomesOf(disaggregatedRuns)
  const comparisons = soundIn(outcomes)

  it.each([
    ['trtllm', 'h200-sxm', 'tpot_mean_s', 6, 9],
    ['trtllm', 'h200-sxm', 'tok_s_per_device', 7, 12],
    ['trtllm', 'h200-sxm', 'ttft_mean_s', 70, 63],
    ['trtllm', 'b200-sxm', 'tpot_mean_s', 8, 15],
    ['trtllm', 'b200-sxm', 'tok_s_per_device', 10, 19],
    ['sglang', 'b200-sxm', 'tpot_mean_s', 11, 14],
    ['trtllm', 'gb200-nvl72', 'tpot_mean_s', 18, 28],
    ['trtllm', 'gb200-nvl72', 'tok_s_per_device', 16, 20],
    ['trtllm', 'gb300-nvl72', 'tok_s_per_device', 24, 27],
    ['sglang', 'gb200-nvl72', 'tok_s_per_device', 40, 36],
  ] as const)('%s %s %s stays under a median of %d and a mean of %d percent', (...limits) => {
    expectBelow(comparisons, limits)
  })

  it('predicts every run whose layout and load are stated', () => {
    const reasons = outcomes.flatMap(outcome => (isPredicted(outcome) ? [] : [outcome.reason]))
    expect(new Set(reasons)).toEqual(
      new Set([
        'how many replicas and attention ranks ran on each side is not stated',
        'measured once, and stated with more of its layout in another row',
        'neither the number of clients nor a rate with its duration is stated',
      ]),
    )
    expect(new Set(comparisons.map(({ place }) => place)).size).toBe(132)
  })
})

describe.skipIf(measurements === undefined)('against published runs that speculate', async () => {
  const comparisons = soundIn(await outcomesOf(speculativeRuns))

  it.each([
    ['trtllm', 'h200-sxm', 'tpot_mean_s', 12, 12],
    ['trtllm', 'h200-sxm', 'tpot_vs_plain', 8, 11],
    ['trtllm', 'b200-sxm', 'tpot_mean_s', 12, 14],
    ['trtllm', 'b200-sxm', 'tpot_vs_plain', 17, 17],
    ['trtllm', 'b200-sxm', 'tok_s_per_device', 5, 12],
    ['trtllm', 'gb200-nvl72', 'tpot_mean_s', 18, 17],
    ['trtllm', 'gb200-nvl72', 'tpot_vs_plain', 10, 11],
    ['sglang', 'b200-sxm', 'tpot_mean_s', 17, 18],
    ['sglang', 'b200-sxm', 'tpot_vs_plain', 28, 28],
  ] as const)('%s %s %s stays under a median of %d and a mean of %d percent', (...limits) => {
    expectBelow(comparisons, limits)
  })
})

/** What is never lost of a run on pools. */
function keyOf(row: ServedRow): string {
  const { prefill, decode } = poolsOf(row)
  const columns = ['hardware', 'engine', 'input_tokens_mean', 'output_tokens_mean', 'concurrency'] as const
  return [...columns.map(column => row.text(column)), prefill.tp, decode.tp].join()
}

describe.skipIf(measurements === undefined)('runs whose layout is stated whole', () => {
  const rows = measurements === undefined ? [] : servedRows(measurements).filter(isDisaggregated)
  const paceOf = (row: ServedRow) => row.number('tpot_mean_s')
  const told = tellings(rows)
  const untold = rows.filter(row => markOf(row).state === 'not recorded')

  it('are never the faster of two, as none that speculate would be', () => {
    const whole = untold.filter(row => !isBare(poolsOf(row)))
    const bare = untold.filter(row => isBare(poolsOf(row)) && told.get(row)?.state !== 'repeated')
    const pairs = whole.flatMap(row => {
      const others = bare.filter(other => keyOf(other) === keyOf(row))
      return others.map(other => paceOf(other) / paceOf(row)).filter(ratio => Math.abs(ratio - 1) > 0.12)
    })
    expect(pairs.length).toBeGreaterThan(25)
    expect(pairs.filter(ratio => ratio > 1)).toEqual([])
  })

  it('are mostly stated a second time with less of it', () => {
    const repeated = rows.filter(row => told.get(row)?.state === 'repeated')
    expect(repeated.length).toBeGreaterThan(100)
  })
})
