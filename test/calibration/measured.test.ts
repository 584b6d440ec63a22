import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { calibrated, LIMITS } from './made.ts'

const LOG = fileURLToPath(
  new URL('../../../shared/data/truth/requests/vllm_RTXPRO6000_Llama-3.1-8B.csv', import.meta.url),
)

if (!existsSync(LOG)) console.warn(`SKIPPED: nothing is calibrated on a real request log, ${LOG} is absent`)

describe.skipIf(!existsSync(LOG))('calibrating on a request log of a real engine', () => {
  it('brings TPOT and E2E within 2 %, and percentiles of TTFT within 5 %', async () => {
    const given = { device: 'rtx-pro-6000', engine: 'vllm', model: 'llama-3.1-8b', weights: 'bf16', tp: 1 }
    const limits = { ...LIMITS, maxSequences: 128 }
    const { errors } = await calibrated(readFileSync(LOG, 'utf8'), { given, limits })
    const after = (metric: string) => errors.find(one => one.metric === metric)!.after.mean
    for (const metric of ['tpot_mean', 'tpot_p99', 'e2e_mean', 'e2e_p50', 'e2e_p99']) {
      expect(after(metric), metric).toBeLessThan(0.02)
    }
    for (const metric of ['ttft_mean', 'ttft_p50', 'ttft_p90', 'ttft_p99']) {
      expect(after(metric), metric).toBeLessThan(0.05)
    }
    const parts = errors.find(({ metric }) => metric === 'tpot_mean of parts')!
    expect(parts.crossValidated.get('part of the log')!.mean).toBeLessThan(0.03)
  })
})
