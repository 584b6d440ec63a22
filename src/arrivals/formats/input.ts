import { UserError } from '../../core/errors.ts'
import type { TraceFile, TraceInput } from './contract.ts'

/** The one file of a trace in a format that is a single file. Throws a UserError at a folder of several. */
export function singleFile({ name, files }: TraceInput, format: string): TraceFile {
  if (files.length === 1) return files[0]
  const some = files
    .slice(0, 3)
    .map(({ path }) => path)
    .join(', ')
  throw new UserError(`${name}: has ${files.length} files (${some}, ...); ${format} is one file: give that`)
}

/** The whole text of a file, for formats that are a single document. Throws a UserError above so many bytes. */
export async function textOf(file: TraceFile, mostBytes: number): Promise<string> {
  const bytes = file.open()
  const decoder = new TextDecoder()
  let text = ''
  let read = 0
  try {
    for (let chunk = await bytes.read(); chunk.length > 0; chunk = await bytes.read()) {
      read += chunk.length
      if (read > mostBytes)
        throw new UserError(`${bytes.name}: is larger than ${mostBytes} bytes; must be smaller`)
      text += decoder.decode(chunk, { stream: true })
    }
    return text + decoder.decode()
  } finally {
    bytes.close()
  }
}
