import type { Bytes } from '../../../src/arrivals/bytes.ts'
import { ArrivalBlock, type ArrivalSource, type ReadingReport } from '../../../src/arrivals/contract.ts'
import { MODALITIES } from '../../../src/arrivals/details.ts'
import type { ReadingOptions, TraceInput } from '../../../src/arrivals/formats/contract.ts'
import { opened } from '../../../src/arrivals/formats/detect.ts'
import { UserError } from '../../../src/core/errors.ts'
import { bytesOf } from '../sources.ts'

/** Texts by their paths in a folder; one text is a file. */
export type Texts = string | Readonly<Record<string, string>>

/** A trace of texts, every one of which can be opened any number of times. */
export function textInput(texts: Texts, chunkBytes?: number, name = 'trace'): TraceInput {
  const entries = typeof texts === 'string' ? [[name, texts]] : Object.entries(texts)
  const files = entries.sort().map(([path, text]) => ({
    path,
    open: () => bytesOf(text, chunkBytes, entries.length > 1 ? `${name}/${path}` : path),
  }))
  return { name, files }
}

/** The same, of which every file fails once all of its text is read, as a cut gzip does. */
export function cutInput(texts: Texts, name = 'trace'): TraceInput {
  const { files } = textInput(texts, undefined, name)
  return { name, files: files.map(file => ({ ...file, open: () => failing(file.open()) })) }
}

function failing(bytes: Bytes): Bytes {
  return {
    name: bytes.name,
    async read() {
      const chunk = await bytes.read()
      if (chunk.length === 0) throw new UserError(`${bytes.name}: the gzip data end too early`)
      return chunk
    },
    close: () => bytes.close(),
  }
}

/** A request with whatever the trace says of it, and nothing else. */
export interface Request {
  readonly arrivalS: number
  readonly inputTokens: number
  readonly outputTokens: number
  readonly className?: string
  readonly tenant?: string
  readonly model?: string
  readonly session?: number
  readonly turn?: number
  readonly turns?: number
  readonly thinkS?: number
  readonly deadlineS?: number
  readonly modality?: string
  readonly items?: number
  readonly blockTokens?: number
  readonly blocks?: readonly number[]
}

export interface Read {
  readonly requests: Request[]
  readonly report: ReadingReport
}

/** Reads texts to their end in the format named, or the one they are recognised as. */
export async function readTexts(
  texts: Texts,
  options: ReadingOptions = {},
  format = 'auto',
  chunkBytes?: number,
): Promise<Read> {
  return readSource(opened(textInput(texts, chunkBytes), format, options))
}

export async function readSource(source: ArrivalSource, capacity = 1000): Promise<Read> {
  const requests: Request[] = []
  const block = new ArrivalBlock(capacity)
  try {
    for (;;) {
      await source.fill(block)
      if (block.length === 0) return { requests, report: source.report!()! }
      for (let row = 0; row < block.length; row++) requests.push(requestAt(block, row, source))
    }
  } finally {
    source.close()
  }
}

/** What is at its default is left out. */
function requestAt(block: ArrivalBlock, row: number, source: ArrivalSource): Request {
  const { arrivalS, inputTokens, outputTokens, classId, details } = block
  const className = source.classes[classId[row]]
  const body = {
    arrivalS: arrivalS[row],
    inputTokens: inputTokens[row],
    outputTokens: outputTokens[row],
    ...(className !== 'all' && { className }),
  }
  if (details === undefined) return body
  const blocks = Array.from(details.blocksOf(row))
  const said = {
    tenant: source.tenants?.[details.tenantId[row]],
    model: source.models?.[details.modelId[row]],
    session: details.sessionId[row] < 0 ? undefined : details.sessionId[row],
    turn: details.turn[row] || undefined,
    turns: details.turns[row] || undefined,
    thinkS: Number.isNaN(details.thinkS[row]) ? undefined : details.thinkS[row],
    deadlineS: Number.isNaN(details.deadlineS[row]) ? undefined : details.deadlineS[row],
    modality: details.modality[row] === 0 ? undefined : MODALITIES[details.modality[row]],
    items: details.items[row] || undefined,
    ...(blocks.length > 0 && { blockTokens: details.blockTokens[row], blocks }),
  }
  return { ...body, ...Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined)) }
}

/** The remarks of a report by their texts. */
export function remarksOf({ report }: Read): Record<string, number> {
  return Object.fromEntries(report.remarks.map(({ what, count }) => [what, count]))
}
