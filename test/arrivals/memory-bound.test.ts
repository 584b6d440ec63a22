import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import type { Bytes } from '../../src/arrivals/bytes.ts'
import { ArrivalBlock, type ArrivalSource } from '../../src/arrivals/contract.ts'
import { generated } from '../../src/arrivals/generate.ts'
import { merged } from '../../src/arrivals/transforms/merge.ts'
import { scaled } from '../../src/arrivals/transforms/scale.ts'
import { azureSource, HEADER, stampOf } from './sources.ts'

setFlagsFromString('--expose-gc')
const collectGarbage: () => void = runInNewContext('gc')

function usedBytes(): number {
  collectGarbage()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

/** Reads to the end; the growth in bytes from the first tenth of the requests to the last. */
async function growthBytes(source: ArrivalSource, requests: number): Promise<number> {
  const block = new ArrivalBlock()
  let read = 0
  let earlyBytes = 0
  for (;;) {
    await source.fill(block)
    read += block.length
    if (earlyBytes === 0 && read >= requests / 10) earlyBytes = usedBytes()
    if (read >= 0.999 * requests) break
  }
  const growth = usedBytes() - earlyBytes
  source.close()
  return growth
}

function endlessFile(rows: number): Bytes {
  let row = -1
  return {
    name: 'long.csv',
    async read() {
      const lines = row < 0 ? [HEADER] : []
      for (row = Math.max(row, 0); lines.length < 2000 && row < rows; row++) {
        lines.push(`${stampOf(Math.max(0, (row >> 3) - (row % 10 === 0 ? 3 : 0)))},10,10`)
      }
      return new TextEncoder().encode(lines.length > 0 ? `${lines.join('\n')}\n` : '')
    },
    close() {},
  }
}

function generator(requests: number, name: string): ArrivalSource {
  const length = { kind: 'lognormal', medianTokens: 300, sigma: 1, minTokens: 1, maxTokens: 4096 } as const
  return generated(
    { className: name, gaps: { kind: 'gamma', ratePerS: 5, cv: 2 }, input: length, output: length, requests },
    1,
    name,
  )
}

test.each([
  ['a million generated requests', 1_000_000, () => generator(1_000_000, 'a')],
  [
    'scaled and merged workloads',
    400_000,
    () => merged([generator(2e5, 'a'), scaled(generator(2e5, 'b'), 2)]),
  ],
  ['a long file with late rows', 400_000, () => azureSource(endlessFile(400_000), 'all')],
])('memory does not grow while reading %s', async (_, requests, make) => {
  expect(await growthBytes(make(), requests)).toBeLessThan(2e6)
})
