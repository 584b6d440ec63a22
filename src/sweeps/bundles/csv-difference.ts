import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import Papa from 'papaparse'

/** Where two CSV files differ first. */
export interface CsvDifference {
  /** From 1, which is the header. */
  readonly line: number
  /** Name of the column; absent where one file has no such line. */
  readonly column?: string
  /** The cell, or the line where there is no column; undefined where the file has ended. */
  readonly here: string | undefined
  readonly there: string | undefined
}

/** Compares files line by line, however long they are; undefined where they are the same. */
export async function csvDifference(here: string, there: string): Promise<CsvDifference | undefined> {
  const ours = linesOf(here)
  const theirs = linesOf(there)
  try {
    let header: string | undefined
    for (let line = 1; ; line++) {
      const own = (await ours.next()).value as string | undefined
      const other = (await theirs.next()).value as string | undefined
      header ??= other
      if (own !== other) return { line, ...cellDifference(header ?? '', own, other) }
      if (own === undefined) return undefined
    }
  } finally {
    await ours.return?.()
    await theirs.return?.()
  }
}

function linesOf(file: string): AsyncIterator<string> {
  return createInterface({ input: createReadStream(file), crlfDelay: 0 })[Symbol.asyncIterator]()
}

function cellDifference(header: string, here: string | undefined, there: string | undefined) {
  if (here === undefined || there === undefined) return { here, there }
  const own = cellsOf(here)
  const other = cellsOf(there)
  const place = own.findIndex((cell, i) => cell !== other[i])
  const column = cellsOf(header)[place]
  return column === undefined ? { here, there } : { column, here: own[place], there: other[place] }
}

function cellsOf(line: string): string[] {
  return Papa.parse<string[]>(line).data[0] ?? []
}
