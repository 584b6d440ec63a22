const ENTRY = /\s*([+-]?[\d.]+(?:[eE][+-]?\d+)?)\s*:\s*([+-]?[\d.]+(?:[eE][+-]?\d+)?)\s*([,}])/y
const BEGIN = /^\s*\{\s*/
const END = /^\s*$/

/** A Python dict of numbers by numbers. */
export interface NumberDict {
  readonly keys: readonly number[]
  readonly values: readonly number[]
}

/** Reads a literal such as `{9: 0.0067, 163: 2e-05}`; undefined where it is anything else. */
export function numberDict(text: string): NumberDict | undefined {
  const keys: number[] = []
  const values: number[] = []
  let at = BEGIN.exec(text)?.[0].length
  if (at === undefined) return undefined
  while (text[at] !== '}') {
    ENTRY.lastIndex = at
    const found = ENTRY.exec(text)
    if (!found) return undefined
    keys.push(Number(found[1]))
    values.push(Number(found[2]))
    // Behind a comma may come the end, as Python lets it.
    at = found[3] === '}' ? ENTRY.lastIndex - 1 : behindBlank(text, ENTRY.lastIndex)
  }
  const whole = END.test(text.slice(at + 1)) && keys.concat(values).every(Number.isFinite)
  return whole ? { keys, values } : undefined
}

function behindBlank(text: string, from: number): number {
  let at = from
  while (text[at] === ' ' || text[at] === '\n' || text[at] === '\t') at++
  return at
}
