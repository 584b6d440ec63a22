import type { Choice, Programme } from '../../../src/planning/fleets/programme.ts'

/** By choice and class, of the class's requests. */
type Shares = readonly (readonly number[])[]

/** Something that must not be above 0, linear in the two numbers that say how requests are shared. */
type Bound = (s: number, t: number) => number

/**
 * The least of the aim over every number of nodes to `most` of each choice, and for each over the corners of what the
 * requests may be shared like: either two choices and two classes, or three choices and one class. Infinity where
 * there is no such fleet.
 */
export function naiveOptimum(programme: Programme, most: number): number {
  let least = Number.POSITIVE_INFINITY
  for (const nodes of grids(programme.choices.length, most)) {
    const bounds = boundsOf(programme, nodes)
    for (const [s, t] of cornersOf(bounds))
      least = Math.min(least, takenOf(programme, programme.aim, nodes, sharesAt(programme, s, t)))
  }
  return least
}

function grids(choices: number, most: number): number[][] {
  if (choices === 0) return [[]]
  return grids(choices - 1, most).flatMap(nodes => Array.from({ length: most + 1 }, (_, n) => [...nodes, n]))
}

function sharesAt({ demands }: Programme, s: number, t: number): Shares {
  if (demands.length === 1) return [[s], [t], [1 - s - t]]
  return [
    [s, t],
    [1 - s, 1 - t],
  ]
}

function boundsOf(programme: Programme, nodes: readonly number[]): Bound[] {
  const { choices, demands, limits, headroom } = programme
  const bounds: Bound[] = []
  choices.forEach((choice, k) => {
    demands.forEach((_, c) => {
      bounds.push((s, t) => -sharesAt(programme, s, t)[k][c])
      if (choice.ratings[c] === undefined) bounds.push((s, t) => sharesAt(programme, s, t)[k][c])
    })
    bounds.push((s, t) => busyOf(programme, k, sharesAt(programme, s, t)[k]) - headroom * nodes[k])
    bounds.push(() => nodes[k] - (choice.most ?? Number.MAX_VALUE))
  })
  for (const [what, limit] of Object.entries(limits)) {
    const sign = what === 'gpuShare' ? -1 : 1
    bounds.push((s, t) => sign * (takenOf(programme, what, nodes, sharesAt(programme, s, t)) - limit))
  }
  return bounds
}

/** Nodes of the choice that are busy on average. */
function busyOf({ choices, demands }: Programme, k: number, shares: readonly number[]): number {
  let busy = 0
  shares.forEach((share, c) => {
    const rating = choices[k].ratings[c]
    if (rating !== undefined) busy += (share * demands[c].ratePerS) / rating.ratePerS
  })
  return busy
}

export function takenOf(
  programme: Programme,
  what: string,
  nodes: readonly number[],
  shares: Shares,
): number {
  const { choices, demands } = programme
  const all = demands.reduce((sum, { ratePerS }) => sum + ratePerS, 0)
  const each = choices.map((choice, k) => {
    const watts = wattsOf(programme, choice, nodes[k], shares[k])
    if (what === 'usd' || what === 'usdPerHour')
      return nodes[k] * choice.usdPerHour + (watts / 1000) * choice.usdPerKwh
    if (what === 'joules') return watts * 3600
    if (what === 'grams') return nodes[k] * choice.embodiedGramsPerHour + (watts / 1000) * choice.gramsPerKwh
    if (what === 'watts') return nodes[k] * choice.maxWatts
    if (what === 'rackKw') return (nodes[k] * choice.maxWatts) / 1000
    if (what === 'capexUsd') return nodes[k] * choice.capexUsd
    if (what === 'rackUnits') return nodes[k] * choice.rackUnits!
    if (what === 'nodes') return nodes[k]
    if (what !== 'gpuShare') throw new Error(`what is ${what}?`)
    const requests = shares[k].map((share, c) => share * demands[c].ratePerS)
    return choice.isGpu ? requests.reduce((sum, of) => sum + of, 0) / all : 0
  })
  return each.reduce((sum, of) => sum + of, 0)
}

/** Idle nodes draw what idle ones do, and busy ones what their work asks for. */
function wattsOf(
  { demands }: Programme,
  { idleWatts, ratings }: Choice,
  nodes: number,
  shares: readonly number[],
): number {
  let idle = nodes
  let watts = 0
  shares.forEach((share, c) => {
    const rating = ratings[c]
    if (rating === undefined) return
    const busy = (share * demands[c].ratePerS) / rating.ratePerS
    idle -= busy
    watts += busy * rating.busyWatts
  })
  return watts + idle * idleWatts
}

/** Where two bounds are met and none is broken. */
function cornersOf(bounds: readonly Bound[]): [number, number][] {
  const lines = bounds.map(bound => {
    const at = bound(0, 0)
    return { x: bound(1, 0) - at, y: bound(0, 1) - at, at }
  })
  const corners: [number, number][] = []
  lines.forEach((a, i) => {
    for (const b of lines.slice(i + 1)) {
      const determinant = a.x * b.y - a.y * b.x
      if (Math.abs(determinant) < 1e-12) continue
      const s = (-a.at * b.y + b.at * a.y) / determinant
      const t = (-b.at * a.x + a.at * b.x) / determinant
      const isKept = lines.every(({ x, y, at }) => {
        const scale = Math.abs(x) + Math.abs(y) + Math.abs(at)
        return x * s + y * t + at <= 1e-9 * scale
      })
      if (isKept) corners.push([s, t])
    }
  })
  return corners
}
