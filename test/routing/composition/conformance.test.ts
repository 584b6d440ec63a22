import { describe, expect, it } from 'vitest'
import { filters } from '../../../src/routing/composition/filters.ts'
import { partNamed } from '../../../src/routing/composition/parts.ts'
import { pickers } from '../../../src/routing/composition/pickers.ts'
import { scorers } from '../../../src/routing/composition/scorers.ts'
import { REJECT, WAIT } from '../../../src/routing/contract.ts'
import { drive, fleet, request, SealedRequest } from '../fake-cluster.ts'
import { whileGatesMove } from '../gates.ts'
import { heapGrowthOver100k } from '../memory.ts'
import { composedOn, composition, keptBy } from './helpers.ts'

const OPTIONS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  'softmax-picker': { temperature: 0.1 },
}
/** Parts as they are tested; what is left to chance is left out. */
const FILTER_CHOICES: Readonly<Record<string, object>> = {
  'active-request-filter': { options: { max_requests: 8 } },
  'low-queue-filter': { options: { threshold: 1 } },
  'label-selector-filter': { labels: { device_kind: 'asic' } },
  'slo-headroom-tier-filter': { options: { epsilon_explore_neg: 0 } },
}
const filterOf = (name: string) => ({ name, options: {}, ...FILTER_CHOICES[name] })
const pickerOf = (name: string) => ({ name, options: OPTIONS[name] ?? {} })
const allScorers = Object.fromEntries(Object.keys(scorers).map(name => [name, 1]))

/** A request costs less in company. */
const GATHERING = ['latency-scorer', 'expected-cost']

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

describe.each(specs)('a policy with $name', ({ spec }) => {
  it('answers no replica that is not available while one is', () => {
    for (const cluster of [fleet(3, 5), fleet(1, 1)]) {
      whileGatesMove(composedOn(cluster, spec), cluster, new SealedRequest(), answer => {
        expect(cluster.isAvailable(answer)).toBe(cluster.available.includes(1))
      })
    }
  })
})

describe.each(Object.keys(filters))('a policy with %s', name => {
  const decisions = (whenNone: 'reject' | 'wait' | 'ignore-filters') => {
    const cluster = fleet(3, 5)
    const answers: { answer: number; kept: readonly number[]; open: readonly number[] }[] = []
    const spec = composition({ filters: [filterOf(name)], picker: 'random-picker', whenNone })
    const view = new SealedRequest()
    whileGatesMove(composedOn(cluster, spec), cluster, view, answer => {
      const open = [...cluster.available.keys()].filter(replica => cluster.isAvailable(replica))
      answers.push({ answer, kept: keptBy(name, cluster, filterOf(name), view), open })
    })
    return answers.filter(({ open }) => open.length > 0)
  }

  it('answers only replicas that are available and that the filter leaves', () => {
    for (const { answer, kept } of decisions('reject')) {
      if (kept.length === 0) expect(answer).toBe(REJECT)
      else expect(kept).toContain(answer)
    }
  })

  it('waits, or goes to any that is available, where told so', () => {
    for (const { answer, kept } of decisions('wait')) {
      expect(kept.length === 0 ? [WAIT] : kept).toContain(answer)
    }
    for (const { answer, kept, open } of decisions('ignore-filters')) {
      expect(kept.length === 0 ? open : kept).toContain(answer)
    }
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
