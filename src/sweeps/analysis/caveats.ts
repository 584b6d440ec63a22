/** A metric of estimates.csv and why its interval says less than it seems to: reasons with `; ` between. */
export interface Noted {
  readonly metric: string
  readonly note: string
}

/** Why estimates say less than they seem to, wherever that holds. */
export interface Caveat {
  /** Whatever the number of replications that it is of. */
  readonly reason: string
  /** That it is of; empty where it is of every metric of its lines. */
  readonly metrics: readonly string[]
  /** How many lines have it. */
  readonly lines: number
}

const REPLICATIONS = / in \d+ of \d+ replications$/

export function reasonsIn(note: string): string[] {
  const reasons = note.split('; ').map(reason => reason.replace(REPLICATIONS, ' in some or all replications'))
  return reasons.filter(reason => reason !== '')
}

/** Of lines of a table, each with its estimates: every reason once, in the order in which they come. */
export function caveatsOf(lines: readonly (readonly Noted[])[]): Caveat[] {
  const reasons = new Set(lines.flat().flatMap(({ note }) => reasonsIn(note)))
  return [...reasons].map(reason => {
    const having = lines.filter(line => line.some(has(reason)))
    const metrics = having.every(line => isOfAll(reason, line)) ? [] : having.flat().filter(has(reason))
    return { reason, metrics: [...new Set(metrics.map(({ metric }) => metric))], lines: having.length }
  })
}

/** Whether it is of the whole line, rather than of some of its estimates. */
export function isOfAll(reason: string, line: readonly Noted[]): boolean {
  return line.every(has(reason))
}

function has(reason: string): (estimate: Noted) => boolean {
  return ({ note }) => reasonsIn(note).includes(reason)
}
