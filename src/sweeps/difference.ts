/** Where two values that are JSON differ first, and how. */
export interface Difference {
  /** Keys and numbers from the outermost in, such as `replications.least`. */
  readonly path: string
  /** JSON; `nothing` where there is no such key. */
  readonly here: string
  readonly there: string
}

const LONGEST = 60

/** Undefined where they are the same, in whatever order their keys come. */
export function firstDifference(here: unknown, there: unknown, path = ''): Difference | undefined {
  if (!isNested(here) || !isNested(there) || Array.isArray(here) !== Array.isArray(there)) {
    return here === there ? undefined : { path, here: text(here), there: text(there) }
  }
  for (const key of new Set([...Object.keys(here), ...Object.keys(there)])) {
    const inside = path === '' ? key : `${path}.${key}`
    const found = firstDifference(here[key], there[key], inside)
    if (found !== undefined) return found
  }
  return undefined
}

function isNested(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function text(value: unknown): string {
  const json = JSON.stringify(value) ?? 'nothing'
  return json.length <= LONGEST ? json : `${json.slice(0, LONGEST)}...`
}
