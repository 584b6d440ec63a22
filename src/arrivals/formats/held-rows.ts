import type { ArrivalBlock } from '../contract.ts'
import { type Details, MODALITIES, type Modality } from '../details.ts'
import {
  BLOCK_TOKENS,
  BLOCKS,
  CELLS,
  CLASS,
  DEADLINE,
  HIT,
  INPUT,
  ITEMS,
  isDetail,
  MODALITY,
  MODEL,
  OUTPUT,
  ROLES,
  type Role,
  SESSION,
  SESSION_NAME,
  TENANT,
  THINK,
  TURN,
  TURNS,
} from './csv-columns.ts'
import type { CsvRowReader } from './csv-row.ts'

/** Rows that wait to be put into order, as columns by slot; of those alone that the file has. */
export class HeldRows {
  /** By role; of one slot, which stays blank, where the file has no such column. */
  readonly #columns: readonly Float64Array[]
  readonly #roles: Int8Array
  readonly #slotMask: Int32Array
  readonly #blocks: (Int32Array | undefined)[] = []
  readonly #hasDetails: boolean
  readonly #hasBlocks: boolean
  /** Modality of rows that have items, where the file does not say it. */
  readonly #ofItems: number

  constructor(slots: number, roles: readonly Role[], itemsAre: Modality = 'text') {
    const used = [...new Set(roles)]
    this.#roles = Int8Array.from(used)
    this.#slotMask = Int32Array.from({ length: ROLES }, (_, role) => (used.includes(role) ? -1 : 0))
    this.#columns = Array.from({ length: ROLES }, (_, role) =>
      new Float64Array(used.includes(role) ? slots : 1).fill(role === CLASS ? 0 : (CELLS[role]?.blank ?? 0)),
    )
    this.#hasDetails = used.some(isDetail)
    this.#hasBlocks = used.includes(BLOCKS)
    this.#ofItems = MODALITIES.indexOf(itemsAre)
  }

  put(slot: number, row: CsvRowReader): void {
    const roles = this.#roles
    for (let i = 0; i < roles.length; i++) this.#columns[roles[i]][slot] = row.values[roles[i]]
    if (this.#hasBlocks) this.#blocks[slot] = row.blocks.slice(0, row.blockCount)
  }

  moveInto(block: ArrivalBlock, slot: number, arrivalS: number): void {
    const at = block.length
    const columns = this.#columns
    block.push(
      arrivalS,
      columns[INPUT][slot],
      columns[OUTPUT][slot],
      this.#of(HIT, slot),
      this.#of(CLASS, slot),
    )
    if (this.#hasDetails) this.#describe(block.detailed(), at, slot)
    else block.details?.begin(at)
  }

  #describe(details: Details, at: number, slot: number): void {
    details.begin(at)
    details.tenantId[at] = this.#of(TENANT, slot)
    details.modelId[at] = this.#of(MODEL, slot)
    details.sessionId[at] = this.#has(SESSION) ? this.#of(SESSION, slot) : this.#of(SESSION_NAME, slot)
    details.turn[at] = this.#of(TURN, slot)
    details.turns[at] = this.#of(TURNS, slot)
    details.thinkS[at] = this.#of(THINK, slot)
    details.deadlineS[at] = this.#of(DEADLINE, slot)
    details.items[at] = this.#of(ITEMS, slot)
    details.modality[at] =
      details.items[at] > 0 && !this.#has(MODALITY) ? this.#ofItems : this.#of(MODALITY, slot)
    if (this.#hasBlocks) details.setBlocks(at, this.#of(BLOCK_TOKENS, slot), this.#blocks[slot]!)
  }

  #has(role: Role): boolean {
    return this.#slotMask[role] === -1
  }

  #of(role: Role, slot: number): number {
    return this.#columns[role][slot & this.#slotMask[role]]
  }
}
