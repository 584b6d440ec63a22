import { describe, expect, it } from 'vitest'
import { nextText, planText } from '../../src/cli/plan-text.ts'
import { gapSentence, verdictSentence } from '../../src/cli/plan-verdict.ts'
import { intervalOf, measuredOf, reportWith } from './plans.ts'

describe('the text of a plan', () => {
  const text = planText(reportWith())

  it('has nodes, those promised, prices, power and who was to serve which class', () => {
    expect(text).toContain('tiny, seed 1: 3 nodes for 60.0 requests/s, least dollars an hour')
    expect(text).toMatch(/^dear +1 +1 +50\.0 +10\.0 +25\.0 +100\.0$/m)
    expect(text).toMatch(/^cheap +2 +1 +40\.0 +16\.0 +75\.0 +0\.0$/m)
  })

  it('says what letters of classes stand for, and what each option does of them', () => {
    expect(text).toMatch(/^a +short +40\.0 +100 +10\.0$/m)
    expect(text).toMatch(/^dear +50\.0 +64\.0 +32\.0$/m)
    expect(text).toMatch(/^cheap +20\.0 +31\.0 +-$/m)
  })

  it('has what the fleet comes to, with intervals', () => {
    expect(text).toMatch(/^p99 +TTFT 500 ± 50\.0 ms, TPOT 40\.0 ± 4\.00 ms, E2E 9\.00 ± 0\.900 s$/m)
    expect(text).toMatch(/^costs +90\.0 \$\/h, 6\.00 ± 0\.600 \$ per million tokens$/m)
    expect(text).toMatch(/^power +12\.0 ± 1\.20 kW at the facility \(PUE 1\.12\), 3\.00 ± 0\.300 J a token$/m)
    expect(text).toMatch(/^carbon +300 ± 30\.0 g of CO2e per million tokens, embodied included$/m)
    expect(text).toMatch(/^evidence +weakest grade: estimate/m)
  })

  it('says what was left out and why', () => {
    expect(text).toContain('late: can be had from 2027 on, and the plan is for 2026')
  })

  it('has of the fleets verified those of the front, cheapest first, the plan marked', () => {
    const lines = text.split('\n')
    const first = lines.findIndex(line => /^\* .*1 x dear \+ 2 x cheap$/.test(line))
    const second = lines.findIndex(line => / holds +2 x dear$/.test(line))
    expect(first).toBeGreaterThan(0)
    expect(second).toBe(first + 1)
    expect(text).not.toMatch(/1 x dear \+ 1 x cheap/)
  })

  it('says that runs have a part of a long workload, and what draws from one trace tell', () => {
    expect(text).toContain("30,000 requests in 8.33 min each, a part of the workload's 90,000")
    expect(text).toContain("runs are of draws from the workload's own trace")
    const itself = { ...reportWith().result.shape, hasItself: true }
    expect(planText(reportWith({ shape: itself }))).toContain("of the workload's own trace and draws from it")
    const shape = { requests: 300, spanS: 5, workloadRequests: 100, isRedrawn: false, hasItself: false }
    const other = planText(reportWith({ shape }))
    expect(other).toContain("the workload's 100 drawn again and again")
    expect(other).not.toContain('own trace')
  })

  it('says how many fleets were put to replications that no choice was made by', () => {
    expect(text).toContain('the plan has 8 replications that no fleet was chosen by (1 fleet put to such)')
    expect(planText(reportWith({ looks: 3 }))).toContain('(3 fleets put to such)')
    expect(planText(reportWith({ looks: 0 }))).toContain('the plan has 8 replications, and')
  })

  it('names what has no price, and what nobody knows the making of', () => {
    const report = reportWith()
    const unknown = { usdPerHour: Number.NaN, embodiedGramsPerHour: Number.NaN }
    const terms = [report.terms[0], { ...report.terms[1], ...unknown }]
    const text = planText({ ...report, terms })
    expect(text).toMatch(/^costs +unknown: there is no price of cheap on these terms$/m)
    expect(text).toMatch(/^carbon +unknown: what making cheap emitted is not known$/m)
  })

  it('counts answers where a task is served', () => {
    const text = planText(reportWith({}, { task: 'dlrm-dcnv2-mlperf' }))
    expect(text).toContain('$ per million answers')
    expect(text).toMatch(/^power .* J an answer$/m)
    expect(text).toMatch(/^p99 +E2E 9\.00/m)
  })

  it('has no column of promised nodes where the promise holds', () => {
    const chosen = measuredOf([1, 1])
    expect(planText(reportWith({ chosen }))).not.toContain('pro-')
  })
})

describe('the verdict', () => {
  const of = (...[verdict, changes = {}, spec = {}]: Parameters<typeof verdictOf>) =>
    verdictOf(verdict, changes, spec)

  it('of a fleet that holds says what it attains and must', () => {
    expect(of('feasible')).toBe(
      'holds: 97.1 % (96.5 to 97.7 %) of the requests meet the SLO, where 95.0 % must',
    )
  })

  it('of a fleet that cannot be told says so, and is never feasible', () => {
    const text = of('unclear', { attainment: intervalOf(0.952, 0.01), saturated: 1 })
    expect(text).toMatch(
      /^cannot tell: 95\.2 % \(94\.2 to 96\.2 %\).* in 1 of 8 runs .* not called feasible; a longer trace may tell/,
    )
  })

  it('of a fleet that breaks a limit names the limit, though the SLO be met', () => {
    const limits = { usd_per_hour: 80, gpu_share: 0.5 }
    const text = of('infeasible', {}, { limits })
    expect(text).toContain('it costs 90.0 $/h, where 80.0 are the most and GPUs serve 33.3 % of the requests')
    expect(of('infeasible')).toMatch(/^does not hold: 97\.1 %/)
  })
})

function verdictOf(
  verdict: 'feasible' | 'infeasible' | 'unclear',
  changes: Parameters<typeof measuredOf>[1] = {},
  spec: Parameters<typeof reportWith>[1] = {},
): string {
  return verdictSentence(measuredOf([1, 2], changes), verdict, reportWith({}, spec))
}

describe('promise against truth', () => {
  it('says how much more it takes, and what becomes of the promised fleet', () => {
    expect(gapSentence(reportWith())).toBe(
      'the programme promised 2 nodes, 70.0 $/h; the simulator needs 3 nodes, 90.0 $/h: 29 % more. ' +
        'The promised fleet does not hold: 90.0 % (89.0 to 91.0 %) of the requests meet the SLO, where 95.0 % must',
    )
  })

  it('says that the promise is kept where it is', () => {
    const chosen = measuredOf([1, 1])
    const kept = gapSentence(reportWith({ chosen, gap: { usdPerHour: 0, watts: 0, nodes: 0 } }))
    expect(kept).toBe('the programme promised 2 nodes, 70.0 $/h, and that is what the simulator needs')
    const dearer = gapSentence(reportWith({ chosen, gap: { usdPerHour: 0.03, watts: 0.1, nodes: 0 } }))
    expect(dearer).toContain('; the simulator needs 2 nodes, 70.0 $/h: 3.0 % more')
  })

  it('calls nothing needed that is not verified', () => {
    const text = gapSentence(reportWith({ verdict: 'unclear' }))
    expect(text).toContain('the best that was simulated has 3 nodes')
    expect(text).not.toContain('needs')
  })

  it('says less where it takes less, and goes by power where prices are unknown', () => {
    const gap = { usdPerHour: -0.042, watts: 0, nodes: 0 }
    expect(gapSentence(reportWith({ gap }))).toContain(': 4.2 % less.')
    const unpriced = measuredOf([1, 2], { usdPerHour: intervalOf(Number.NaN) })
    const { promise } = reportWith().result
    const text = gapSentence(
      reportWith({
        promise: { ...promise, usdPerHour: Number.NaN },
        chosen: unpriced,
        gap: { usdPerHour: Number.NaN, watts: 0.5, nodes: 0.5 },
      }),
    )
    expect(text).toContain('promised 2 nodes, 8.00 kW; the simulator needs 3 nodes, 12.0 kW: 50 % more')
  })
})

describe('what may come next', () => {
  it('names the scenario, with catalogues of the own', () => {
    const text = nextText('mine.yaml', { out: 'out', catalogue: ['own.json'] })
    expect(text).toContain('regatta capacity out/scenario.yaml --catalogue own.json')
  })

  it('says how to get a scenario where none is written', () => {
    expect(nextText('mine.yaml', {})).toContain('regatta plan mine.yaml --out')
  })
})
