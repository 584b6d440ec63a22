import { ArrivalBlock, type ArrivalSource, type ReadingReport } from '../../../src/arrivals/contract.ts'

/** A request with everything that a workload may say of it. */
export interface FullRow {
  arrivalS: number
  inputTokens: number
  outputTokens: number
  hitTokens: number
  class: string
  tenant?: string
  model?: string
  session: number
  turn: number
  turns: number
  thinkS: number
  deadlineS: number
  modality: number
  items: number
  blockTokens: number
  blocks: number[]
}

export const BLANK: FullRow = {
  arrivalS: 0,
  inputTokens: 100,
  outputTokens: 10,
  hitTokens: 0,
  class: 'all',
  session: -1,
  turn: 0,
  turns: 0,
  thinkS: Number.NaN,
  deadlineS: Number.NaN,
  modality: 0,
  items: 0,
  blockTokens: 0,
  blocks: [],
}

const REPORT: ReadingReport = {
  name: 'made.csv',
  format: 'made',
  rows: 7,
  late: 1,
  remarks: [{ what: 'left out: a bad row', count: 2, first: 'made.csv:3' }],
}

export interface Made extends ArrivalSource {
  closed: number
}

/** Rows as a source whose lists of names grow while it is read, as a trace's do. */
export function sourceOf(rows: readonly Partial<FullRow>[], hasDetails = true): Made {
  const names = { class: [] as string[], tenant: [] as string[], model: [] as string[] }
  const idOf = (list: string[], name: string) =>
    list.includes(name) ? list.indexOf(name) : list.push(name) - 1
  let next = 0
  return {
    classes: names.class,
    ...(hasDetails && { tenants: names.tenant, models: names.model }),
    report: () => REPORT,
    closed: 0,
    close() {
      this.closed++
    },
    async fill(block) {
      block.length = 0
      const details = hasDetails ? block.detailed() : undefined
      for (; next < rows.length && block.length < block.capacity; next++) {
        const row = { ...BLANK, ...rows[next] }
        const at = block.length
        const { arrivalS, inputTokens, outputTokens, hitTokens } = row
        block.push(arrivalS, inputTokens, outputTokens, hitTokens, idOf(names.class, row.class))
        if (details === undefined) continue
        details.begin(at)
        if (row.tenant !== undefined) details.tenantId[at] = idOf(names.tenant, row.tenant)
        if (row.model !== undefined) details.modelId[at] = idOf(names.model, row.model)
        details.sessionId[at] = row.session
        for (const key of ['turn', 'turns', 'thinkS', 'deadlineS', 'modality', 'items'] as const) {
          details[key][at] = row[key]
        }
        if (row.blocks.length > 0) details.setBlocks(at, row.blockTokens, row.blocks)
      }
    },
  }
}

/** Reads a source to its end, ids turned into names. */
export async function fullRows(source: ArrivalSource, capacity = 4096): Promise<FullRow[]> {
  const rows: FullRow[] = []
  const block = new ArrivalBlock(capacity)
  for (;;) {
    await source.fill(block)
    if (block.length === 0) return rows
    for (let row = 0; row < block.length; row++) rows.push(fullRow(source, block, row))
  }
}

function fullRow(source: ArrivalSource, block: ArrivalBlock, row: number): FullRow {
  const { arrivalS, inputTokens, outputTokens, hitTokens, classId, details } = block
  const sizes = {
    arrivalS: arrivalS[row],
    inputTokens: inputTokens[row],
    outputTokens: outputTokens[row],
    hitTokens: hitTokens[row],
    class: source.classes[classId[row]],
  }
  if (details === undefined) return { ...BLANK, ...sizes }
  return {
    ...sizes,
    ...(details.tenantId[row] >= 0 && { tenant: source.tenants![details.tenantId[row]] }),
    ...(details.modelId[row] >= 0 && { model: source.models![details.modelId[row]] }),
    session: details.sessionId[row],
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

/** Eight hours of requests, some of one instant, most in sessions of three turns, with all that a row can say. */
export function manyRows(count: number): Partial<FullRow>[] {
  return Array.from({ length: count }, (_, i) => {
    const session = i % 10 === 9 ? -1 : 10 * Math.floor(i / 30) + (i % 10)
    const turn = session < 0 ? 0 : 1 + (Math.floor(i / 10) % 3)
    return {
      arrivalS: (Math.floor(i / 4) * 28_800) / (count / 4),
      inputTokens: 20 + ((i * 7919) % 1000),
      outputTokens: 1 + ((i * 104_729) % 300),
      hitTokens: i % 20,
      class: `class ${(i * 31) % (i < 400 ? 2 : 5)}`,
      ...(i % 3 > 0 && { tenant: `tenant ${i % 7}` }),
      ...(i % 5 > 0 && { model: `model ${Math.floor(i / 300)}` }),
      session,
      turn,
      turns: session < 0 ? 0 : 3,
      thinkS: turn > 1 && i % 4 > 0 ? i % 13 : Number.NaN,
      deadlineS: i % 6 === 0 ? 30 : Number.NaN,
      modality: i % 4,
      items: i % 4,
      ...(i % 8 > 0 && {
        blockTokens: 16,
        blocks: [0, ...Array.from({ length: i % 8 }, (_, k) => 1 + i + k)],
      }),
    }
  })
}

export const CHANCE = { seed: 1, name: 'test' }

/** Requests that can be told apart by their prompts, from 1 on. */
export function at(times: readonly number[], rest: Partial<FullRow> = {}): ArrivalSource {
  return sourceOf(times.map((arrivalS, i) => ({ arrivalS, inputTokens: i + 1, ...rest })))
}

export async function times(source: ArrivalSource): Promise<number[]> {
  return (await fullRows(source)).map(row => row.arrivalS)
}

/** Time and prompt. */
export async function placed(source: ArrivalSource): Promise<[number, number][]> {
  return (await fullRows(source)).map(row => [row.arrivalS, row.inputTokens])
}

/** A session that begins at each of the times, all its turns in one place, as generators have them. */
export function turn(arrivalS: number, session: number, number: number, turns: number, thinkS: number) {
  return { arrivalS, session, turn: number, turns, thinkS: number > 1 ? thinkS : Number.NaN }
}

/** What a row says of its session. */
export function inSession({ session, turn: number, turns, thinkS }: FullRow) {
  return [session, number, turns, thinkS]
}
