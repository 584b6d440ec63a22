import { describe, expect, test } from 'vitest'
import { quantileOf } from '../../src/results/exact.ts'
import type { PolicyFactory, Prediction } from '../../src/routing/contract.ts'
import { type PolicyEntry, policies, policyNamed } from '../../src/routing/registry.ts'
import { type PolicyChoice, simulate } from '../../src/simulate.ts'
import { type Flavour, randomCourse } from '../laws/courses.ts'
import { runFast } from '../laws/fast.ts'
import { seeds } from '../laws/seeds.ts'
import { choiceOf, priced, watched, withRows } from '../laws/watched.ts'
import { idleServers } from './servers.ts'

/** All to replica 0, with what it says of itself. */
function first(predicts: readonly Prediction[], own: Partial<Record<Prediction, number>> = {}): PolicyChoice {
  const make: PolicyFactory = ({ predicted }) => {
    return () => {
      for (const [prediction, value] of Object.entries(own)) predicted(prediction as Prediction, value)
      return 0
    }
  }
  return { name: 'mine', entry: { about: 'to the first', predicts, make } }
}

/** One server at 1 W idle and 2 W busy, at 1 $/h, which takes a second for each of three requests. */
const course = withRows(
  idleServers(1, { pue: 1.5 }),
  [0, 0, 0].map(arrivalS => ({ arrivalS, inputTokens: 1, outputTokens: 1 })),
)

describe('what a policy expects, against what comes true', () => {
  test('is told as bias, mean absolute error and quantiles of the relative error', async () => {
    // They end after 1, 2 and 3 s.
    const { predictions } = await simulate(course, first(['ttft'], { ttft: 2 }))
    expect(predictions).toEqual([
      {
        quantity: 'ttft',
        count: 3,
        realisedMean: 2,
        bias: 0,
        meanAbsoluteError: expect.closeTo(2 / 3, 12),
        ape50: expect.closeTo(1 / 3, 2),
        ape90: expect.any(Number),
      },
    ])
  })

  test('counts the share of the time at the price, and that of the energy above idle at the meter', async () => {
    const { predictions = [] } = await simulate(course, first(['usd', 'joules'], { usd: 0, joules: 0 }))
    const [usd, joules] = predictions
    expect(usd).toMatchObject({ quantity: 'usd', count: 3, realisedMean: expect.closeTo(1 / 3600, 12) })
    expect(joules).toMatchObject({ quantity: 'joules', count: 3, bias: expect.closeTo(-1.5, 12) })
  })

  test('is what the view expects where the policy says nothing, and nothing where it says NaN', async () => {
    const asked: number[] = []
    const choice = watched(first(['ttft', 'e2e'], { e2e: Number.NaN }), (request, cluster) => {
      asked.push(cluster.expectedTtftS(0, request))
    })
    const { predictions = [] } = await simulate(course, choice)
    expect(predictions.map(({ quantity }) => quantity)).toEqual(['ttft'])
    const mean = asked.reduce((sum, value) => sum + value) / 3
    expect(predictions[0].bias).toBeCloseTo(mean - 2, 12)
  })

  test('leaves out TPOT of single tokens, and is absent of a policy that predicts nothing', async () => {
    expect((await simulate(course, first(['tpot'], { tpot: 1 }))).predictions).toEqual([])
    expect(await simulate(course, { name: 'random' })).not.toHaveProperty('predictions')
  })

  test('leaves out who arrived in the warm-up, who was refused, and what was said before that', async () => {
    const rows = [0, 0, 5, 6].map((arrivalS, i) => ({ arrivalS, inputTokens: 1 + i, outputTokens: 1 }))
    const make: PolicyFactory = ({ predicted }) => {
      return ({ inputTokens }) => {
        if (inputTokens !== 3) predicted('e2e', 7)
        return inputTokens === 2 ? -1 : 0
      }
    }
    const entry: PolicyEntry = { about: 'refuses one', predicts: ['e2e'], make }
    const { predictions = [] } = await simulate(
      { ...withRows(idleServers(1), rows), warmupS: 1 },
      { name: 'mine', entry },
    )
    expect(predictions[0]).toMatchObject({ count: 2, realisedMean: 1 })
    expect(predictions[0].bias).toBeLessThan(6)
  })
})

const predicting = Object.keys(policies).filter(name => policyNamed(name).predicts !== undefined)
const FLAVOURS: readonly Flavour[] = ['continuous', 'dyadic']

/** The same policy, of which nothing is noted. */
function unnoted(choice: PolicyChoice): PolicyChoice {
  const { predicts: _, ...entry } = policyNamed(choice.name)
  return { ...choice, entry: entry as PolicyEntry }
}

describe.each(FLAVOURS)('noting what is expected changes no decision and no result, %s times', flavour => {
  test.each(predicting)('%s', async name => {
    let compared = 0
    for (const seed of seeds(12)) {
      const course = priced(randomCourse(`${name} ${seed}`, flavour))
      const choice = choiceOf(name, course)
      const noted = await runFast(course, choice)
      const { predictions = [], ...result } = noted.result
      const without = await runFast(course, unnoted(choice))
      expect(noted.rows, `seed ${seed}`).toEqual(without.rows)
      expect(result, `seed ${seed}`).toEqual(without.result)
      const stepped = await runFast(course, choice, { stepByStep: true })
      expect(stepped.result.predictions, `seed ${seed}`).toEqual(predictions)
      compared += predictions.reduce((sum, { count }) => sum + count, 0)
    }
    if (name !== 'predicted-latency') expect(compared).toBeGreaterThan(0)
  })
})

test('the errors are those of the requests, counted one by one', async () => {
  const course = priced(randomCourse('one by one', 'continuous'))
  const expected: number[] = []
  const choice = watched({ name: 'least-expected-latency' }, (request, cluster, replica) => {
    expected.push(cluster.expectedTtftS(replica, request))
  })
  const { rows, result } = await runFast(course, choice)
  const served = rows.flatMap((row, i) =>
    row.emitted > 0 ? [[expected[i], row.firstTokenS - row.arrivalS]] : [],
  )
  const errors = served.map(([value, truth]) => value - truth)
  const ttft = result.predictions![0]
  const meanOf = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
  expect(ttft.count).toBe(served.length)
  expect(ttft.bias).toBeCloseTo(meanOf(errors), 9)
  expect(ttft.meanAbsoluteError).toBeCloseTo(meanOf(errors.map(Math.abs)), 9)
  const ape = served.map(([value, truth]) => Math.abs(value / truth - 1))
  expect(ttft.ape50 / quantileOf(ape, 0.5)).toBeCloseTo(1, 1)
  expect(ttft.ape90 / quantileOf(ape, 0.9)).toBeCloseTo(1, 1)
})
