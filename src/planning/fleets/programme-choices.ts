import { AIMS, IN_WORDS, LIMITED, type Measure, upperLimits } from './limits.ts'
import type { Choice, Programme } from './programme.ts'

/** The choices of a programme that its optimum may be sought among. */
export interface Considered {
  /** Indices of choices, those left out that are surely no better than another. */
  readonly used: readonly number[]
  /** Choices that cannot be used at all. */
  readonly leftOut: readonly { readonly name: string; readonly why: string }[]
  /** Indices of the classes of which there are requests. */
  readonly classes: readonly number[]
}

export function considered(programme: Programme): Considered {
  const { choices, demands } = programme
  const classes = [...demands.keys()].filter(id => demands[id].ratePerS > 0)
  const reasons = choices.map((_, k) => whyNot(programme, k, classes))
  const leftOut = choices.flatMap(({ name }, k) => {
    const why = reasons[k]
    return why === undefined ? [] : [{ name, why }]
  })
  const usable = [...choices.keys()].filter(k => reasons[k] === undefined)
  const used = usable.filter(k => !usable.some(other => isReplaceable(programme, k, other, classes)))
  return { used, leftOut, classes }
}

/** The rating of a choice that can do some of the class. */
export function ratingOf({ ratings }: Choice, id: number) {
  const rating = ratings[id]
  return rating !== undefined && rating.ratePerS > 0 ? rating : undefined
}

/** Nodes of its hardware that are there already. */
export function stockOf({ choices, stock = [] }: Programme, node: string): number {
  return choices.reduce((sum, choice, k) => sum + (choice.node === node ? (stock[k] ?? 0) : 0), 0)
}

/** Nodes of the hardware that can be had beside those. */
export function mostOf({ choices }: Programme, node: string): number {
  const same = choices.filter(choice => choice.node === node)
  return Math.min(...same.map(({ most }) => most ?? Number.POSITIVE_INFINITY))
}

/** Undefined where the choice may be used. */
function whyNot(programme: Programme, k: number, classes: readonly number[]): string | undefined {
  const choice = programme.choices[k]
  if (classes.every(id => ratingOf(choice, id) === undefined)) return 'it meets the SLO of no class'
  const isThere = stockOf(programme, choice.node) > 0
  const counted = measuresOf(programme).filter(({ isOfBought }) => !(isOfBought && isThere))
  return counted.map(measure => unknownOf(measure, choice, classes)).find(why => why !== undefined)
}

function unknownOf(measure: Measure, choice: Choice, classes: readonly number[]): string | undefined {
  const works = classes.map(id => workOf(measure, choice, id))
  if (![measure.ofNode(choice), ...works].some(Number.isNaN)) return undefined
  const key = measure.needs.find(key => Number.isNaN(Number(choice[key])))
  return `its ${IN_WORDS[key ?? 'busyWatts'] ?? key} is not known`
}

/** The aim's, and those of all limits. */
function measuresOf({ aim, limits }: Programme): Measure[] {
  return [AIMS[aim], ...upperLimits(limits).map(name => LIMITED[name])]
}

/** What it takes of a node that is busy with the class, in addition; 0 where the choice cannot do it. */
export function workOf({ ofWork }: Measure, choice: Choice, id: number): number {
  const rating = ratingOf(choice, id)
  return rating === undefined || ofWork === undefined ? 0 : ofWork(choice, rating)
}

/** Whether what the choice does may be left to the other; of two alike the later one may. */
function isReplaceable(programme: Programme, k: number, other: number, classes: readonly number[]): boolean {
  const covers = (a: number, b: number) =>
    canTakeNodes(programme, a, b) && isNoWorse(programme, a, b, classes)
  return k !== other && covers(other, k) && (other < k || !covers(k, other))
}

/** Whether there are as many nodes of the first for any number of the second. */
function canTakeNodes(programme: Programme, a: number, b: number): boolean {
  const { choices } = programme
  if (choices[a].node === choices[b].node) return true
  return (
    mostOf(programme, choices[a].node) === Number.POSITIVE_INFINITY &&
    stockOf(programme, choices[b].node) === 0
  )
}

/** Whether the first, node for node, does what the second does and takes no more of anything that counts. */
function isNoWorse(programme: Programme, a: number, b: number, classes: readonly number[]): boolean {
  const [one, two] = [programme.choices[a], programme.choices[b]]
  if (programme.limits.gpuShare !== undefined && two.isGpu && !one.isGpu) return false
  const measures = measuresOf(programme)
  if (!measures.every(measure => measure.ofNode(one) <= measure.ofNode(two))) return false
  return classes.every(id => {
    const [mine, theirs] = [ratingOf(one, id), ratingOf(two, id)]
    if (theirs === undefined) return true
    if (mine === undefined || mine.ratePerS < theirs.ratePerS) return false
    return measures.every(
      measure => workOf(measure, one, id) / mine.ratePerS <= workOf(measure, two, id) / theirs.ratePerS,
    )
  })
}
