import { Unusable } from '../measurements/unusable.ts'
import { isBare, isDisaggregated, poolsOf } from './pools.ts'
import type { ServedRow } from './served-row.ts'
import { markOf } from './speculation-mark.ts'

/** What like runs tell of one whose speculation was not recorded. */
export type Telling =
  /** The faster of two: it lies on devices as `like` does, which does not speculate. */
  | { readonly state: 'speculating'; readonly like: ServedRow }
  /** The slower of two, or one of which several replicas or attention ranks are stated. */
  | { readonly state: 'plain' }
  /** The same measurement as `like`, which states more of its layout. */
  | { readonly state: 'repeated'; readonly like: ServedRow }

/**
 * Repetitions of a run differ by less; runs with speculation are faster than those without by more. MiniMax-M2.5, which
 * was run without, differs by up to 1.10 within a release.
 */
const SAME = 1.03
const FASTER = 1.12

/**
 * Rows that state the same but for how fast the run was, told apart. Runs with several replicas on a side or with
 * attention ranks are never the faster of two: lists that state layouts whole hold none that speculate. Of those
 * without ranks the same layouts were run with speculation (SemiAnalysisAI/InferenceX@0004cf5
 * .github/configs/nvidia-master.yaml).
 */
export function tellings(rows: readonly ServedRow[]): ReadonlyMap<ServedRow, Telling> {
  const groups = new Map<string, ServedRow[]>()
  for (const row of rows.filter(isUntold)) {
    const key = likeness(row)
    groups.set(key, [...(groups.get(key) ?? []), row])
  }
  const told = [...groups.values()].flatMap(group =>
    isDisaggregated(group[0]) ? tellingsOfPools(group) : tellingsOfLayout(group),
  )
  return new Map(told)
}

type Told = readonly [ServedRow, Telling]

function isUntold(row: ServedRow): boolean {
  return safely(() => row.number('tpot_mean_s') > 0 && markOf(row).state === 'not recorded', false)
}

/** All that a row states but for times, and of pools but for what may be lost of their layout. */
function likeness(row: ServedRow): string {
  const common = (
    ['hardware', 'model_key', 'precision', 'input_tokens_mean', 'output_tokens_mean'] as const
  ).map(column => row.text(column))
  const release = row.text('engine').replace(/\.post\d+$/, '')
  const run = [...common, release, row.text('concurrency'), row.text('scenario')]
  if (isDisaggregated(row)) return [...run, devicesIn(row)].join('\u0000')
  const layout = (['n_devices', 'tp', 'pp', 'dp', 'ep'] as const).map(column => row.text(column))
  const ranks = /attention_dp=[\d.]+/.exec(row.text('note'))?.[0] ?? ''
  return [...run, ...layout, ranks].join('\u0000')
}

/** Of a replica on each side: what is never lost. */
function devicesIn(row: ServedRow): string {
  return safely(() => {
    const { prefill, decode } = poolsOf(row)
    return `${prefill.tp} ${decode.tp}`
  }, '')
}

/** Of rows with one layout, where there are two speeds. */
function tellingsOfLayout(rows: readonly ServedRow[]): Told[] {
  const [slow, fast, ...others] = speedsOf(rows)
  if (fast === undefined || others.length > 0 || paceOf(slow[0]) < FASTER * paceOf(fast[0])) return []
  return [
    ...slow.map((row): Told => [row, { state: 'plain' }]),
    ...fast.map((row): Told => [row, { state: 'speculating', like: slow[0] }]),
  ]
}

/** Of rows that may lack most of their layout: by those that have it. */
function tellingsOfPools(rows: readonly ServedRow[]): Told[] {
  const bare = rows.filter(row => safely(() => isBare(poolsOf(row)), true))
  const whole = rows.filter(row => !bare.includes(row))
  const likeOf = (row: ServedRow) => whole.find(other => isSame(row, other))
  return [
    ...whole.map((row): Told => [row, { state: 'plain' }]),
    ...bare.flatMap((row): Told[] => {
      const like = likeOf(row)
      return like === undefined ? [] : [[row, { state: 'repeated', like }]]
    }),
    ...fasterThan(
      whole,
      bare.filter(row => likeOf(row) === undefined),
    ),
  ]
}

/** Those of one speed that is above that of all which state one and the same layout, without ranks. */
function fasterThan(whole: readonly ServedRow[], others: readonly ServedRow[]): Told[] {
  const [fast, ...slower] = speedsOf(others).toReversed()
  const layouts = new Map(whole.map(row => [JSON.stringify(poolsOf(row).decode), row]))
  if (fast === undefined || slower.length > 0 || layouts.size !== 1) return []
  const [like] = layouts.values()
  const hasRanks = poolsOf(like).decode.attentionDp > 1
  if (hasRanks || paceOf(like) < FASTER * paceOf(fast[0])) return []
  return fast.map((row): Told => [row, { state: 'speculating', like }])
}

/** The rows by how fast they were, the slowest first; repetitions together. */
function speedsOf(rows: readonly ServedRow[]): ServedRow[][] {
  const groups: ServedRow[][] = []
  for (const row of rows.toSorted((a, b) => paceOf(b) - paceOf(a))) {
    const last = groups.at(-1)
    if (last !== undefined && paceOf(last[0]) <= SAME * paceOf(row)) last.push(row)
    else groups.push([row])
  }
  return groups
}

function isSame(a: ServedRow, b: ServedRow): boolean {
  return Math.max(paceOf(a), paceOf(b)) <= SAME * Math.min(paceOf(a), paceOf(b))
}

function paceOf(row: ServedRow): number {
  return row.number('tpot_mean_s')
}

/** A row that cannot be read is not told of here. */
function safely<Answer>(ask: () => Answer, otherwise: Answer): Answer {
  try {
    return ask()
  } catch (error) {
    if (error instanceof Unusable) return otherwise
    throw error
  }
}
