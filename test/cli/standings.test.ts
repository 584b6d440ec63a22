import { describe, expect, it } from 'vitest'
import { widthOf } from '../../src/cli/print.ts'
import type { LoadedScenario } from '../../src/cli/scenario.ts'
import { reportText } from '../../src/cli/standings.ts'
import type { Standing } from '../../src/experiments/race.ts'
import { figuresOf } from '../../src/results/figures.ts'
import type { RunResult } from '../../src/results/run-result.ts'
import { preparedOf } from '../experiments/scenarios.ts'
import { madeResult } from '../results/made.ts'
import { SCENARIO } from './program.ts'

const LONG = 'a-policy-with-quite-a-name'

function standing(label: string, changes: Partial<RunResult> = {}): Standing {
  const result = madeResult(changes)
  return { entrant: { name: label, label }, result, figures: figuresOf(result) }
}

async function loaded(): Promise<LoadedScenario> {
  return { ...(await preparedOf(SCENARIO)), file: 's.yaml' }
}

describe('a report', () => {
  const standings = [standing(LONG, { isSaturated: true }), standing('random')]

  it('has a column for who is saturated where lines may be long', async () => {
    const text = reportText(await loaded(), standings)
    expect(text).toMatch(new RegExp(`^${LONG} .* saturated$`, 'm'))
    expect(text).toContain('gCO2')
    expect(text).toContain(`\nsaturated: the queue was still growing when the window ended under ${LONG};\n`)
  })

  it('fits a terminal of 100 columns, with a mark for who is saturated', async () => {
    const text = reportText(await loaded(), standings, 100)
    expect(widthOf(text)).toBeLessThanOrEqual(100)
    expect(text).toMatch(new RegExp(`^${LONG} ! `, 'm'))
    expect(text).toMatch(/^random {2,}/m)
    expect(text).toMatch(/^! saturated: the queue/m)
    expect(text).not.toContain('gCO2')
    expect(text).toContain('too narrow for all columns')
  })

  it('says nothing of half of the answers where there is none', async () => {
    const none = standing('none', { finished: 0, e2e: { ...madeResult().e2e, p50: Number.NaN } })
    expect(reportText(await loaded(), [none])).not.toContain('half of the answers')
    const slow = standing('slow', { e2e: { count: 9, mean: 50, p50: 50, p90: 60, p99: 70 } })
    expect(reportText(await loaded(), [slow])).toContain('half of the answers take more than 50.0 s')
  })
})
