import { parentPort, workerData } from 'node:worker_threads'
import { withoutChance } from '../routing/chance.ts'
import { Watch } from '../routing/watch.ts'
import { UNSETTLED, type WatchedNews, type WatchedStart } from './watched.ts'

/** The program once more, in a thread that another one watches. */
const { watch, program, terminals }: WatchedStart = workerData
const streams = [process.stdout, process.stderr]

for (const [i, stream] of streams.entries()) Object.assign(stream, terminals[i])
const slate = new Watch(watch)
withoutChance(() => slate.isBound)
process.on('beforeExit', () => process.exit(UNSETTLED))
await import(program)
// The program has said all it had to say: what a user's code throws after that changes nothing.
process.on('uncaughtException', () => {})
for (const stream of streams) await new Promise(read => stream.write('', read))
const over: WatchedNews = { code: Number(process.exitCode ?? 0) }
parentPort!.postMessage(over)
