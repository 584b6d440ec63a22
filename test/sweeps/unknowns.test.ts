import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { DrawnPlaces } from '../../src/experiments/drawn-places.ts'
import { buildFleet } from '../../src/scenario/build.ts'
import { loadExperiment } from '../../src/sweeps/load-experiment.ts'
import { scenarioAt } from '../../src/sweeps/settings.ts'
import { drawnValue, placesDrawn } from '../../src/sweeps/unknowns.ts'
import { unknownsOf } from '../../src/sweeps/unknowns-drawn.ts'
import { experiment, QUICK } from './experiments.ts'
import { temporaryFolder } from './fakes.ts'

const folder = temporaryFolder()
mkdirSync(folder, { recursive: true })
writeFileSync(join(folder, 'quick.yaml'), QUICK)

function loaded(text: string) {
  const file = join(folder, 'experiment.yaml')
  writeFileSync(file, text)
  return loadExperiment(file)
}

const UNCERTAIN = experiment(1, 'uncertainty: { draws: 5 }').replace('replications: 1\n', '')

it('are none where replications are of chance', () => {
  expect(unknownsOf(loaded(experiment(3)))).toBeUndefined()
})

it('are the estimates with a range of every fleet, with the values that replications run with', () => {
  const given = loaded(UNCERTAIN)
  const unknowns = unknownsOf(given)!
  const { seed } = scenarioAt(given, 0).scenario
  const places = placesDrawn(unknowns, seed)
  expect(unknowns.estimates.length).toBeGreaterThan(3)
  expect(unknowns.bySetting).toHaveLength(2)
  const draw = new DrawnPlaces(5, seed).of(3)
  const { evidence } = buildFleet(scenarioAt(given, 1), given.catalogue, { placeOf: draw })
  let moved = 0
  for (const i of unknowns.bySetting[1]) {
    const used = evidence.estimates.find(({ name }) => name === unknowns.estimates[i].name)!
    expect(drawnValue(unknowns.estimates[i], places[i][3])).toBe(used.value)
    moved += used.value === used.fact.value ? 0 : 1
  }
  // Of some the value given is an end of the range, and half of it has no width.
  expect(moved).toBeGreaterThan(unknowns.bySetting[1].length / 2)
})

it('are those of each fleet where fleets are varied', () => {
  const fleets = UNCERTAIN.replace(
    'workload.load: [0.4, 0.7]',
    'fleet.0.node: [aws-p5.48xlarge, l40s-server-8x]\n  fleet.0.replica.tp: [1]',
  )
  const { bySetting, estimates } = unknownsOf(loaded(fleets))!
  const [gpu, cards] = bySetting.map(places => new Set(places))
  expect(gpu).not.toEqual(cards)
  expect(new Set([...gpu, ...cards]).size).toBe(estimates.length)
})
