import { colours, type TextColumn } from './print.ts'

/** A column of numbers of which one is best. */
export interface RatedColumn {
  readonly heading: string
  readonly values: readonly number[]
  readonly text: (value: number) => string
  readonly better: 'low' | 'high' | 'neither'
  /** As of any column of text. */
  readonly spare?: number | undefined
}

/**
 * The column's texts, the best marked with a star and in colour. Values that read the same are equally good; blanks
 * are never best, and where all read the same none is.
 */
export function rated({ heading, values, text, better, spare }: RatedColumn): TextColumn {
  const texts = values.map(text)
  const best = better === 'neither' ? undefined : bestText(values, texts, better)
  const cells = texts.map(cell => (cell === best ? colours.bold(colours.green(`${cell}*`)) : `${cell} `))
  return { heading, cells, ...(spare !== undefined && { spare }) }
}

function bestText(
  values: readonly number[],
  texts: readonly string[],
  better: 'low' | 'high',
): string | undefined {
  const sign = better === 'low' ? 1 : -1
  const known = [...values.keys()].filter(row => Number.isFinite(values[row]))
  if (new Set(known.map(row => texts[row])).size < 2) return undefined
  return texts[known.reduce((best, row) => (sign * values[row] < sign * values[best] ? row : best))]
}
