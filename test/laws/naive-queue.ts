import type { ReplicaKind } from '../../src/replicas/contract.ts'
import type { NaiveOrder } from './naive-orders.ts'
import { type Replica, type Request, restOf, sum } from './naive-state.ts'

/* Who waits at a replica. */

export interface NaiveQueue {
  /** In order of coming; where there is an order, those that it has not taken in yet. */
  readonly line: Request[]
  readonly order: NaiveOrder | undefined
}

export function queueLength({ line, order }: NaiveQueue): number {
  return line.length + (order?.waiting.length ?? 0)
}

/** All that wait. */
export function waitingOf({ line, order }: NaiveQueue): readonly Request[] {
  return order === undefined ? line : [...order.waiting, ...line]
}

/** Those that are past the front end by now enter the order, nobody before one that came earlier. */
export function settleQueue({ line, order }: NaiveQueue, nowS: number): void {
  while (order !== undefined && line.length > 0 && line[0].readyS <= nowS) order.push(line.shift()!)
}

/** Who goes next. */
export function headOf(queue: NaiveQueue, nowS: number): Request {
  settleQueue(queue, nowS)
  const { line, order } = queue
  if (order === undefined || order.waiting.length === 0) return line[0]
  return [...order.waiting].sort(order.compare)[0]
}

export function takeHead(queue: NaiveQueue, nowS: number): Request {
  const head = headOf(queue, nowS)
  if (queue.line[0] === head) queue.line.shift()
  else queue.order!.take(head)
  return head
}

/** Takes back one that was preempted. */
export function putBack(queue: NaiveQueue, request: Request, nowS: number): void {
  settleQueue(queue, nowS)
  if (queue.order === undefined) queue.line.unshift(request)
  else queue.order.putBack(request)
}

/** When a batch may begin on a replica that runs nothing: its head has waited for others, or enough have come. */
export function batchDueS({ kind, queue }: Replica, nowS: number): number {
  if (queueLength(queue) === 0) return Number.POSITIVE_INFINITY
  if (queue.order !== undefined) return headOf(queue, nowS).readyS
  const { line } = queue
  if (line[0].row.preemptions > 0) return line[0].readyS
  const lastS = line[0].readyS + (kind.batchDelayS ?? 0)
  if (lastS === line[0].readyS) return lastS
  return Math.min(lastS, filledS(kind, line))
}

function filledS(kind: ReplicaKind, line: readonly Request[]): number {
  const firsts = line.map((_, i) => line.slice(0, i + 1))
  const enough = firsts.find(it => it.length >= kind.maxSequences || sum(it, restOf) >= kind.tokenBudget)
  return enough === undefined ? Number.POSITIVE_INFINITY : Math.max(...enough.map(it => it.readyS))
}
