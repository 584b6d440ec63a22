import { UserError } from '../../core/errors.ts'
import { suggestion } from '../../core/nearest.ts'
import type { Bytes } from '../bytes.ts'
import type { ArrivalBlock, ArrivalSource } from '../contract.ts'
import type { ReadingOptions, TraceFormat, TraceHead, TraceInput } from './contract.ts'
import { shown } from './json-lines.ts'
import { type FormatName, formats } from './registry.ts'

const HEAD_BYTES = 1 << 16
const KNOWN: Readonly<Record<string, TraceFormat>> = formats
const NAMES = Object.keys(formats) as FormatName[]

/**
 * The format of a trace: the one named, or the first that recognises its beginning. Throws a UserError that says what
 * was found where none does, where the name is unknown and where the first file is no text.
 */
export async function formatOf(input: TraceInput, name: string = 'auto'): Promise<FormatName> {
  if (name !== 'auto' && !isFormat(name)) {
    throw new UserError(`format is ${JSON.stringify(name)}; ${suggestion(name, ['auto', ...NAMES])}`)
  }
  const head = await headOf(input)
  if (name !== 'auto') return name as FormatName
  const found = NAMES.find(format => KNOWN[format].recognises(head))
  if (found !== undefined) return found
  throw new UserError(unknownFormat(input.name, head))
}

/**
 * A trace to be read. Its format is found out at the first `fill`, which throws a UserError where that fails; lists of
 * names are empty until then.
 *
 * @param format its name, or `auto`
 */
export function opened(
  input: TraceInput,
  format: string = 'auto',
  options: ReadingOptions = {},
): ArrivalSource {
  return new Opened(input, format, options)
}

class Opened implements ArrivalSource {
  readonly classes: string[] = []
  readonly tenants: string[] = []
  readonly models: string[] = []
  readonly #input: TraceInput
  readonly #format: string
  readonly #options: ReadingOptions
  #source: ArrivalSource | undefined
  #closed = false

  constructor(input: TraceInput, format: string, options: ReadingOptions) {
    this.#input = input
    this.#format = format
    this.#options = options
  }

  async fill(block: ArrivalBlock): Promise<void> {
    block.length = 0
    if (this.#closed) return
    this.#source ??= await this.#open()
    await this.#source.fill(block)
    copyNew(this.#source.classes, this.classes)
    copyNew(this.#source.tenants ?? [], this.tenants)
    copyNew(this.#source.models ?? [], this.models)
  }

  close(): void {
    this.#closed = true
    this.#source?.close()
  }

  report() {
    return (
      this.#source?.report?.() ?? {
        name: this.#input.name,
        format: this.#format,
        rows: 0,
        late: 0,
        remarks: [],
      }
    )
  }

  async #open(): Promise<ArrivalSource> {
    const name = await formatOf(this.#input, this.#format)
    const source = KNOWN[name].open(this.#input, this.#options)
    if (this.#closed) source.close()
    return source
  }
}

function copyNew(from: readonly string[], to: string[]): void {
  for (let i = to.length; i < from.length; i++) to.push(from[i])
}

function isFormat(name: string): name is FormatName {
  return Object.hasOwn(formats, name)
}

/** Throws a UserError where the first file has no text that a trace could begin with. */
async function headOf({ files }: TraceInput): Promise<TraceHead> {
  const bytes = files[0].open()
  try {
    const text = textIn(bytes.name, await headChunks(bytes))
    const line = /^[^\n]*?(?=\r?\n|$)/.exec(text)![0]
    return { paths: files.map(({ path }) => path), text, line }
  } finally {
    bytes.close()
  }
}

async function headChunks(bytes: Bytes): Promise<Uint8Array[]> {
  const chunks: Uint8Array[] = []
  for (let length = 0; length < HEAD_BYTES; length += chunks.at(-1)!.length) {
    const chunk = await bytes.read().catch((error: Error) => {
      // A file that breaks off has a head all the same; who reads it tells where it does.
      if (chunks.length === 0) throw error
      return new Uint8Array(0)
    })
    if (chunk.length === 0) break
    chunks.push(chunk)
  }
  return chunks
}

/** Throws a UserError where the bytes are not the beginning of a text. */
function textIn(name: string, chunks: readonly Uint8Array[]): string {
  const decoder = new TextDecoder()
  const text = chunks
    .map(chunk => decoder.decode(chunk, { stream: true }))
    .join('')
    .slice(0, HEAD_BYTES)
  if (text.trim() === '') throw new UserError(`${name}: is empty; must have at least 1 row`)
  if (text.startsWith('version https://git-lfs')) {
    throw new UserError(`${name}: is a Git LFS pointer; fetch the file itself with git lfs pull`)
  }
  if (text.slice(257, 262) === 'ustar') {
    throw new UserError(`${name}: is a tar archive; unpack it and give the folder`)
  }
  const kind = BINARY.find(([begins]) => text.startsWith(begins))?.[1]
  if (kind !== undefined || text.includes('\0')) {
    throw new UserError(`${name}: is ${kind ?? 'not text'}; must be CSV or JSON, plain or gzip`)
  }
  return text
}

const BINARY: readonly (readonly [begins: string, kind: string])[] = [
  ['PAR1', 'a Parquet file'],
  ['PK\u0003\u0004', 'a zip archive'],
  ['BZh', 'a bzip2 file'],
  ['\uFFFD7zXZ', 'an xz file'],
  ['(\uFFFD/\uFFFD', 'a Zstandard file'],
  ['ARROW1', 'an Arrow file'],
]

function unknownFormat(name: string, head: TraceHead): string {
  const known = `known: ${NAMES.join(', ')}; --format names the one it is in`
  return `${name}: is in no known format: ${foundIn(head)}; ${known}`
}

function foundIn({ line, text, paths }: TraceHead): string {
  const begins = `${paths.length > 1 ? `${paths[0]} of ${paths.length} files ` : 'it '}begins with ${shown(line, 100)}`
  const commas = line.replaceAll(/[;\t|]/g, ',')
  if (commas === line) return begins
  const head = { line: commas, text: text.replaceAll(/[;\t|]/g, ','), paths }
  const format = NAMES.find(name => KNOWN[name].recognises(head))
  return format === undefined ? begins : `${begins}, as ${format} does but for its commas`
}
