/** What the beginning of a JSON text tells. */
export interface JsonHead {
  /** Whether its objects lie in one array. */
  readonly inArray: boolean
  /** Names in its first object, as far as the text goes. */
  readonly keys: ReadonlySet<string>
}

const BLANK = /\s*/y
const KEY = /\s*"([^"\\]*(?:\\.[^"\\]*)*)"\s*:/y
const STRING = /"[^"\\]*(?:\\.[^"\\]*)*"/y

/** The names of the first object in a JSON text that may break off anywhere; undefined where it begins otherwise. */
export function jsonHead(text: string): JsonHead | undefined {
  let at = behind(BLANK, text, text.startsWith('\ufeff') ? 1 : 0)
  const inArray = text[at] === '['
  if (inArray) at = behind(BLANK, text, at + 1)
  if (text[at] !== '{') return undefined
  const keys = new Set<string>()
  for (at++; ; at++) {
    KEY.lastIndex = at
    const found = KEY.exec(text)
    if (!found) return { inArray, keys }
    keys.add(found[1])
    at = behindValue(text, KEY.lastIndex)
    if (text[at] !== ',') return { inArray, keys }
  }
}

/** Whether the object names all of these. */
export function names(head: JsonHead | undefined, ...keys: readonly string[]): boolean {
  return head !== undefined && keys.every(key => head.keys.has(key))
}

/** The numbers that follow a name in a JSON text, as they are written. */
export function numbersAfter(text: string, key: string): string[] {
  const found = text.matchAll(new RegExp(`"${key}"\\s*:\\s*(-?\\d[\\d.eE+-]*)\\s*[,}]`, 'g'))
  return Array.from(found, ([, number]) => number)
}

/** The place of the comma or bracket behind a value, or the end of the text. */
function behindValue(text: string, from: number): number {
  let depth = 0
  let at = from
  for (; at < text.length; at++) {
    const character = text[at]
    if (character === '"') at = behind(STRING, text, at) - 1
    else if (character === '{' || character === '[') depth++
    else if (depth === 0 && (character === ',' || character === '}')) return at
    else if (character === '}' || character === ']') depth--
  }
  return at
}

/** The place behind what a sticky expression matches, or the end of the text where it does not. */
function behind(expression: RegExp, text: string, at: number): number {
  expression.lastIndex = at
  return expression.test(text) ? expression.lastIndex : text.length
}
