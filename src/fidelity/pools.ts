import { Unusable } from '../measurements/unusable.ts'
import { type Layout, layoutText, type ServedRow } from './served-row.ts'

/** Replicas that compute prompts, and those that take the requests over. */
export interface Pools {
  readonly prefill: Layout
  readonly decode: Layout
}

/** Whether prompts are computed by other replicas than decode. A row that cannot be read says nothing. */
export function isDisaggregated(row: ServedRow): boolean {
  try {
    return row.text('scenario').includes('disaggregated')
  } catch (error) {
    if (error instanceof Unusable) return false
    throw error
  }
}

const SIDE = String.raw`(\d+)x\(tp([\d.]+),dp([\d.]+),ep([\d.]+)\)`
const SIDES = new RegExp(`prefill ${SIDE} decode ${SIDE}`)

/** Throws Unusable where the note does not say, or contradicts the number of devices. */
export function poolsOf(row: ServedRow): Pools {
  const counts = SIDES.exec(row.text('note'))?.slice(1).map(Number)
  if (counts === undefined)
    throw new Unusable('how replicas are split between prompts and decodes is not stated')
  const pools = { prefill: sideOf(counts.slice(0, 4)), decode: sideOf(counts.slice(4)) }
  const devices = row.number('n_devices')
  if (devices > 0 && devices !== devicesOfPools(pools)) {
    throw new Unusable('the replicas of both sides contradict the number of devices')
  }
  return pools
}

/** Data parallelism within a replica is that of attention ranks; 0 is not stated. */
function sideOf([replicas, tp, dp, ep]: readonly number[]): Layout {
  if (![replicas, tp, dp, ep].every(Number.isInteger) || replicas * tp * dp === 0) {
    throw new Unusable('how replicas are split between prompts and decodes is not stated')
  }
  return { tp: tp * dp, pp: 1, attentionDp: dp, ep: Math.max(1, ep), replicas }
}

export function devicesOfPools({ prefill, decode }: Pools): number {
  return prefill.replicas * prefill.tp + decode.replicas * decode.tp
}

/**
 * Whether the row says no more of the replicas than the devices of one on each side: what is left of runs with several
 * and with attention ranks where only that was kept, as like rows that state all of it show.
 */
export function isBare({ prefill, decode }: Pools): boolean {
  const isOne = ({ replicas, attentionDp }: Layout) => replicas === 1 && attentionDp === 1
  return isOne(prefill) && isOne(decode) && prefill.ep === decode.ep
}

/** Throws Unusable as `poolsOf` does, and where no more than the devices of a replica is left. */
export function wholePoolsOf(row: ServedRow): Pools {
  const pools = poolsOf(row)
  if (isBare(pools))
    throw new Unusable('how many replicas and attention ranks ran on each side is not stated')
  return pools
}

export function poolsText({ prefill, decode }: Pools): string {
  return `prefill ${layoutText(prefill)}; decode ${layoutText(decode)}`
}
