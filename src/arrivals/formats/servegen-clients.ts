import { UserError } from '../../core/errors.ts'
import { type Random, stream } from '../../core/random.ts'
import type { TraceFile, TraceInput } from './contract.ts'
import { textOf } from './input.ts'
import { LONGEST_DOCUMENT_BYTES } from './json-elements.ts'
import { type LengthWindow, lengthWindows } from './servegen-lengths.ts'
import { type RateWindow, rateWindows } from './servegen-rates.ts'

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
export async function clientsIn({ name, files }: TraceInput, seed: string | number): Promise<Client[]> {
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
  for (const file of rates) clients.push(await clientOf(file, files, seed))
  return clients.sort((a, b) => Number(a.name) - Number(b.name))
}

async function clientOf(
  rates: TraceFile,
  files: readonly TraceFile[],
  seed: string | number,
): Promise<Client> {
  const [, folder, number] = CLIENT_RATES.exec(rates.path)!
  const path = `${folder}chunk-${number}-dataset.json`
  const lengths = files.find(file => file.path === path || file.path === `${path}.gz`)
  const windows = rateWindows(rates.path, await textOf(rates, LONGEST_DOCUMENT_BYTES))
  const chance = (use: string) => stream(seed, `servegen/${number}/${use}`)
  return {
    name: number,
    place: rates.path,
    rates: new Map(windows.map(window => [window.fromS, window])),
    lengths: lengths === undefined ? [] : lengthWindows(path, await textOf(lengths, LONGEST_DOCUMENT_BYTES)),
    gaps: chance('gaps'),
    inputs: chance('input'),
    outputs: chance('output'),
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
