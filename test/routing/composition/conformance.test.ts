import { describe, expect, it } from 'vitest'
import { partNamed } from '../../../src/routing/composition/parts.ts'
import { pickers } from '../../../src/routing/composition/pickers.ts'
import { scorers } from '../../../src/routing/composition/scorers.ts'
import { drive, fleet, request, SealedRequest } from '../fake-cluster.ts'
import { heapGrowthOver100k } from '../memory.ts'
import { composedOn, composition } from './helpers.ts'

const OPTIONS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  'softmax-picker': { temperature: 0.1 },
}
const pickerOf = (name: string) => ({ name, options: OPTIONS[name] ?? {} })
const allScorers = Object.fromEntries(Object.keys(scorers).map(name => [name, 1]))

/** A request costs less in company. */
const GATHERING = ['expected-cost']

const specs = [
  ...Object.keys(scorers).map(name => ({ name, spec: composition({ scorers: { [name]: 1 } }) })),
  ...Object.keys(pickers).map(name => ({
    name,
    spec: composition({
      scorers: partNamed('picker', name).ignoresScores ? {} : allScorers,
      picker: pickerOf(name),
    }),
  })),
]

describe.each(specs)('a policy with $name', ({ name, spec }) => {
  it('answers with a replica of any fleet, idle or overloaded, never reading the output length', () => {
    for (const cluster of [fleet(1), fleet(0, 1), fleet(3, 5), fleet(7)]) {
      const decide = composedOn(cluster, spec)
      const isOne = (answer: number) => Number.isInteger(answer) && answer >= 0 && answer < cluster.replicas
      for (let i = 0; i < 20; i++) expect(isOne(decide(request()))).toBe(true)
      for (let replica = 0; replica < cluster.replicas; replica++) cluster.load(replica, 9000, 9, 100_000)
      for (let i = 0; i < 20; i++) expect(isOne(decide(request()))).toBe(true)
    }
  })

  it('decides the same under the same seed, and leaves no equal replica out unless it gathers requests', () => {
    const run = () => {
      const cluster = fleet(6)
      const view = new SealedRequest()
      return drive(composedOn(cluster, spec), cluster, { decisions: 3000, outstanding: 120, view })
    }
    expect(run()).toEqual(run())
    if (!GATHERING.includes(name)) expect(new Set(run()).size).toBe(6)
  })
})

it('holds on to no memory over 100 000 decisions', () => {
  const cluster = fleet(4, 4)
  const spec = composition({ scorers: allScorers, picker: pickerOf('softmax-picker') })
  const decide = composedOn(cluster, spec)
  const view = new SealedRequest()
  const run = (decisions: number) => {
    for (let i = 0; i < decisions; i++) {
      view.inputTokens = 1 + (i % 4000)
      view.session = i % 500
      cluster.load(decide(view), i % 3, i % 17)
    }
  }
  expect(heapGrowthOver100k(run)).toBeLessThan(400_000)
})
