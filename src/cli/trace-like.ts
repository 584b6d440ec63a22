import { drawnLike, fitLike } from '../arrivals/fitting/like.ts'
import type { OnBadRow } from '../arrivals/formats/contract.ts'
import { type GeneratorSpec, generated } from '../arrivals/generate.ts'
import { TextFile } from '../arrivals/text-file.ts'
import type { WriterName } from '../arrivals/writing/registry.ts'
import { UserError } from '../core/errors.ts'
import { generateText } from '../scenario/generate-text.ts'
import { cleanedUp } from './interrupt.ts'
import { print } from './print.ts'
import { CountLine } from './progress.ts'
import { likeText } from './trace-like-text.ts'
import { openedTrace, remarkLines, type TraceFlags } from './trace-source.ts'
import { type TransformFlags, transformed } from './trace-transforms.ts'
import { type Target, targetOf, written } from './trace-writing.ts'

/** Flags of what is made like a trace. */
export interface LikeFlags extends TransformFlags {
  readonly out?: string
  readonly to?: WriterName
  readonly seed?: string | number
  readonly requests?: number
  readonly durationS?: number
  readonly spec?: string
  /** Of the trace to be like, where it has no times. */
  readonly rate?: number
  readonly format?: string
  readonly onBadRow?: OnBadRow
}

/**
 * Fits a generator to a trace, says how near it comes, and writes what it makes and what it is. Limits and transforms are
 * of what is written, not of the trace. Throws a UserError at flags of what is written where nothing is.
 */
export async function madeLike(trace: string, flags: LikeFlags): Promise<void> {
  const { seed = 1, spec: specFile } = flags
  const target = targetIn(flags)
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
    const spec = limited(fit.spec, flags)
    const open = () => transformed(() => generated(spec, seed), flags, seed)
    print(await written(open, target, rows => line.show(rows)))
  } finally {
    line.end()
  }
}

const OF_TARGET = [
  ['to', '--to'],
  ['requests', '--requests'],
  ['durationS', '--duration-s'],
  ['transform', '--transform'],
] as const

function targetIn(flags: LikeFlags): Target | undefined {
  if (flags.out !== undefined) return targetOf(flags.out, flags.to)
  for (const [key, name] of OF_TARGET) {
    if (flags[key] === undefined) continue
    throw new UserError(`${name} is given without --out; it is about the trace that --out writes`)
  }
}

/** As many as are wanted, or as the trace has. */
function limited(spec: GeneratorSpec, { requests, durationS }: LikeFlags): GeneratorSpec {
  if ((requests ?? durationS) === undefined) return spec
  const { requests: _, ...endless } = spec
  return {
    ...endless,
    ...(requests !== undefined && { requests }),
    ...(durationS !== undefined && { durationS }),
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
