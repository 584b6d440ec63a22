import { parentPort, workerData } from 'node:worker_threads'
import type { WatchedNews, WatchedStart } from './watched.ts'

/** The program once more, in a thread that another one watches. */
const { program, terminals }: WatchedStart = workerData
const streams = [process.stdout, process.stderr]

for (const [i, stream] of streams.entries()) Object.assign(stream, terminals[i])
await import(program)
for (const stream of streams) await new Promise(read => stream.write('', read))
const over: WatchedNews = { code: Number(process.exitCode ?? 0) }
parentPort!.postMessage(over)
