import { realpathSync } from 'node:fs'
import { type Command, Option } from 'commander'
import { traceBytes, traceInput } from '../arrivals/file.ts'
import { opened } from '../arrivals/formats/detect.ts'
import { type WriterName, writers } from '../arrivals/writing/registry.ts'
import { UserError } from '../core/errors.ts'
import { print } from './print.ts'
import { Progress } from './progress.ts'
import { readingOptions, rowsText, type TraceFlags, withTraceFlags } from './trace-source.ts'
import { type TransformFlags, transformed, withTransformFlags } from './trace-transforms.ts'
import { targetOf, written } from './trace-writing.ts'

interface ConvertFlags extends TraceFlags, TransformFlags {
  readonly out: string
  readonly to?: WriterName
}

const EXAMPLES = `
Examples:
  regatta trace convert conversation_trace.jsonl --out conversation.csv.gz
  regatta trace convert BurstGPT_1.csv --out burst.jsonl --on-bad-row skip
  regatta trace convert sharegpt.json --rate 4 --out chats.csv
  regatta trace convert mine.csv --to azure --out mine-azure.csv`

export function addConvertCommand(trace: Command): void {
  const convert = trace
    .command('convert')
    .description('write a trace in another format, the normal form by default, and count what is lost')
    .argument('<trace>', 'file or folder, gzip or not')
    .requiredOption('--out <file>', 'write it there, zipped where the name ends in .gz')
    .addOption(
      new Option(
        '--to <format>',
        'format to write; by default the normal form, CSV or JSONL by the name',
      ).choices(Object.keys(writers)),
    )
  withTransformFlags(withTraceFlags(convert)).addHelpText('after', EXAMPLES).action(convertTrace)
}

async function convertTrace(path: string, flags: ConvertFlags): Promise<void> {
  const target = targetOf(flags.out, flags.to)
  mustDiffer(path, flags.out)
  const progress = new ReadingProgress(path)
  const open = () =>
    transformed(() => opened(progress.input(), flags.format, readingOptions(flags)), flags, flags.seed)
  try {
    const text = await written(open, target, rows => progress.show(rows))
    progress.stop()
    print(text)
  } finally {
    progress.stop()
  }
}

function mustDiffer(path: string, out: string): void {
  try {
    if (realpathSync(path) !== realpathSync(out)) return
  } catch {
    return
  }
  throw new UserError(`--out ${out}: is the trace itself; must be another file`)
}

/** How much of the trace on disk has been read. */
class ReadingProgress {
  readonly #path: string
  readonly #progress: Progress
  #bytes = 0

  constructor(path: string) {
    this.#path = path
    this.#progress = new Progress(traceBytes(path))
  }

  /** The trace, to be read from its beginning. */
  input() {
    this.#bytes = 0
    return traceInput(this.#path, bytes => {
      this.#bytes += bytes
    })
  }

  show(rows: number): void {
    this.#progress.show(this.#bytes, rowsText(rows))
  }

  stop(): void {
    this.#progress.stop()
  }
}
