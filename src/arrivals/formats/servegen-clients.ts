import { UserError } from '../../core/errors.ts'
import { type Random, stream } from '../../core/random.ts'
import type { TraceFile, TraceInput } from './contract.ts'
import { textOf } from './input.ts'
import { LONGEST_DOCUMENT_BYTES } from './json-elements.ts'
import type { RowLog } from './row-log.ts'
import { type LengthWindow, lengthWindows } from './servegen-lengths.ts'
import { onGrid, type RateWindow, rateWindows } from './servegen-rates.ts'

/** Paths of files of rates: folder and number of the client. */
export const CLIENT_RATES = /(^|.*\/)chunk-(\d+)-trace\.csv(?:\.gz)?$/

/** One of ServeGen's clients: its laws and its chance. */
export interface Client {
  /** Its number. */
  readonly name: string
  /** Path of its rates. */
  readonly place: string
  /** By their starts in s. */
  readonly rates: ReadonlyMap<number, RateWindow>
  /** Empty where it has no file of them. */
  readonly lengths: readonly LengthWindow[]
  readonly gaps: Random
  readonly inputs: Random
  readonly outputs: Random
}

/** Reads all clients, in order of number. Throws a UserError unless there are some, all in one folder. */
export async function clientsIn(
  { name, files }: TraceInput,
  seed: string | number,
  log: RowLog,
): Promise<Client[]> {
  const rates = files.filter(({ path }) => CLIENT_RATES.test(path))
  const folders = [...new Set(rates.map(({ path }) => CLIENT_RATES.exec(path)![1]))]
  if (rates.length === 0 || files.length === 1) {
    const what = 'is one file of a ServeGen client'
    throw new UserError(`${name}: ${what}; give the folder of its chunk-N-trace.csv and chunk-N-dataset.json`)
  }
  if (folders.length > 1) {
    throw new UserError(`${name}: has clients in ${folders.join(', ')}; give one of these folders`)
  }
  const clients: Client[] = []
  let gridS: number | undefined
  for (const file of rates) {
    const windows = await rateWindows(file, log)
    gridS ??= windows[0]?.fromS
    const lengths = await lengthsBeside(file, files, log)
    clients.push(clientOf(file, onGrid(windows, gridS ?? 0, log), lengths, seed))
  }
  return clients.sort((a, b) => Number(a.name) - Number(b.name))
}

function clientOf(
  { path }: TraceFile,
  rates: Client['rates'],
  lengths: Client['lengths'],
  seed: string | number,
): Client {
  const number = CLIENT_RATES.exec(path)![2]
  const chance = (use: string) => stream(seed, `servegen/${number}/${use}`)
  return {
    ...{ name: number, place: path, rates, lengths },
    gaps: chance('gaps'),
    inputs: chance('input'),
    outputs: chance('output'),
  }
}

/** The lengths in the file that goes with one of rates; none where it is not there or cannot be read to its end. */
async function lengthsBeside(
  rates: TraceFile,
  files: readonly TraceFile[],
  log: RowLog,
): Promise<LengthWindow[]> {
  const [, folder, number] = CLIENT_RATES.exec(rates.path)!
  const path = `${folder}chunk-${number}-dataset.json`
  const file = files.find(file => file.path === path || file.path === `${path}.gz`)
  const text = file && (await documentOf(file, log))
  return text === undefined ? [] : lengthWindows(path, text, log)
}

/** Undefined where it breaks off, which makes all of it a bad row. */
async function documentOf(file: TraceFile, log: RowLog): Promise<string | undefined> {
  try {
    return await textOf(file, LONGEST_DOCUMENT_BYTES)
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    const why = error.message.split(`${file.path}: `).at(-1)
    log.bad(file.path, 'a file of lengths cannot be read', why)
    return undefined
  }
}

/** Starts of the windows in which any of the clients has requests, rising. */
export function windowStarts(clients: readonly Client[]): number[] {
  const starts = new Set(clients.flatMap(({ rates }) => [...rates.keys()]))
  return [...starts].sort((a, b) => a - b)
}

/** Whose requests are left out, and what share of all they are. */
export function withoutLengths(clients: readonly Client[]): string {
  const lacking = clients.filter(({ lengths }) => lengths.length === 0)
  const share = (100 * requestsOf(lacking)) / requestsOf(clients)
  const who = `${lacking.length} of ${clients.length} clients, which have no lengths (chunk-N-dataset.json)`
  return `requests of ${who}: ${share.toFixed(1)} % of all`
}

function requestsOf(clients: readonly Client[]): number {
  const windows = clients.flatMap(({ rates }) => [...rates.values()])
  return windows.reduce((sum, { requests }) => sum + requests, 0)
}
