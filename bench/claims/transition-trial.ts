import type { TransitionResult } from '../../src/planning/transitions/contract.ts'
import { loadTransition } from '../../src/planning/transitions/load-transition.ts'
import type { Overtaking } from '../../src/planning/transitions/overtaking.ts'
import { type Quarter, quarterOf, quarterText } from '../../src/planning/transitions/quarters.ts'
import { carriedOut } from '../../src/planning/transitions/transition.ts'
import { readYaml } from '../../src/scenario/document.ts'
import { besideScenario, shortest, textOf, traceOpener } from '../../src/scenario/files.ts'
import { windowVerdict } from './bands.ts'
import type { Case } from './cases.ts'
import type { ClaimFile } from './claim-file.ts'
import type { ClaimRow } from './rows.ts'
import type { Trial } from './trial.ts'

const NEVER = Number.POSITIVE_INFINITY

/** Carries the claim's transition out: a row for each strategy and way of counting, with the year of its overtaking. */
export async function transitionRows({ claim, catalogue }: ClaimFile, path: string): Promise<ClaimRow[]> {
  if (claim.transition === undefined) return []
  const { file, draws, overtakings } = claim.transition
  const beside = shortest(besideScenario(path, file))
  const source = readYaml(textOf(beside), beside)
  const transition = await loadTransition(source, catalogue, traceOpener(beside), { draws, seed: claim.seed })
  const result = await carriedOut(transition)
  return overtakings.map(asked => {
    const window = { low: yearsOf(quarterOf(asked.from)), high: yearsOf(quarterOf(asked.to)) }
    const given: Case = {
      ...{ work: transition.spec.name, subject: asked.strategy, against: 'gpu-only', utilisation: 1 },
      ...{ measure: `overtaking_${asked.measure}`, claimed: window, modelError: 1 },
    }
    const found = result.strategies
      .find(({ strategy }) => strategy === asked.strategy)
      ?.overtakings?.find(({ measure }) => measure === asked.measure)
    if (found === undefined)
      return { claim: claim.id, given, result: { why: `${beside} has no such strategy` } }
    return { claim: claim.id, given, result: trialOf(found, window, result, asked.strategy) }
  })
}

/** The year of a quarter, with its part of one: 2026-Q3 is 2026.5. */
export function yearsOf(quarter: Quarter | undefined): number {
  return quarter === undefined ? NEVER : quarter / 4
}

function trialOf(
  { given, p5, p50, p95, never }: Overtaking,
  window: { readonly low: number; readonly high: number },
  { strategies, draws }: TransitionResult,
  strategy: string,
): Trial {
  const ratio = yearsOf(given)
  const band = {
    ...{ low: yearsOf(p5), median: yearsOf(p50), high: yearsOf(p95) },
    // Quarters of single draws are not told.
    ...{ trueShare: Number.NaN, withinShare: Number.NaN },
  }
  const side = (name: string) => {
    const own = strategies.find(each => each.strategy === name)!
    return { value: own.quarters.reduce((sum, { outcome }) => sum + outcome.usd, 0), way: {}, evidence: [] }
  }
  const influences = strategies.find(each => each.strategy === strategy)?.influences ?? []
  const [strongest] = influences.filter(({ adjustedP }) => adjustedP <= 0.05)
  const isWithin = (years: number) => years >= window.low && years <= window.high
  return {
    ...{ subject: side(strategy), against: side('gpu-only'), ratio, band },
    verdict: windowVerdict(band, window),
    flips: isWithin(band.low) !== isWithin(ratio) || isWithin(band.high) !== isWithin(ratio),
    unknowns: influences.length,
    grade: 'estimate',
    ...(strongest && { strongest }),
    remark: `${given === undefined ? 'never' : `from ${quarterText(given)} on`} as given; never in ${Math.round(100 * never)} % of ${draws} draws`,
  }
}
