import { ArrivalBlock, type ArrivalSource } from '../../../src/arrivals/contract.ts'
import { below, stream } from '../../../src/core/random.ts'

/** A request with every column of a block and its details. */
export interface WholeRow {
  readonly arrivalS: number
  readonly inputTokens: number
  readonly outputTokens: number
  readonly hitTokens: number
  readonly class: string
  readonly tenant: string | undefined
  readonly model: string | undefined
  readonly sessionId: number
  readonly turn: number
  readonly turns: number
  readonly thinkS: number
  readonly deadlineS: number
  readonly modality: number
  readonly items: number
  readonly blockTokens: number
  readonly blocks: readonly number[]
}

export const PLAIN: WholeRow = {
  ...{ arrivalS: 0, inputTokens: 1, outputTokens: 1, hitTokens: 0, class: 'all', tenant: undefined },
  ...{ model: undefined, sessionId: -1, turn: 0, turns: 0, thinkS: Number.NaN, deadlineS: Number.NaN },
  ...{ modality: 0, items: 0, blockTokens: 0, blocks: [] },
}

export function rowsWith(...rows: readonly Partial<WholeRow>[]): WholeRow[] {
  return rows.map(row => ({ ...PLAIN, ...row }))
}

const NAMES = ['all', 'chat', 'a, b', 'say "x"', ' spaced ', 'naïve 😀', '1', '""', "it's"]

/** Rows of every kind of value, at times of all sorts of decimals. */
export function randomRows(count: number, seed: number): WholeRow[] {
  const random = stream(seed, 'rows')
  const some = <T>(value: T, otherwise: T) => (random() < 0.5 ? value : otherwise)
  const name = () => NAMES[below(random, NAMES.length)]
  let arrivalS = 0
  return Array.from({ length: count }, (_, i) => {
    if (i > 0)
      arrivalS += [0, random(), random() * 1e-9, below(random, 1e7) / 1e7, 1e5 * random()][below(random, 5)]
    const inputTokens = 1 + below(random, 2 ** 31 - 1)
    const blocks = Array.from({ length: below(random, 5) }, () => below(random, 2 ** 31))
    return {
      arrivalS,
      inputTokens,
      outputTokens: 1 + below(random, 1000),
      hitTokens: some(below(random, inputTokens + 1), 0),
      class: name(),
      tenant: some<string | undefined>(name(), undefined),
      model: some<string | undefined>(name(), undefined),
      sessionId: some(below(random, 2 ** 31), -1),
      turn: some(below(random, 9), 0),
      turns: some(below(random, 9), 0),
      thinkS: some(random() * 1e-8, Number.NaN),
      deadlineS: some(0, 1 / (1e-300 + random())),
      modality: below(random, 4),
      items: some(below(random, 2 ** 31), 0),
      ...some({ blockTokens: 1 + below(random, 999), blocks }, { blockTokens: 0, blocks: [] as number[] }),
    }
  })
}

/** A source of rows in memory; its names come as its rows do. */
export function sourceOf(rows: readonly WholeRow[]): ArrivalSource & { closed: boolean } {
  const classes: string[] = []
  const tenants: string[] = []
  const models: string[] = []
  let next = 0
  return {
    ...{ classes, tenants, models, closed: false },
    fill(block) {
      block.length = 0
      while (block.length < block.capacity && next < rows.length) {
        const row = rows[next++]
        const at = block.length
        block.push(row.arrivalS, row.inputTokens, row.outputTokens, row.hitTokens, idOf(classes, row.class))
        if (isPlain(row)) {
          block.details?.begin(at)
          continue
        }
        const details = block.detailed()
        details.begin(at)
        details.tenantId[at] = idOf(tenants, row.tenant)
        details.modelId[at] = idOf(models, row.model)
        details.sessionId[at] = row.sessionId
        details.turn[at] = row.turn
        details.turns[at] = row.turns
        details.thinkS[at] = row.thinkS
        details.deadlineS[at] = row.deadlineS
        details.modality[at] = row.modality
        details.items[at] = row.items
        if (row.blockTokens > 0) details.setBlocks(at, row.blockTokens, row.blocks)
      }
    },
    close() {
      this.closed = true
    },
  }
}

function isPlain(row: WholeRow): boolean {
  const { arrivalS, inputTokens, outputTokens, hitTokens, class: name } = row
  const plain = { ...PLAIN, arrivalS, inputTokens, outputTokens, hitTokens, class: name }
  return JSON.stringify(plain) === JSON.stringify({ ...PLAIN, ...row })
}

function idOf(names: string[], name: string | undefined): number {
  if (name === undefined) return -1
  return names.includes(name) ? names.indexOf(name) : names.push(name) - 1
}

/** Every column of every request of a source. */
export async function wholeRowsOf(source: ArrivalSource): Promise<WholeRow[]> {
  const rows: WholeRow[] = []
  const block = new ArrivalBlock(100)
  for (;;) {
    await source.fill(block)
    if (block.length === 0) return rows
    for (let row = 0; row < block.length; row++) rows.push(wholeRow(block, row, source))
  }
}

function wholeRow(block: ArrivalBlock, row: number, source: ArrivalSource): WholeRow {
  const { details } = block
  const body = {
    ...PLAIN,
    arrivalS: block.arrivalS[row],
    inputTokens: block.inputTokens[row],
    outputTokens: block.outputTokens[row],
    hitTokens: block.hitTokens[row],
    class: source.classes[block.classId[row]],
  }
  if (details === undefined) return body
  return {
    ...body,
    tenant: source.tenants?.[details.tenantId[row]],
    model: source.models?.[details.modelId[row]],
    sessionId: details.sessionId[row],
    turn: details.turn[row],
    turns: details.turns[row],
    thinkS: details.thinkS[row],
    deadlineS: details.deadlineS[row],
    modality: details.modality[row],
    items: details.items[row],
    blockTokens: details.blockTokens[row],
    blocks: [...details.blocksOf(row)],
  }
}
