import { parentPort, workerData } from 'node:worker_threads'
import { ArrivalBlock } from '../arrivals/contract.ts'
import { UserError } from '../core/errors.ts'
import { type AheadAnswer, type AheadStart, LOAD_ROWS } from './ahead.ts'
import { traceOpener } from './files.ts'
import { arrivalsOf } from './workload.ts'

const { order, loads }: AheadStart = workerData
const source = arrivalsOf(order.workload, order.seed, traceOpener(order.file))
const block = new ArrivalBlock(LOAD_ROWS)
let filled = Promise.resolve()

parentPort!.on('message', (load: number) => {
  filled = filled.then(() => fill(load)).catch(fail)
})

async function fill(load: number): Promise<void> {
  await source.fill(block)
  const { length, details } = block
  const { arrivalS, inputTokens, outputTokens, hitTokens, classId } = loads[load]
  arrivalS.set(block.arrivalS.subarray(0, length))
  inputTokens.set(block.inputTokens.subarray(0, length))
  outputTokens.set(block.outputTokens.subarray(0, length))
  hitTokens.set(block.hitTokens.subarray(0, length))
  classId.set(block.classId.subarray(0, length))
  const { classes, tenants, models } = source
  say({ load, length, details, classes, tenants, models, report: source.report?.() })
}

function fail(error: Error): void {
  const isUserError = error instanceof UserError
  say({ error: isUserError ? error.message : (error.stack ?? error.message), isUserError })
}

function say(answer: AheadAnswer): void {
  parentPort!.postMessage(answer)
}
