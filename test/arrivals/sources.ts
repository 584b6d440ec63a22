import type { Bytes } from '../../src/arrivals/bytes.ts'
import { ArrivalBlock, type ArrivalSource } from '../../src/arrivals/contract.ts'
import { azure } from '../../src/arrivals/formats/azure.ts'
import type { ReadingOptions, TraceInput } from '../../src/arrivals/formats/contract.ts'

/** Every column of one request, in the order of `ArrivalBlock.push`. */
export type Row = [
  arrivalS: number,
  inputTokens: number,
  outputTokens: number,
  hitTokens: number,
  classId: number,
]

/** Reads a source to its end through blocks of the given capacity. */
export async function rowsOf(source: ArrivalSource, capacity = 4096): Promise<Row[]> {
  const rows: Row[] = []
  const block = new ArrivalBlock(capacity)
  for (;;) {
    await source.fill(block)
    if (block.length === 0) return rows
    for (let i = 0; i < block.length; i++) {
      const { arrivalS, inputTokens, outputTokens, hitTokens, classId } = block
      rows.push([arrivalS[i], inputTokens[i], outputTokens[i], hitTokens[i], classId[i]])
    }
  }
}

/** A trace in one file of these bytes. */
export function inputOf(bytes: Bytes): TraceInput {
  return { name: bytes.name, files: [{ path: bytes.name, open: () => bytes }] }
}

/** A text as bytes that come in chunks of the given size. */
export function bytesOf(text: string, chunkBytes = 65_536, name = 'x.csv'): Bytes {
  const all = new TextEncoder().encode(text)
  let at = 0
  return {
    name,
    async read() {
      const chunk = all.slice(at, at + chunkBytes)
      at += chunk.length
      return chunk
    },
    close() {},
  }
}

/** Requests in the format of the Azure traces. */
export function azureSource(bytes: Bytes, className = 'all', options: ReadingOptions = {}): ArrivalSource {
  return azure.open(inputOf(bytes), { className, ...options })
}

export const HEADER = 'TIMESTAMP,ContextTokens,GeneratedTokens'

/** A trace of one request a second, with time stamps that the row number tells. */
export function secondsTrace(requests: number, newline = '\n'): string {
  const rows = Array.from({ length: requests }, (_, i) => `${stampOf(i)},${10 + i},${1 + (i % 7)}`)
  return [HEADER, ...rows].join(newline)
}

export function stampOf(second: number): string {
  const clock = [Math.floor(second / 3600), Math.floor(second / 60) % 60, second % 60]
  return `2023-11-16 ${clock.map(part => String(part).padStart(2, '0')).join(':')}.5000000`
}
