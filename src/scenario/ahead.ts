import { statSync } from 'node:fs'
import type { Worker } from 'node:worker_threads'
import type { ArrivalBlock, ArrivalSource, ReadingReport } from '../arrivals/contract.ts'
import type { DetailColumns } from '../arrivals/details.ts'
import { UserError } from '../core/errors.ts'
import { besideScenario } from './files.ts'
import { threadOf } from './thread.ts'
import type { OpenLoop } from './workload.ts'
import { partsOf, type WorkloadPart } from './workload-schema.ts'

/** Rows that a load holds, and how many loads are on their way. */
export const LOAD_ROWS = 16_384
const LOADS = 4

/** From where on a second thread is worth its start: requests, or bytes of a trace. */
const LONG_REQUESTS = 1_000_000
const LONG_BYTES = 2 ** 25

/** What the reading thread is told to read. */
export interface AheadOrder {
  readonly workload: OpenLoop
  readonly seed: string | number
  /** The scenario's file, from whose folder paths count. */
  readonly file: string
}

/** Columns in memory that both threads share: one of them fills them, the other empties them, by turns. */
export interface Load {
  readonly arrivalS: Float64Array
  readonly inputTokens: Int32Array
  readonly outputTokens: Int32Array
  readonly hitTokens: Int32Array
  readonly classId: Uint8Array
}

/** What the reading thread begins with. The number of a load passes to it when it is to be filled. */
export interface AheadStart {
  readonly order: AheadOrder
  readonly loads: readonly Load[]
}

/** A load with so many rows in it, none of them at the end. */
export interface FullLoad {
  readonly load: number
  readonly length: number
  /** Of its rows, where they have any; copied, not shared. */
  readonly details: DetailColumns | undefined
  /** All names that the workload has named so far. */
  readonly classes: readonly string[]
  readonly tenants: readonly string[] | undefined
  readonly models: readonly string[] | undefined
  readonly report: ReadingReport | undefined
}

/** What the reading thread answers: rows, or what went wrong. */
export type AheadAnswer = FullLoad | { readonly error: string; readonly isUserError: boolean }

/** Whether a workload has so many requests that a second thread is worth its start. */
export function isLong({ workload, file }: Pick<AheadOrder, 'workload' | 'file'>): boolean {
  return partsOf(workload).some(part => isLongPart(part, file))
}

function isLongPart(part: WorkloadPart, file: string): boolean {
  if ('generate' in part) return (part.generate.requests ?? LONG_REQUESTS) >= LONG_REQUESTS
  if ('preset' in part) return (part.requests ?? LONG_REQUESTS) >= LONG_REQUESTS
  const found = statSync(besideScenario(file, part.trace), { throwIfNoEntry: false })
  return found !== undefined && found.size >= LONG_BYTES
}

/**
 * The arrivals of a scenario's workload, read or drawn by a second thread while the first simulates: the same rows as
 * when they are read in place.
 */
export function readAhead(order: AheadOrder): ArrivalSource {
  return new Ahead(order)
}

class Ahead implements ArrivalSource {
  readonly classes: string[] = []
  readonly tenants: string[] = []
  readonly models: string[] = []
  readonly #order: AheadOrder
  #report: ReadingReport | undefined
  #worker: Worker | undefined
  readonly #loads = Array.from({ length: LOADS }, emptyLoad)
  readonly #answers: AheadAnswer[] = []
  #wake: (() => void) | undefined
  #row = 0
  #closed = false

  constructor(order: AheadOrder) {
    this.#order = order
  }

  fill(block: ArrivalBlock): void | Promise<void> {
    block.length = 0
    if (this.#closed) return
    this.#worker ??= this.#start()
    if (this.#answers.length === 0) return this.#news().then(() => this.fill(block))
    const answer = this.#answers[0]
    if ('error' in answer) throw answer.isUserError ? new UserError(answer.error) : new Error(answer.error)
    learn(this.classes, answer.classes)
    learn(this.tenants, answer.tenants)
    learn(this.models, answer.models)
    this.#report = answer.report
    if (answer.length > 0) this.#unload(answer, block)
  }

  close(): void {
    this.#closed = true
    void this.#worker?.terminate()
    this.#wake?.()
  }

  report(): ReadingReport | undefined {
    return this.#report
  }

  #start(): Worker {
    const start: AheadStart = { order: this.#order, loads: this.#loads }
    const worker = threadOf('./ahead-worker', import.meta.url, { workerData: start })
    worker.on('message', (answer: AheadAnswer) => this.#take(answer))
    worker.on('error', error => this.#take({ error: error.stack ?? error.message, isUserError: false }))
    for (let load = 0; load < LOADS; load++) worker.postMessage(load)
    return worker
  }

  #take(answer: AheadAnswer): void {
    this.#answers.push(answer)
    this.#wake?.()
  }

  #news(): Promise<void> {
    return new Promise(resolve => {
      this.#wake = resolve
    })
  }

  /** Moves rows into the block; an emptied load goes back to be filled again. */
  #unload({ load: number, length, details }: FullLoad, block: ArrivalBlock): void {
    const load = this.#loads[number]
    const from = this.#row
    const to = Math.min(length, from + block.capacity)
    block.arrivalS.set(load.arrivalS.subarray(from, to))
    block.inputTokens.set(load.inputTokens.subarray(from, to))
    block.outputTokens.set(load.outputTokens.subarray(from, to))
    block.hitTokens.set(load.hitTokens.subarray(from, to))
    block.classId.set(load.classId.subarray(from, to))
    block.length = to - from
    describe(block, details, from)
    this.#row = to
    if (to < length) return
    this.#row = 0
    this.#answers.shift()
    this.#worker!.postMessage(number)
  }
}

/** Gives the rows of the block their details: those of a load from a row on, or none. */
function describe(block: ArrivalBlock, details: DetailColumns | undefined, from: number): void {
  if (details !== undefined) block.detailed()
  for (let row = 0; block.details !== undefined && row < block.length; row++) {
    if (details === undefined) block.details.begin(row)
    else block.details.copy(row, details, from + row)
  }
}

/** Appends the names that a list does not have yet: lists of names only grow. */
function learn(names: string[], more: readonly string[] = []): void {
  for (let i = names.length; i < more.length; i++) names.push(more[i])
}

function emptyLoad(): Load {
  return {
    arrivalS: new Float64Array(new SharedArrayBuffer(8 * LOAD_ROWS)),
    inputTokens: new Int32Array(new SharedArrayBuffer(4 * LOAD_ROWS)),
    outputTokens: new Int32Array(new SharedArrayBuffer(4 * LOAD_ROWS)),
    hitTokens: new Int32Array(new SharedArrayBuffer(4 * LOAD_ROWS)),
    classId: new Uint8Array(new SharedArrayBuffer(LOAD_ROWS)),
  }
}
