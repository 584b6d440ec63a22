import { expect, test } from 'vitest'
import { prepare } from '../../src/experiments/prepare.ts'
import { race } from '../../src/experiments/race.ts'
import { boundOf } from '../../src/planning/bound.ts'
import { gapOf } from '../../src/planning/gaps.ts'
import { hindsightRuns } from '../../src/planning/hindsight.ts'
import { loadCatalogue, loadScenario, traceOpener } from '../../src/scenario/files.ts'
import { SHIPPED_CATALOGUE } from '../../src/scenario/shipped.ts'
import { entrants, mixedScenario, preparedOf } from '../experiments/scenarios.ts'
import { isLong } from '../laws/fast.ts'

const SHORT = ['disaggregated', 'multi-model', 'prefix-routing', 'small-8b'] as const
const LONG = [
  'asic-buckets',
  'driving',
  'mixed-fleet',
  'prefix-cache',
  'ranking',
  'speculative',
  'tpu-mixed',
] as const

test.each(isLong ? [...SHORT, ...LONG] : SHORT)(
  'no policy beats the bound in %s.yaml',
  async name => {
    const file = `configs/scenarios/${name}.yaml`
    const prepared = await prepare(loadScenario(file), loadCatalogue([SHIPPED_CATALOGUE]), traceOpener(file))
    const { course, fleet } = prepared
    const bound = await boundOf(course)
    const raced = await race(course, entrants('least-requests', 'energy-greedy'))
    for (const standing of raced) {
      const gap = gapOf(course, bound, standing, fleet.attainment)
      expect(gap.bound.aboveIdleJ).toBeGreaterThan(0)
      for (const beyond of [gap.usd, gap.joules, gap.ttft, gap.e2e]) expect(beyond).toBeGreaterThan(0)
    }
  },
  120_000,
)

test('what hindsight achieves lies above the bound, and below what the blind achieve', async () => {
  const { course, fleet } = await preparedOf(mixedScenario({ requests: 1500 }))
  const bound = await boundOf(course)
  const usdOf = (standings: Awaited<ReturnType<typeof race>>) =>
    standings.map(standing => gapOf(course, bound, standing, fleet.attainment).usd)
  const seeing = Math.min(...usdOf(await hindsightRuns(course)))
  const blind = usdOf(await race(course, entrants('least-requests', 'power-of-two')))
  expect(seeing).toBeGreaterThan(0)
  for (const usd of blind) expect(usd).toBeGreaterThan(seeing)
})
