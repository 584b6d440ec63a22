import type { LoadPoint } from '../results/load-measures.ts'
import { probedAt, type Question } from './load-probe.ts'
import type { LoadRuns } from './load-runs.ts'
import type { Entrant } from './race.ts'

/** What a policy does at one load after another. */
export interface LoadCurve {
  readonly entrant: Entrant
  readonly points: readonly LoadPoint[]
}

/** Every load has all replications, each of the same chance at all of them. */
export async function loadCurve(
  runs: LoadRuns,
  loads: readonly number[],
  { replications, confidence }: Omit<Question, 'objective'>,
): Promise<LoadCurve> {
  const points: LoadPoint[] = []
  for (const load of loads) {
    points.push(await probedAt(runs, load * runs.saturationPerS, replications, confidence))
  }
  return { entrant: runs.entrant, points }
}

/** So many loads, as far from each other, the two ends among them. */
export function loadsBetween(lowest: number, highest: number, count: number): number[] {
  const step = (highest - lowest) / (count - 1)
  // Without the digits that rounding adds: a load is a label too.
  return Array.from({ length: count }, (_, i) => Number((lowest + i * step).toPrecision(12)))
}
