import { LENGTH, REJECTED } from '../../src/requests/table.ts'
import type { Parcel, World } from './naive.ts'
import { bytesPerSBetween, leftAfterStep, moveOn, type NaiveTransfer, send } from './naive-links.ts'
import { fetchEntries, letGo } from './naive-prefixes.ts'
import { queueLength } from './naive-queue.ts'
import type { Replica, Request } from './naive-state.ts'

/* How requests come to a replica: from the router, or from the replica that has computed their prompt. */

export function deliver(replica: Replica, request: Request, nowS: number): void {
  if (!takeIn(replica, request, nowS)) return
  request.readyS = readyS(replica, request, nowS)
  request.computed = Math.min(request.hitTokens, request.inputTokens - 1)
  if (replica.cache !== undefined && request.entryIds.length > 0) {
    // The replica knows better than the workload.
    request.computed = 0
    request.journey.hitTokens = 0
    request.readyS = Math.max(request.readyS, fetchEntries(replica.cache, request, nowS))
  }
  come(replica, request)
}

/** News only where it may go before all others: who is behind waits for the room that the head waits for. */
function come(replica: Replica, request: Request): void {
  replica.queue.line.push(request)
  if (queueLength(replica.queue) === 1 || replica.queue.order !== undefined) replica.hasNews = true
}

function takeIn(replica: Replica, request: Request, nowS: number): boolean {
  const { row } = request
  row.replica = replica.id
  if (request.inputTokens < replica.kind.maxModelLen) return true
  row.outcome = REJECTED
  row.endS = nowS
  return false
}

/** Past the way there, the tokenizer, which takes one prompt after another, the front end and the warm-up. */
function readyS(replica: Replica, request: Request, nowS: number): number {
  const { outside, frontEndS, startS = 0 } = replica.kind
  if (outside === undefined) return Math.max(startS, nowS + frontEndS)
  replica.tokenizedS = Math.max(replica.tokenizedS, nowS + outside.requestS)
  replica.tokenizedS += outside.promptTokenS * request.inputTokens
  return Math.max(startS, replica.tokenizedS + frontEndS)
}

/** The prompt is computed in a last step of so many seconds: its KV goes to whoever decodes it. */
export function handOver(world: World, source: Replica, request: Request, stepS: number, nowS: number): void {
  const { course, links, options, replicas } = world
  if (links === undefined || options.decoderOf === undefined)
    throw new Error('nobody to hand a request over to')
  const target = replicas[options.decoderOf(request.ordinal)]
  const { layers, conversionBytesPerS } = course.handoff!
  const from = course.places![source.id]
  const to = course.places![target.id]
  const written = request.inputTokens * source.kind.kvBytesPerToken!
  const read = request.inputTokens * target.kind.kvBytesPerToken!
  const bytes = leftAfterStep(read, layers, stepS, bytesPerSBetween(links, from, to))
  const convertS = written / conversionBytesPerS(course.replicas[source.id], course.replicas[target.id])
  const held = { ...request }
  source.sending.push(held)
  request.blocks = 0
  request.held = 0
  request.row.replica = target.id
  request.journey.prefillReplica = source.id
  send(links, { request, source, held }, from, to, bytes, convertS, nowS)
}

/** What happens on the links at this instant. */
export function moveKv(world: World, nowS: number): void {
  if (world.links === undefined) return
  for (const transfer of moveOn(world.links, nowS)) land(world, transfer, nowS)
}

function land({ replicas }: World, transfer: NaiveTransfer<Parcel>, nowS: number): void {
  const { request, source, held } = transfer.what
  const { journey, row } = request
  journey.prefillS = row.shareS
  journey.transferS = nowS - transfer.sentS
  journey.transferAloneS = transfer.aloneS
  source.sending.splice(source.sending.indexOf(held), 1)
  letGo(source.cache, held)
  source.hasNews = true
  takeOver(replicas[row.replica], request, nowS)
}

function takeOver(replica: Replica, request: Request, nowS: number): void {
  if (!takeIn(replica, request, nowS)) return
  const { row, inputTokens } = request
  if (inputTokens + row.emitted >= replica.kind.maxModelLen) {
    row.outcome = LENGTH
    row.endS = Math.max(row.firstTokenS, nowS + (replica.kind.outside?.replyS ?? 0))
    return
  }
  request.prefillTokens = inputTokens
  request.computed = inputTokens
  request.decoding = false
  request.readyS = Math.max(nowS, replica.kind.startS ?? 0)
  come(replica, request)
}
