import { describe, expect, it } from 'vitest'
import { capacityText } from '../../src/cli/capacity-text.ts'
import { curveText } from '../../src/cli/curve-text.ts'
import type { Ranked } from '../../src/experiments/capacity-ranking.ts'
import { LOAD_MEASURES, type LoadEstimates, type LoadPoint } from '../../src/results/load-measures.ts'

const QUESTION = { objective: 0.95, replications: 8, confidence: 0.9 }

function pointAt(load: number, changes: Partial<LoadEstimates> = {}, saturated = 0): LoadPoint {
  const plain = Object.fromEntries(LOAD_MEASURES.map(name => [name, { estimate: 1, halfWidth: 0.1 }]))
  return {
    load,
    ratePerS: 10 * load,
    replications: 8,
    saturated,
    estimates: { ...(plain as LoadEstimates), ...changes },
  }
}

function rankedOf(label: string, changes: Partial<Ranked['capacity']>, behind?: Ranked['behind']): Ranked {
  const capacity = {
    entrant: { name: label, label },
    bound: 'found' as const,
    holds: pointAt(0.7),
    fails: pointAt(0.75),
    best: pointAt(0.05, { slo_attainment: { estimate: 0.84, halfWidth: 0.01 } }),
    ...changes,
  }
  return { capacity, ...(behind && { behind }) }
}

const byLoad = (estimate: number, halfWidth: number) => ({
  ...{ estimate, halfWidth, low: estimate - halfWidth, high: estimate + halfWidth, n: 8, confidence: 0.9 },
})

describe('the table of capacities', () => {
  it('has the objective, how sure it is, the two loads, what tokens cost, and how far each is behind', () => {
    const text = capacityText(
      [
        rankedOf('fast', {}),
        rankedOf('slow', { holds: pointAt(0.6) }, { load: byLoad(0.1, 0.012), isSure: true, more: 0 }),
        rankedOf('equal', {}, { load: byLoad(0.004, 0.01), isSure: false, more: 12 }),
        rankedOf('close', {}, { load: byLoad(0.001, 0.0011), isSure: false, more: 0 }),
        rankedOf('lost', {}, { load: byLoad(0.004, 0.01), isSure: false, more: Number.POSITIVE_INFINITY }),
      ],
      QUESTION,
    )
    expect(text).toContain('95.0 % of the requests')
    expect(text).toContain('Sure to 90.0 %')
    expect(text).toMatch(/^fast +70\.0\* +75\.0 +7\.00 +1\.00 +± 0\.100 .*first$/m)
    expect(text).toMatch(/^slow +60\.0 +75\.0 .* 10\.0 ± 1\.2$/m)
    expect(text).toMatch(/^equal .* \? 0\.4 ± 1\.0$/m)
    expect(text).toContain(
      '? cannot be told from the first: equal (about 12 more replications would), close (a smaller --tolerance may), lost.',
    )
  })

  it('says where it is sure of one trace alone', () => {
    const note = 'drawn from this one trace'
    expect(capacityText([rankedOf('fast', {})], QUESTION, true)).toContain(note)
    expect(capacityText([rankedOf('fast', {})], QUESTION)).not.toContain(note)
    const unsure = rankedOf('equal', {}, { load: byLoad(0.004, 0.01), isSure: false, more: 12 })
    expect(capacityText([rankedOf('fast', {}), unsure], QUESTION, true)).toContain('from the first: equal.')
  })

  it('says what the ends of the search leave open', () => {
    const open = { bound: 'open' as const }
    const text = capacityText(
      [
        rankedOf('always', { bound: 'above', fails: undefined }),
        rankedOf('never', { bound: 'below', holds: undefined }),
        rankedOf('hardly', { ...open, holds: undefined }),
        rankedOf('nearly', { ...open, fails: undefined }),
      ],
      QUESTION,
    )
    expect(text).toContain('always meets the SLO at the highest load searched')
    expect(text).toMatch(/^always +>= +70\.0/m)
    expect(text).toContain('never does not meet the SLO at any load searched: most is 84.0 %, at load 5.0 %.')
    expect(text).toMatch(/hardly: it cannot be told at any load that the SLO is met: most is 84\.0 %/)
    expect(text).toContain('nearly: it cannot be told at any load that the SLO fails')
    expect(text).not.toContain('behind')
  })
})

describe('the table of curves', () => {
  const ttft = (estimate: number) => ({ ttft_p99_s: { estimate, halfWidth: 0 } })
  const points = [pointAt(0.5, ttft(1)), pointAt(0.75, ttft(10)), pointAt(1, ttft(100), 5)]
  const curveOf = (label: string) => ({ entrant: { name: label, label }, points })

  it('has a line for each measure of one policy, its shape by factors, and marks where the queue grew', () => {
    const text = curveText([curveOf('only')])
    expect(text).toMatch(/^at load % +50\.0 +75\.0 +100\.0 shape$/m)
    expect(text).toMatch(/^TTFT s p99 +1\.00 +10\.0 +100! ▁▅█$/m)
    expect(text).toMatch(/^SLO met % .* ▁▁▁$/m)
    expect(text).toContain('! the queue still grew')
    expect(text).not.toContain('only')
  })

  it('has a line for each policy of several, under the measure', () => {
    const lines = curveText([curveOf('one'), curveOf('two')]).split('\n')
    const at = lines.findIndex(line => line.startsWith('TTFT s p99'))
    expect(lines.slice(at + 1, at + 3).map(line => line.trim().split(/ +/)[0])).toEqual(['one', 'two'])
  })
})
