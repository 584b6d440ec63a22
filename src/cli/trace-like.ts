import { drawnLike, fitLike } from '../arrivals/fitting/like.ts'
import type { OnBadRow } from '../arrivals/formats/contract.ts'
import { generated } from '../arrivals/generate.ts'
import { TextFile } from '../arrivals/text-file.ts'
import type { WriterName } from '../arrivals/writing/registry.ts'
import { generateText } from '../scenario/generate-text.ts'
import { cleanedUp } from './interrupt.ts'
import { print } from './print.ts'
import { CountLine } from './progress.ts'
import { likeText } from './trace-like-text.ts'
import { openedTrace, remarkLines, type TraceFlags } from './trace-source.ts'
import { targetOf, written } from './trace-writing.ts'

/** Flags of what is made like a trace. */
export interface LikeFlags {
  readonly seed?: string | number
  readonly requests?: number
  readonly spec?: string
  /** Of the trace to be like, where it has no times. */
  readonly rate?: number
  readonly format?: string
  readonly onBadRow?: OnBadRow
}

/** Fits a generator to a trace, says how near it comes, and writes what it makes and what it is. */
export async function madeLike(
  trace: string,
  flags: LikeFlags,
  out: string | undefined,
  to: WriterName | undefined,
): Promise<void> {
  const { seed = 1, requests, spec: specFile } = flags
  const target = out === undefined ? undefined : targetOf(out, to)
  const line = new CountLine('requests read')
  try {
    const source = openedTrace(trace, readingFlags(flags))
    const fit = await fitLike(source, rows => line.show(rows))
    const alike = await drawnLike(fit, seed)
    line.end()
    const report = source.report?.()
    for (const remark of report ? remarkLines(report) : []) print(remark)
    print(likeText(fit.real, alike, fit.notes))
    if (specFile !== undefined) await writeSpec(specFile, generateText(fit.spec))
    if (target === undefined) return
    const spec = { ...fit.spec, ...(requests !== undefined && { requests }) }
    print(
      await written(
        () => generated(spec, seed),
        target,
        rows => line.show(rows),
      ),
    )
  } finally {
    line.end()
  }
}

function readingFlags({ format = 'auto', onBadRow = 'fail', seed = 1, rate }: LikeFlags): TraceFlags {
  return { format, onBadRow, seed, sortRows: 1024, blockTokens: 16, ...(rate !== undefined && { rate }) }
}

async function writeSpec(path: string, text: string): Promise<void> {
  const file = new TextFile(path)
  const leave = cleanedUp(() => file.discard())
  try {
    file.begin()
    await file.write(text)
    await file.commit()
    print(`Written: the specification to ${path}`)
  } finally {
    leave()
  }
}
