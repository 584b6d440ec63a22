import { expect, it } from 'vitest'
import { loadTransition } from '../../../src/planning/transitions/load-transition.ts'
import { ratingTable } from '../../../src/planning/transitions/rater.ts'
import { readYaml } from '../../../src/scenario/document.ts'
import { loadCatalogue, traceOpener } from '../../../src/scenario/files.ts'
import { SHIPPED_CATALOGUE } from '../../../src/scenario/shipped.ts'
import { tiny } from './tiny.ts'

const CATALOGUE = loadCatalogue([SHIPPED_CATALOGUE])

/** Of the first node, where a run is to have so many requests at least. */
async function rated(requests: number) {
  const text = tiny('requests: 200', `requests: ${requests}`)
  const transition = await loadTransition(readYaml(text, 'tiny.yaml'), CATALOGUE, traceOpener('tiny.yaml'))
  const table = await ratingTable(transition, () => [1])
  return table[0][0].ratings[0]!
}

it('a fast node is rated over many steps, however few requests are asked for', async () => {
  const [short, long] = await Promise.all([rated(100), rated(16_000)])
  expect(Math.abs(short.ratePerS / long.ratePerS - 1)).toBeLessThan(0.05)
  expect(Math.abs(short.busyWatts / long.busyWatts - 1)).toBeLessThan(0.05)
})
