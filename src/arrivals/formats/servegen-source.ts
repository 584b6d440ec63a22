import { PriorityQueue } from 'js-sdsl'
import { UserError } from '../../core/errors.ts'
import type { ArrivalBlock, ArrivalSource, ReadingReport } from '../contract.ts'
import type { ReadingOptions, TraceInput, ZeroOutput } from './contract.ts'
import { forZeroOutput } from './lengths.ts'
import { RowLog } from './row-log.ts'
import { DEFAULT_CLASS, mustHaveRequests } from './rows.ts'
import { type Client, clientsIn, windowStarts, withoutLengths } from './servegen-clients.ts'
import { type Body, drawBody, type LengthWindow, windowAt } from './servegen-lengths.ts'
import { timesIn } from './servegen-rates.ts'

/** A client's requests of one window. */
interface Cursor {
  readonly client: Client
  readonly clientId: number
  readonly lengths: LengthWindow
  readonly timesS: Float64Array
  next: number
}

/** In order of time; of one instant, in order of client. */
function inOrder(a: Cursor, b: Cursor): number {
  return a.timesS[a.next] - b.timesS[b.next] || a.clientId - b.clientId
}

/** Draws the requests of ServeGen's clients, a window at a time. */
export class ServeGenSource implements ArrivalSource {
  readonly classes: readonly string[]
  readonly tenants: string[] = []
  readonly #input: TraceInput
  readonly #options: ReadingOptions
  readonly #zeroOutput: ZeroOutput
  readonly #log: RowLog
  readonly #queue = new PriorityQueue<Cursor>([], inOrder)
  #clients: readonly Client[] | undefined
  #starts: readonly number[] = []
  #window = 0
  #whyLeftOut = ''
  #originS = Number.NaN
  #closed = false

  constructor(input: TraceInput, options: ReadingOptions, zeroOutput: ZeroOutput) {
    this.classes = [options.className ?? DEFAULT_CLASS]
    this.#input = input
    this.#options = options
    this.#zeroOutput = options.zeroOutput ?? zeroOutput
    this.#log = new RowLog(input.name, 'servegen', options.onBadRow)
  }

  async fill(block: ArrivalBlock): Promise<void> {
    block.length = 0
    if (this.#closed) return
    if (this.#clients === undefined) await this.#begin()
    if (this.#closed) return
    while (block.length < block.capacity) {
      const cursor = this.#queue.pop()
      if (cursor !== undefined) this.#draw(cursor, block)
      else if (!this.#nextWindow()) break
    }
    if (block.length > 0 || !Number.isNaN(this.#originS)) return
    mustHaveRequests(this.#input.name, this.#log, false)
  }

  close(): void {
    this.#closed = true
  }

  report(): ReadingReport {
    return this.#log.report()
  }

  async #begin(): Promise<void> {
    const { gaps, seed = 1 } = this.#options
    const { name } = this.#input
    if (gaps)
      throw new UserError(`${name}: servegen says itself when requests come; must not be given a rate`)
    this.#clients = await clientsIn(this.#input, seed, this.#log)
    this.#starts = windowStarts(this.#clients)
    this.#whyLeftOut = withoutLengths(this.#clients)
    for (const client of this.#clients) this.tenants.push(client.name)
  }

  /** False when there is no window left. */
  #nextWindow(): boolean {
    if (this.#window >= this.#starts.length) return false
    const fromS = this.#starts[this.#window++]
    for (const [clientId, client] of this.#clients!.entries()) this.#enter(client, clientId, fromS)
    return true
  }

  #enter(client: Client, clientId: number, fromS: number): void {
    const rate = client.rates.get(fromS)
    if (rate === undefined) return
    const lengths = windowAt(client.lengths, fromS)
    if (lengths === undefined) {
      this.#log.leftOut(client.place, this.#whyLeftOut, rate.requests)
      return
    }
    const timesS = timesIn(rate, client.gaps)
    const late = rate.requests - timesS.length
    if (late > 0) this.#log.leftOut(client.place, 'drawn at the very end of its window', late)
    if (timesS.length > 0) this.#queue.push({ client, clientId, lengths, timesS, next: 0 })
  }

  #draw(cursor: Cursor, block: ArrivalBlock): void {
    const { client, clientId, lengths, timesS } = cursor
    const timeS = timesS[cursor.next++]
    if (cursor.next < timesS.length) this.#queue.push(cursor)
    const body = drawBody(lengths, client.inputs, client.outputs)
    const inputTokens = body.inputTokens || this.#oneToken(client)
    const outputTokens =
      body.outputTokens ||
      forZeroOutput(this.#zeroOutput, inputTokens, client.place, this.#log, 'output_tokens')
    if (outputTokens === undefined) return
    this.#log.rows++
    if (Number.isNaN(this.#originS)) this.#originS = timeS
    const row = block.length
    block.push(timeS - this.#originS, inputTokens, outputTokens, 0, 0)
    describe(block, row, clientId, body)
  }

  #oneToken({ place }: Client): number {
    this.#log.remark(place, 'drawn without a prompt token, given one')
    return 1
  }
}

function describe(block: ArrivalBlock, row: number, tenantId: number, { modality, items }: Body): void {
  const details = block.detailed()
  details.begin(row)
  details.tenantId[row] = tenantId
  details.modality[row] = modality
  details.items[row] = items
}
