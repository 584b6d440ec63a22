import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ArrivalBlock, type ArrivalSource } from '../src/arrivals/contract.ts'
import { traceInput } from '../src/arrivals/file.ts'
import { opened } from '../src/arrivals/formats/detect.ts'
import { generated } from '../src/arrivals/generate.ts'
import { mapped } from '../src/arrivals/mapped.ts'
import { TextFile } from '../src/arrivals/text-file.ts'
import { type WriterName, writers } from '../src/arrivals/writing/registry.ts'
import { writeTrace } from '../src/arrivals/writing/write.ts'
import { CONV_INPUT, CONV_OUTPUT } from '../traces/shapes.ts'
import type { Measurement } from './measurement.ts'

const TICKS_PER_S = 1e7

/** Reads a trace of so many rows, written for it, through from disk. */
export async function readTrace(format: WriterName, rows: number, isZipped: boolean): Promise<Measurement> {
  const folder = mkdtempSync(join(tmpdir(), 'regatta-bench-'))
  const path = join(folder, `trace${isZipped ? '.gz' : ''}`)
  const beganMs = performance.now()
  try {
    await write(path, format, rows)
    const startedMs = performance.now()
    const usedBefore = process.cpuUsage()
    const read = await rowsIn(opened(traceInput(path)))
    const { user, system } = process.cpuUsage(usedBefore)
    if (read !== rows) throw new Error(`${read} of ${rows} rows were read`)
    return {
      ...{ unit: 'rows', count: rows, events: 0, preemptions: 0 },
      seconds: (performance.now() - startedMs) / 1000,
      cpuS: (user + system) / 1e6,
      preparationS: (startedMs - beganMs) / 1000,
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

async function write(path: string, format: WriterName, rows: number): Promise<void> {
  const file = new TextFile(path)
  const begin = () => {
    file.begin()
    return file
  }
  await writeTrace(() => inTicks(rows), writers[format], begin)
  await file.commit()
}

/** Times that both forms of the trace say exactly; every third request is of another class. */
function inTicks(requests: number): ArrivalSource {
  const source = generated(
    {
      ...{ className: 'chat', requests, gaps: { kind: 'gamma', ratePerS: 73, cv: 1.07 } },
      input: { kind: 'quantiles', points: CONV_INPUT },
      output: { kind: 'quantiles', points: CONV_OUTPUT },
    },
    1,
  )
  return {
    ...mapped(source, block => {
      for (let row = 0; row < block.length; row++) {
        block.arrivalS[row] = Math.floor(block.arrivalS[row] * TICKS_PER_S) / TICKS_PER_S
        block.classId[row] = row % 3 === 0 ? 1 : 0
      }
    }),
    classes: ['chat', 'code'],
  }
}

async function rowsIn(source: ArrivalSource): Promise<number> {
  const block = new ArrivalBlock()
  let rows = 0
  for (await source.fill(block); block.length > 0; await source.fill(block)) rows += block.length
  return rows
}
