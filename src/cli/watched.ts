import { realpathSync } from 'node:fs'
import { setImmediate, setTimeout } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { parentPort, type Worker, workerData } from 'node:worker_threads'
import { UserError } from '../core/errors.ts'
import { discardUnfinished, type Unfinished } from '../results/output-folder.ts'
import { placeOf } from '../routing/place.ts'
import { Watch } from '../routing/watch.ts'
import { threadOf } from '../scenario/thread.ts'
import { cleanedUp } from './interrupt.ts'
import { looseText, stoppedText, stuckText } from './whereabouts.ts'

/** What the watched thread begins with. */
export interface WatchedStart {
  readonly watch: SharedArrayBuffer
  /** URL of the program that it runs. */
  readonly program: string
  /** Of stdout and stderr: whether a person looks at them, and how wide they are. */
  readonly terminals: readonly Terminal[]
}

export interface Terminal {
  readonly isTTY: boolean
  readonly columns: number | undefined
}

/** What it tells: results that will have to go if it is stopped, or the exit code with which the program is over. */
export type WatchedNews = { readonly unfinished: Unfinished } | { readonly code: number }

/** How often to look whether a user's code has moved. */
export const LOOK_MS = 100
export const LIMIT_S = 10
/** Exit code of a thread with nothing left to do but to wait; Node's own for a program. */
export const UNSETTLED = 13

const start: Partial<WatchedStart> | null = workerData
const ownWatch = start?.watch instanceof SharedArrayBuffer ? new Watch(start.watch) : undefined

/** The slate of the thread that this is; undefined where nobody watches. */
export function watchHere(): Watch | undefined {
  return ownWatch
}

/** Tells whoever watches this thread; nobody, where nobody does. */
export function tellWatcher(news: WatchedNews): void {
  if (watchHere() !== undefined) parentPort?.postMessage(news)
}

/**
 * Does the work here if it runs no code of the user's. Else a thread runs the whole program once more, with the same
 * arguments, and this one watches it: throws a UserError where the user's code does not come back, and ends all.
 *
 * @param limitS that the user's code may take for one answer; 10 by default
 */
export async function watchedOver(
  isOwn: boolean,
  limitS = LIMIT_S,
  work: () => Promise<void>,
): Promise<void> {
  if (watchHere() !== undefined) return toTheEnd(work)
  if (!isOwn) return work()
  const watch = new Watch()
  const thread = started(watch)
  let unfinished: Unfinished | undefined
  const end = cleanedUp(async () => {
    await thread.terminate()
    if (unfinished !== undefined) discardUnfinished(unfinished)
    clearBar()
  })
  thread.on('message', (news: WatchedNews) => {
    if ('unfinished' in news) unfinished = news.unfinished
  })
  try {
    process.exitCode = await codeOf(thread, watch, limitS)
  } finally {
    await end()
  }
}

/** What was left behind comes before an error that it was not waited for with. */
async function toTheEnd(work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } finally {
    await settled()
  }
}

/**
 * Lets what a user's code has left behind come about: a promise that is rejected, a callback that throws. That ends this
 * thread. Does nothing where nobody watches.
 */
export async function settled(): Promise<void> {
  if (watchHere() === undefined) return
  await setTimeout(0)
  await setImmediate()
}

function started(watch: Watch): Worker {
  const workerData: WatchedStart = {
    watch: watch.buffer,
    program: pathToFileURL(realpathSync(process.argv[1])).href,
    terminals: [process.stdout, process.stderr].map(({ isTTY = false, columns }) => ({ isTTY, columns })),
  }
  return threadOf('./watched-thread', import.meta.url, { workerData, argv: process.argv.slice(2) })
}

/** The program's exit code. Throws where the thread breaks down or its user's code does not come back. */
function codeOf(thread: Worker, watch: Watch, limitS: number): Promise<number> {
  return new Promise<number>((resolve, reject) => {
    const isStuck = standstill(watch, limitS)
    const timer = setInterval(() => {
      if (isStuck()) reject(new UserError(stuckText(watch.read(), limitS)))
    }, LOOK_MS)
    thread.on('message', (news: WatchedNews) => {
      if ('code' in news) resolve(news.code)
    })
    thread.on('error', error => reject(broken(error, watch)))
    thread.on('exit', code => {
      clearInterval(timer)
      reject(new UserError(stoppedText(watch.read(), code === UNSETTLED ? 'unsettled' : 'exit')))
    })
  })
}

/** Asked at every look, says whether the user's code has been at the same call for the limit. */
export function standstill(watch: Watch, limitS: number): () => boolean {
  let calls = -1
  let looks = 0
  return () => {
    const now = watch.read()
    if (!now.isInside || now.calls !== calls) looks = 0
    // Looks are counted, and not the clock's seconds: a machine that has slept has not waited.
    else looks++
    calls = now.calls
    return looks * LOOK_MS >= limitS * 1000
  }
}

/** What nobody caught is the user's mistake if it comes from the user's code, or is no error: this program throws none such. */
export function broken(error: unknown, watch: Watch): unknown {
  const now = watch.read()
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'ERR_WORKER_OUT_OF_MEMORY' && now.isInside) return new UserError(stoppedText(now, 'memory'))
  const isTheirs = !(error instanceof Error) || code === 'ERR_UNHANDLED_REJECTION' || placeOf(error) !== ''
  return isTheirs && now.policy !== '' ? new UserError(looseText(now, error), { cause: error }) : error
}

/** A bar that the thread was drawing when it ended, and the cursor that it hid. */
function clearBar(): void {
  if (process.stderr.isTTY) process.stderr.write('\r\u001b[K\u001b[?25h')
}
