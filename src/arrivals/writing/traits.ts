import type { ArrivalBlock } from '../contract.ts'
import { DEFAULT_CLASS } from '../formats/rows.ts'

/** What only some requests have; a format carries it or does not. */
export interface Trait {
  /** Completes "1,204 rows have ...". */
  readonly what: string
  has(block: ArrivalBlock, row: number, classes: readonly string[]): boolean
}

/** Every trait by name. */
export const traits = {
  class: {
    what: 'a class',
    has: (block, row, classes) => classes[block.classId[row]] !== DEFAULT_CLASS,
  },
  tenant: { what: 'a tenant', has: ({ details }, row) => (details?.tenantId[row] ?? -1) >= 0 },
  model: { what: 'a model', has: ({ details }, row) => (details?.modelId[row] ?? -1) >= 0 },
  session: { what: 'a session', has: ({ details }, row) => (details?.sessionId[row] ?? -1) >= 0 },
  turn: { what: 'a turn', has: ({ details }, row) => (details?.turn[row] ?? 0) > 0 },
  turns: { what: 'a number of turns', has: ({ details }, row) => (details?.turns[row] ?? 0) > 0 },
  think: { what: 'a think time', has: ({ details }, row) => (details?.thinkS[row] ?? -1) >= 0 },
  deadline: { what: 'a deadline', has: ({ details }, row) => (details?.deadlineS[row] ?? -1) >= 0 },
  modality: {
    what: 'a modality other than text',
    has: ({ details }, row) => (details?.modality[row] ?? 0) > 0,
  },
  items: { what: 'images or other items', has: ({ details }, row) => (details?.items[row] ?? 0) > 0 },
  blocks: { what: 'prefix blocks', has: ({ details }, row) => (details?.blockTokens[row] ?? 0) > 0 },
  hits: { what: 'prefix hits', has: ({ hitTokens }, row) => hitTokens[row] > 0 },
} as const satisfies Record<string, Trait>

export type TraitName = keyof typeof traits

export const TRAIT_NAMES = Object.keys(traits) as readonly TraitName[]
