import type { ArrivalSource, ReadingReport } from '../arrivals/contract.ts'
import { TextFile } from '../arrivals/text-file.ts'
import { type WriterName, writers } from '../arrivals/writing/registry.ts'
import { type Written, writeTrace } from '../arrivals/writing/write.ts'
import { UserError } from '../core/errors.ts'
import { cleanedUp } from './interrupt.ts'
import { short } from './print.ts'
import { remarkLines, rowsText } from './trace-source.ts'

/** Where a trace is written, and how. */
export interface Target {
  readonly out: string
  readonly format: WriterName
}

/** @param to format asked for; by default the normal form that the name of the file ends in */
export function targetOf(out: string, to: WriterName | undefined): Target {
  if (to !== undefined) return { out, format: to }
  const ending = /\.(csv|jsonl)(\.gz)?$/.exec(out)?.[1]
  if (ending === 'csv') return { out, format: 'regatta-csv' }
  if (ending === 'jsonl') return { out, format: 'regatta-jsonl' }
  throw new UserError(`--out ${out}: does not end in .csv or .jsonl; --to names the format to write`)
}

/**
 * Writes a workload to a file, whole or not at all, and says in words what came of it.
 *
 * @param open a fresh reader of the workload at each call
 * @param onRows told how many requests have been written
 */
export async function written(
  open: () => ArrivalSource,
  target: Target,
  onRows: (requests: number) => void,
): Promise<string> {
  const file = new TextFile(target.out)
  const leave = cleanedUp(() => file.discard())
  try {
    const begin = () => {
      file.begin()
      return file
    }
    const result = await writeTrace(open, writers[target.format], begin, onRows)
    return writtenText(result, target, await file.commit())
  } finally {
    leave()
  }
}

function writtenText({ requests, spanS, losses, report }: Written, { out, format }: Target, bytes: number) {
  const size = bytes < 1e6 ? `${short(bytes / 1e3)} kB` : `${short(bytes / 1e6)} MB`
  return [
    ...(report === undefined ? [] : readText(report)),
    `Written: ${requests.toLocaleString('en')} requests over ${short(spanS)} s to ${out} (${format}, ${size})`,
    ...losses.map(({ what, count }) => {
      return `  lost: ${rowsText(count)} ${count === 1 ? 'has' : 'have'} ${what}; ${format} cannot say it`
    }),
  ].join('\n')
}

function readText(report: ReadingReport): string[] {
  return [
    `Read: ${rowsText(report.rows)} of ${report.name} (${report.format})`,
    ...remarkLines(report).map(line => `  ${line}`),
  ]
}
