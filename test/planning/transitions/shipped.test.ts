import { readdirSync } from 'node:fs'
import { expect, it } from 'vitest'
import { AS_GIVEN, Draws } from '../../../src/planning/transitions/draws.ts'
import { loadTransition } from '../../../src/planning/transitions/load-transition.ts'
import { quarterOf } from '../../../src/planning/transitions/quarters.ts'
import { speedOf, storyOf } from '../../../src/planning/transitions/story.ts'
import { carriedOut } from '../../../src/planning/transitions/transition.ts'
import { readYaml } from '../../../src/scenario/document.ts'
import { loadCatalogue, textOf, traceOpener } from '../../../src/scenario/files.ts'
import { SHIPPED_CATALOGUE } from '../../../src/scenario/shipped.ts'

const FOLDER = 'configs/transitions'

function loaded(name: string) {
  const file = `${FOLDER}/${name}`
  const source = readYaml(textOf(file), file)
  return loadTransition(source, loadCatalogue([SHIPPED_CATALOGUE]), traceOpener(file), { draws: 0 })
}

it.each(readdirSync(FOLDER))('%s makes sense, as given and at both ends of all ranges', async name => {
  const transition = await loaded(name)
  for (const place of [AS_GIVEN, () => 0, () => 1]) {
    const { costs } = storyOf(transition, place)
    for (const { tariff, factors } of costs) {
      expect(tariff.usdPerHour).toBeGreaterThan(0)
      expect(factors).toHaveLength(transition.quarters.length)
    }
  }
})

it('no software reads memory faster than a device’s whole bandwidth, however well it goes', async () => {
  const transition = await loaded('2024-2030.yaml')
  const [worst, given, best] = [() => 0, AS_GIVEN, () => 1].map(place => storyOf(transition, place))
  const shares = transition.kinds.map(kind => {
    const efficiencies = Object.values(kind.device.operators.gemm).map(({ memory }) => memory.value)
    const quarters = transition.quarters.filter(quarter => quarter >= kind.available)
    const speeds = [worst, given, best].flatMap(story =>
      quarters.map(quarter => speedOf(transition, story, kind, quarter)),
    )
    return Math.max(...speeds) * Math.max(...efficiencies)
  })
  expect(Math.max(...shares)).toBeCloseTo(1, 12)
  for (const share of shares) expect(share).toBeLessThan(1 + 1e-12)
})

it('prices are replayed up to their date, as contracts were, and go on from there', async () => {
  const transition = await loaded('2024-2030.yaml')
  const { costs } = storyOf(transition, AS_GIVEN)
  const factorIn = (node: string, quarter: string) => {
    const kind = transition.kinds.findIndex(kind => kind.node.id === node)
    return costs[kind].factors[quarterOf(quarter) - quarterOf('2024-Q1')]
  }
  // $ a device an hour, by the last month of the quarter.
  const known = { '2024-Q1': 2.85, '2024-Q4': 2.99, '2025-Q2': 2.3, '2025-Q4': 1.7, '2026-Q1': 2.35 }
  for (const [quarter, usd] of Object.entries(known)) {
    expect(factorIn('aws-p5.48xlarge', quarter)).toBeCloseTo(usd / 2.35, 12)
  }
  expect(factorIn('aws-p5.48xlarge', '2027-Q1')).toBeCloseTo(0.88, 12)
  expect(factorIn('aws-p5en.48xlarge', '2025-Q1')).toBeCloseTo(1 / 0.88, 12)
})

it('a story says which estimates it took, and where in their ranges', async () => {
  const transition = await loaded('small.yaml')
  const { taken, growths } = storyOf(transition, new Draws(1).placesOf(0))
  const names = taken.map(({ name }) => name)
  expect(names).toEqual([...new Set(names)])
  for (const name of [
    'growth of chat',
    'software.first_year',
    'prices.gpu.per_year',
    'aws-trn2.48xlarge usdPerHour',
  ])
    expect(names).toContain(name)
  expect(names).not.toContain('growth of ranking')
  const { place } = taken.find(({ name }) => name === 'growth of chat')!
  const drawn = place < 0.5 ? 1.5 + 2 * place * 0.5 : 2 + (2 * place - 1)
  expect(growths).toEqual([expect.closeTo(drawn, 12), 1.3])
})

it('the small one is carried to its end, and nodes that cannot be had yet are in no fleet', async () => {
  const transition = await loaded('small.yaml')
  const spec = { ...transition.spec, attainment: { draws: 0, most_nodes: 1 } }
  const { strategies, kinds, quarters } = await carriedOut({ ...transition, spec })
  expect(strategies.map(({ strategy }) => strategy)).toEqual(['gpu-only', 'asic-where-it-runs', 'mix'])
  for (const { quarters: reports } of strategies) {
    for (const [i, { outcome }] of reports.entries()) {
      expect(outcome.quarter).toBe(quarters[i])
      for (const [kind, nodes] of outcome.present.entries()) {
        if (quarters[i] < kinds[kind].available) expect(nodes).toBe(0)
      }
    }
  }
}, 180_000)
