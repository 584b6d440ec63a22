import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { ArrivalBlock, type ArrivalSource } from '../../../src/arrivals/contract.ts'
import { traceInput } from '../../../src/arrivals/file.ts'
import { opened } from '../../../src/arrivals/formats/detect.ts'
import { headOf } from '../../../src/arrivals/transforms/head.ts'
import { merged } from '../../../src/arrivals/transforms/merge.ts'
import { sliced } from '../../../src/arrivals/transforms/slice.ts'
import { spread } from '../../../src/arrivals/transforms/spread.ts'

const TRACES = fileURLToPath(new URL('../../../../shared/data/traces/', import.meta.url))
const isThere = existsSync(TRACES)
if (!isThere) console.warn(`SKIPPED: ${TRACES} is absent, so no real trace is transformed`)

const trace = (file: string) => opened(traceInput(TRACES + file), 'auto', {})

async function timesOf(source: ArrivalSource): Promise<number[]> {
  const times: number[] = []
  const block = new ArrivalBlock()
  for (;;) {
    await source.fill(block)
    if (block.length === 0) return times
    for (let row = 0; row < block.length; row++) times.push(block.arrivalS[row])
  }
}

/** Variance over mean of the counts in whole windows of `widthS`. */
function fano(times: readonly number[], widthS: number): number {
  const counts = new Array<number>(Math.floor(times[times.length - 1] / widthS)).fill(0)
  for (const timeS of times) if (timeS < counts.length * widthS) counts[Math.floor(timeS / widthS)]++
  const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length
  return counts.reduce((sum, count) => sum + (count - mean) ** 2, 0) / counts.length / mean
}

test.runIf(isThere)(
  'batches of 3 s become arrivals whose counts vary as chance has it, in a second as in a minute',
  async () => {
    const batches = await timesOf(trace('mooncake_conversation.jsonl'))
    expect(fano(batches, 1)).toBeCloseTo(7.898, 2)
    const chance = { seed: 1, name: 'test' }
    const times = await timesOf(spread(trace('mooncake_conversation.jsonl'), { how: 'uniform' }, chance))
    expect(times).toHaveLength(12_031)
    expect(fano(times, 1)).toBeGreaterThan(0.9)
    expect(fano(times, 1)).toBeLessThan(1.4)
    expect(fano(times, 60)).toBeCloseTo(fano(batches, 60), 0)
  },
)

test.runIf(isThere)(
  'traces of two formats are put together and cut, and each is counted in the report',
  async () => {
    const both = merged([trace('azure2023_code.csv'), trace('mooncake_conversation.jsonl')])
    const times = await timesOf(headOf(sliced(both, { fromS: 60, toS: 600 }), { requests: 2000 }))
    expect(times[0]).toBe(0)
    expect(times.length).toBe(2000)
    expect(both.classes).toHaveLength(1)
    expect(both.report!()!.rows).toBeGreaterThan(2000)
  },
)
