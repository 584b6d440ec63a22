import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { Operators } from '../../src/latency/operators.ts'
import { FP8, H200_FP8 } from './cases.ts'
import { mixedStep, NO_DECODES } from './steps.ts'
import { LLAMA_70B } from './transformers.ts'

const RESULTS = fileURLToPath(new URL('../../../shared/data/truth/server_results.csv', import.meta.url))
/** InferenceX draws lengths from 0.8 to 1 of the nominal ones. */
const LENGTH = 0.9

interface Row {
  readonly tp: number
  readonly inputTokens: number
  readonly outputTokens: number
  readonly concurrency: number
  readonly tpotS: number
}

if (!existsSync(RESULTS)) console.warn(`SKIPPED: measured TPOT is not compared, ${RESULTS} is absent`)

describe.skipIf(!existsSync(RESULTS))('operators against served Llama-3.1-70B fp8 on H200 under vLLM', () => {
  const rows = existsSync(RESULTS) ? servedRows() : []

  it('come within 10 % of the time per output token on average, nothing fitted end to end', () => {
    expect(rows.length).toBeGreaterThan(40)
    const errors = rows.map(row => Math.abs(predictedTpotS(row) / row.tpotS - 1)).sort((a, b) => a - b)
    const mean = errors.reduce((sum, error) => sum + error, 0) / errors.length
    expect(mean).toBeLessThan(0.1)
    expect(errors[Math.floor(0.9 * errors.length)]).toBeLessThan(0.2)
  })
})

/** Steady state of a closed loop: `t_dec(c, isl + osl/2) + c/osl * t_prefill(isl)` (MODEL_STUDY §3). */
function predictedTpotS({ tp, inputTokens, outputTokens, concurrency }: Row): number {
  const constants = { ...H200_FP8, prefillMultiplier: 1 }
  const model = new Operators({ model: LLAMA_70B, parallelism: { tp, ...FP8 }, constants })
  const contextTokens = concurrency * (inputTokens + outputTokens / 2)
  const decodeS = model.gapSeconds({ sequences: concurrency, contextTokens }, 1)
  const prefill = mixedStep(NO_DECODES, [{ tokens: Math.round(inputTokens), cachedTokens: 0 }])
  return decodeS + (concurrency / outputTokens) * model.stepSeconds(prefill)
}

function servedRows(): Row[] {
  const [header, ...lines] = readFileSync(RESULTS, 'utf8').split('\n')
  const column = new Map(header.split(',').map((name, index) => [name, index]))
  return lines
    .map(line => line.split(','))
    .map(cells => (name: string) => cells[column.get(name)!])
    .filter(cell => cell('model') === 'meta-llama/Llama-3.1-70B' && cell('hardware') === 'H200-SXM-141GB')
    .filter(cell => cell('engine')?.startsWith('vllm') && cell('workload')?.startsWith('inferencex'))
    .map(cell => ({
      tp: Number(cell('tp')),
      inputTokens: LENGTH * Number(cell('input_tokens_mean')),
      outputTokens: LENGTH * Number(cell('output_tokens_mean')),
      concurrency: Number(cell('concurrency')),
      tpotS: Number(cell('tpot_mean_s')),
    }))
}
