import { Lines } from '../bytes.ts'
import type { TraceFile } from './contract.ts'
import type { RowLog } from './row-log.ts'

/** The longest line of JSON: token ids of a request of millions of tokens. */
export const LONGEST_JSON_LINE_BYTES = 1 << 26

/** One line of a file of JSON lines. */
export interface JsonLine {
  readonly place: string
  readonly value: unknown
}

/**
 * The lines of a file of one JSON value a line, some at a time. Blank lines are passed over; lines that are no JSON or
 * longer than 64 MiB are bad rows.
 */
export async function* jsonLines(file: TraceFile, log: RowLog): AsyncGenerator<readonly JsonLine[]> {
  const bytes = file.open()
  const lines = new Lines(bytes, {
    longestBytes: LONGEST_JSON_LINE_BYTES,
    onBad: (place, what) => log.bad(place, what),
  })
  const decoder = new TextDecoder()
  try {
    while (await lines.more()) {
      const values: JsonLine[] = []
      while (lines.at < lines.end) {
        const line = decoder.decode(lines.take())
        if (line.trim() !== '') parse(line, `${bytes.name}:${lines.number}`, log, values)
      }
      yield values
    }
  } finally {
    bytes.close()
  }
}

function parse(line: string, place: string, log: RowLog, values: JsonLine[]): void {
  try {
    values.push({ place, value: JSON.parse(line) })
  } catch {
    log.bad(place, 'is not JSON', `is not JSON: ${shown(line)}`)
  }
}

/** A text in quotes, cut where it is long. */
export function shown(text: string, most = 60): string {
  return text.length <= most ? JSON.stringify(text) : `${JSON.stringify(text.slice(0, most))}...`
}
