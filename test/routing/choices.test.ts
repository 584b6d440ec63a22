import { expect, it } from 'vitest'
import { below, stream } from '../../src/core/random.ts'
import { Choices } from '../../src/routing/choices.ts'
import { fleet } from './fake-cluster.ts'

function listOf(choices: Choices): number[] {
  return Array.from({ length: choices.count }, (_, place) => choices.at(place)).sort((a, b) => a - b)
}

it('lists what is available, or all where nothing is, whatever is shuffled meanwhile', () => {
  const cluster = fleet(9)
  cluster.open(4, false)
  const choices = new Choices(cluster.setup())
  const random = stream('choices', 'gates')
  for (let i = 0; i < 5000; i++) {
    cluster.open(below(random, 9), random() < 0.3)
    choices.swap(below(random, choices.count), below(random, choices.count))
    const open = [...cluster.available.keys()].filter(replica => cluster.isAvailable(replica))
    expect(choices.isNoneAvailable).toBe(open.length === 0)
    expect(listOf(choices)).toEqual(open.length === 0 ? [0, 1, 2, 3, 4, 5, 6, 7, 8] : open)
  }
})

it('draws each of those available as often', () => {
  const cluster = fleet(10)
  for (const replica of [0, 3, 4, 9]) cluster.open(replica, false)
  const { random } = cluster.setup()
  const choices = new Choices(cluster.setup())
  const counts = Array<number>(10).fill(0)
  for (let i = 0; i < 60_000; i++) counts[choices.draw(random)]++
  for (const replica of [1, 2, 5, 6, 7, 8]) expect(counts[replica] / 10_000).toBeCloseTo(1, 1)
  for (const replica of [0, 3, 4, 9]) expect(counts[replica]).toBe(0)
})
