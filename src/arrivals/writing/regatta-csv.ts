import type { ArrivalBlock } from '../contract.ts'
import { type Details, MODALITIES } from '../details.ts'
import type { Losses, TraceNames, TraceWriter } from './contract.ts'
import { nameCell } from './csv-cell.ts'
import { TRAIT_NAMES, type TraitName } from './traits.ts'

/** The columns that say a trait, and a row's cells in them, commas before each included. */
interface TraitColumns {
  readonly head: string
  readonly text: (block: ArrivalBlock, row: number, names: Cells) => string
}

const COLUMNS: Readonly<Record<TraitName, TraitColumns>> = {
  class: { head: ',class', text: ({ classId }, row, names) => `,${names.class(classId[row])}` },
  tenant: ofDetails('tenant', (details, row, names) => names.tenant(details.tenantId[row])),
  model: ofDetails('model', (details, row, names) => names.model(details.modelId[row])),
  session: ofDetails('session', ({ sessionId }, row) => (sessionId[row] < 0 ? '' : sessionId[row])),
  turn: ofDetails('turn', ({ turn }, row) => turn[row] || ''),
  turns: ofDetails('turns', ({ turns }, row) => turns[row] || ''),
  think: ofDetails('think_s', ({ thinkS }, row) => seconds(thinkS[row])),
  deadline: ofDetails('deadline_s', ({ deadlineS }, row) => seconds(deadlineS[row])),
  modality: ofDetails('modality', ({ modality }, row) => MODALITIES[modality[row]]),
  items: ofDetails('items', ({ items }, row) => items[row] || ''),
  blocks: {
    head: ',block_tokens,blocks',
    text: ({ details }, row) => {
      if (details === undefined || details.blockTokens[row] === 0) return ',,'
      return `,${details.blockTokens[row]},${details.blocksOf(row).join(' ')}`
    },
  },
  hits: { head: ',hit_tokens', text: ({ hitTokens }, row) => `,${hitTokens[row] || ''}` },
}

/** The normal form: the shortest decimals that read back as the same numbers. */
export const regattaCsv: TraceWriter = {
  carries: TRAIT_NAMES,
  hasColumns: true,
  begin(traits, losses) {
    const columns = TRAIT_NAMES.filter(name => traits.has(name)).map(name => COLUMNS[name])
    const head = `arrival_s,input_tokens,output_tokens${columns.map(({ head }) => head).join('')}\n`
    const cells = new Cells(losses)
    return {
      head,
      rows(block, names) {
        cells.use(names)
        let text = ''
        for (let row = 0; row < block.length; row++) {
          text += `${block.arrivalS[row]},${block.inputTokens[row]},${block.outputTokens[row]}`
          for (const column of columns) text += column.text(block, row, cells)
          text += '\n'
        }
        return text
      },
    }
  },
}

function ofDetails(
  name: string,
  cell: (details: Details, row: number, names: Cells) => string | number,
): TraitColumns {
  return {
    head: `,${name}`,
    text: ({ details }, row, names) => (details === undefined ? ',' : `,${cell(details, row, names)}`),
  }
}

function seconds(value: number): string | number {
  return Number.isNaN(value) ? '' : value
}

/** Names as cells, each made once. */
class Cells {
  readonly #losses: Losses
  readonly #classes: string[] = []
  readonly #tenants: string[] = []
  readonly #models: string[] = []
  #names: TraceNames = { classes: [] }

  constructor(losses: Losses) {
    this.#losses = losses
  }

  use(names: TraceNames): void {
    this.#names = names
  }

  class(id: number): string {
    return this.#cell(this.#classes, this.#names.classes, id)
  }

  tenant(id: number): string {
    return this.#cell(this.#tenants, this.#names.tenants, id)
  }

  model(id: number): string {
    return this.#cell(this.#models, this.#names.models, id)
  }

  #cell(cells: string[], names: readonly string[] = [], id: number): string {
    if (id < 0) return ''
    cells[id] ??= nameCell(names[id])
    if (/[\n\r]/.test(names[id])) this.#losses.add('a name with a line break, which becomes a space')
    return cells[id]
  }
}
