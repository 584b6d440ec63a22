import { describe, expect, it } from 'vitest'
import { allPairs, bestPairs, nodesAt } from '../../../src/planning/fleets/break-even.ts'
import { mixesOf } from '../../../src/planning/fleets/break-even-mix.ts'
import { mixNodes } from '../../../src/planning/fleets/break-even-nodes.ts'
import { isRefusal, rated } from '../../../src/planning/fleets/rating.ts'
import { fast, planFrom, planText, SLOW, type Toy, toyPlan } from './toys.ts'

async function nodesOf(candidates: readonly string[], changes: Partial<Toy> = {}) {
  const plan = toyPlan({ candidates, ...changes })
  return { plan, ...(await mixNodes(plan, plan.options)) }
}

async function pairOf(candidates: readonly string[], changes: Partial<Toy> = {}) {
  const { nodes } = await nodesOf(candidates, changes)
  const [pair] = allPairs(nodes)
  return pair
}

const UNPRICED = SLOW.replace('    usd_per_hour: 10\n', '')

describe('a node rated on the mix', () => {
  it('serves what its steps allow, one token each', async () => {
    const { nodes } = await nodesOf([SLOW, fast(15)])
    const [slow, quick] = nodes
    expect(slow.ratePerS).toBeGreaterThan(9.7)
    expect(slow.ratePerS).toBeLessThanOrEqual(10)
    expect(quick.ratePerS).toBeCloseTo(2 * slow.ratePerS, 9)
    expect(slow.choice.mtokPerHour).toBeCloseTo((slow.ratePerS * 3600) / 1e6, 12)
    expect(slow.price).toEqual({ givenUsd: 10, lowUsd: 10, highUsd: 10 })
  })

  it('takes per token what its run at the SLO took, and the hours of its making', async () => {
    const { nodes, plan } = await nodesOf([SLOW], { more: 'headroom: 1\n' })
    const { rated: found } = await rated(plan, await mixesOf(plan), {})
    const [appraisal] = found[0].appraisals
    if (isRefusal(appraisal)) throw new Error('is to be served')
    const { figures, result } = appraisal.standing
    const joulesPerToken = figures.joules.total / (figures.outputTokensPerS * result.windowS)
    expect(nodes[0].joulesPerMtok / 1e6 / joulesPerToken).toBeCloseTo(1, 2)
    const { node } = nodes[0].option
    const kwhPerMtok = nodes[0].joulesPerMtok / 3.6e6
    const gramsPerKwh = plan.catalogue.regions.get('us-ohio')!.gramsPerKwh.value
    const hoursPerMtok = 1 / nodes[0].choice.mtokPerHour
    const embodiedGrams = ((1000 * node.embodiedKg!.value) / (5 * 365 * 24)) * hoursPerMtok
    const shape = plan.catalogue.regions.get('us-ohio')!.hourlyShape ?? [1]
    const meanShape = shape.reduce((sum, of) => sum + of, 0) / shape.length
    const grams = kwhPerMtok * gramsPerKwh * meanShape + embodiedGrams
    expect(nodes[0].gramsPerMtok).toBeCloseTo(grams, 3)
  })

  it('is as full as the headroom lets it be, and idles the rest of the time', async () => {
    const [{ nodes: all }, { nodes: half }] = await Promise.all([
      nodesOf([SLOW]),
      nodesOf([SLOW], { more: 'headroom: 0.5\n' }),
    ])
    expect(half[0].ratePerS).toBeCloseTo(all[0].ratePerS / 2, 9)
    const { idleWatts, busyWatts } = all[0].choice
    expect(half[0].choice.busyWatts).toBeCloseTo((idleWatts + busyWatts) / 2, 6)
  })

  it('is left out with the reason where it misses the SLO, or nobody knows its price', async () => {
    const late = fast(15).replaceAll('fast', 'late').replace('0.05', '0.9')
    const { nodes, leftOut } = await nodesOf([SLOW, late, UNPRICED.replace('slow', 'dateless')], {
      more: 'tariff: { basis: spot }\n',
    })
    expect(nodes.map(({ option }) => option.name)).toEqual(['slow'])
    expect(leftOut).toEqual([
      {
        name: 'dateless',
        why: expect.stringMatching(/no spot price of aws-p5\.48xlarge is known without a date/),
      },
      { name: 'late', why: expect.stringMatching(/meets the SLO for 0 % of the requests/) },
    ])
  })

  it('is rated on the requests for its own model, and left out for what it does with those', async () => {
    const part = (model: string, tokens: number) =>
      `    - generate: { requests: 500, arrivals: { process: even, rate_per_s: 5 }, lengths: { input: { fixed: 100 }, output: { fixed: ${tokens} } } }
      transform: [{ tag: { model: ${model} } }]\n`
    const mix = `${part('llama-3.1-8b', 1)}${part('llama-3.1-70b', 4)}`
    const late = fast(15).replaceAll('fast', 'late').replace('0.05', '0.9')
    const text = planText({
      candidates: [SLOW, late.replace('    engine', '    model: llama-3.1-70b\n    engine')],
      workload: `workload:\n  mix:\n${mix}  rate_per_s: 8\n`,
    })
    const plan = planFrom(text.replace('model: llama-3.1-8b', 'model: [llama-3.1-8b, llama-3.1-70b]'))
    const rated: (readonly [number, number])[] = []
    const some = plan.options.filter(({ name }) => !name.startsWith('late'))
    const { nodes } = await mixNodes(plan, some, { onRated: (...of) => void rated.push(of) })
    const of = (at: number) => [nodes[at].option.name, nodes[at].mix.meanOutputTokens, nodes[at].mix.ratePerS]
    expect([of(0), of(1)]).toEqual([
      ['slow llama-3.1-8b', 1, expect.closeTo(4, 9)],
      ['slow llama-3.1-70b', 4, expect.closeTo(4, 9)],
    ])
    // Four tokens take four steps.
    expect(nodes[0].ratePerS / nodes[1].ratePerS).toBeCloseTo(4, 0)
    expect(allPairs(nodes)).toEqual([])
    expect(rated).toEqual([
      [1, 2],
      [2, 2],
    ])
    const { leftOut } = await mixNodes(plan, plan.options)
    expect(leftOut).toEqual([
      { name: 'late llama-3.1-70b', why: expect.stringMatching(/^meets the SLO for/) },
    ])
  })

  it('has the range of its price from the estimate that it rests on', async () => {
    const { nodes } = await nodesOf([UNPRICED], { more: 'tariff: { basis: reserved }\n' })
    const { value, low, high } = nodes[0].option.node.reservedUsdPerHour!
    expect(nodes[0].price).toEqual({ givenUsd: value, lowUsd: low, highUsd: high })
    expect(low).toBeLessThan(value)
  })
})

describe('two nodes by load', () => {
  it('cross where the hand finds it: one node of 10 $ against one of 15 $ that does twice as much', async () => {
    const { a, whole, divisible } = await pairOf([SLOW, fast(15)])
    const oneSlow = a.choice.mtokPerHour
    // Up to one slow node 10 < 15; two nodes 20 > 15; three 30 = 2 x 15; from four on fewer dollars for the fast ones.
    expect(whole.span).toEqual({
      small: 'a',
      smallUntilMtokPerHour: expect.closeTo(oneSlow, 12),
      large: 'b',
      largeFromMtokPerHour: expect.closeTo(3 * oneSlow, 12),
    })
    // One fast node costs as much as a node and a half of the slow ones.
    expect(divisible.span).toMatchObject({ small: 'a', large: 'b' })
    expect(divisible.span.smallUntilMtokPerHour).toBeCloseTo(1.5 * oneSlow, 12)
    expect(divisible.span.largeFromMtokPerHour).toBeCloseTo(1.5 * oneSlow, 12)
  })

  it('never cross where one is better in all', async () => {
    const { whole, divisible } = await pairOf([SLOW, fast(8)])
    const always = {
      small: 'b',
      smallUntilMtokPerHour: Number.POSITIVE_INFINITY,
      large: 'b',
      largeFromMtokPerHour: 0,
    }
    expect([whole.span, divisible.span]).toEqual([always, always])
  })

  it('have no last crossing where full nodes cost the same, and say so', async () => {
    const { whole, divisible } = await pairOf([SLOW, fast(20)])
    expect(whole.span).toMatchObject({ small: 'a', large: 'neither', largeFromMtokPerHour: Number.NaN })
    expect(divisible.span.large).toBe('neither')
  })

  it('are counted at a crossing as those that are just full', async () => {
    const { a, b } = await pairOf([SLOW, fast(15)])
    for (let nodes = 1; nodes < 200; nodes++) {
      expect(nodesAt(nodes * a.choice.mtokPerHour, a, 'whole')).toBe(nodes)
    }
    expect(nodesAt(3 * a.choice.mtokPerHour, b, 'divisible')).toBeCloseTo(1.5, 12)
    expect(nodesAt(Number.POSITIVE_INFINITY, a, 'whole')).toBeNaN()
  })

  it('pay for the energy of idle and busy nodes where they are owned, as a naive sum has it', async () => {
    const owned = { more: 'tariff: { basis: owned, owner: hyperscaler }\n' }
    const { a, b, whole } = await pairOf([UNPRICED, fast(15).replace('    usd_per_hour: 15\n', '')], owned)
    for (const [node, nodes, usd] of [
      [a, whole.own.nodesA, whole.own.usdPerHourA],
      [b, whole.own.nodesB, whole.own.usdPerHourB],
    ] as const) {
      let [left, watts] = [25, 0]
      for (let i = 0; i < nodes; i++, left -= node.ratePerS) {
        const share = Math.min(1, Math.max(0, left / node.ratePerS))
        watts += (1 - share) * node.choice.idleWatts + share * node.choice.busyWatts
      }
      expect(left).toBeLessThanOrEqual(0)
      expect(node.choice.usdPerKwh).toBeGreaterThan(0)
      expect(usd).toBeCloseTo(nodes * node.choice.usdPerHour + (watts / 1000) * node.choice.usdPerKwh, 9)
    }
  })
})

describe('two nodes by price', () => {
  it('cost the same at twice the price for twice the work, and at what whole nodes of the plan’s load come to', async () => {
    const { whole, largeLoadPrice, joulesRatio, a, b } = await pairOf([SLOW, fast(15)])
    expect(largeLoadPrice).toEqual({ breakEvenUsd: expect.closeTo(20, 9), isFlipped: false })
    // 25 requests/s: three slow nodes of 10 $, or two fast ones.
    expect([whole.own.nodesA, whole.own.nodesB]).toEqual([3, 2])
    expect([whole.own.usdPerHourA, whole.own.usdPerHourB]).toEqual([30, 30])
    expect(whole.own.price.breakEvenUsd).toBeCloseTo(15, 9)
    expect(joulesRatio).toBeCloseTo(b.joulesPerMtok / a.joulesPerMtok, 12)
  })

  it('change places within the range of the price of b, or do not', async () => {
    const terms = { more: 'tariff: { basis: reserved }\n' }
    const { low, high } = toyPlan({ candidates: [UNPRICED] }).options[0].node.reservedUsdPerHour!
    const middle = (low! + high!) / 2
    // The slow node does half of what the fast one does.
    const inside = await pairOf([fast(2 * middle), UNPRICED], terms)
    expect(inside.largeLoadPrice).toEqual({ breakEvenUsd: expect.closeTo(middle, 9), isFlipped: true })
    const below = await pairOf([fast(low!), UNPRICED], terms)
    expect(below.largeLoadPrice).toEqual({ breakEvenUsd: expect.closeTo(low! / 2, 9), isFlipped: false })
    const above = await pairOf([fast(4 * high!), UNPRICED], terms)
    expect(above.largeLoadPrice.isFlipped).toBe(false)
  })
})

describe('pairs', () => {
  const TWO_WAYS = `${SLOW.replace('tp: 8', 'tp: [4, 8]')}`

  it('are all there are, those of the best uses of two kinds marked', async () => {
    const { nodes } = await nodesOf([TWO_WAYS, fast(15)])
    const pairs = allPairs(nodes)
    // Two replicas of four serve twice as much as one of eight.
    expect(pairs.map(({ a, b, isOfBest }) => [a.option.name, b.option.name, isOfBest])).toEqual([
      ['slow tp4', 'slow tp8', false],
      ['slow tp4', 'fast', true],
      ['slow tp8', 'fast', false],
    ])
  })

  it('of two sides are of the best use of each', async () => {
    const { nodes } = await nodesOf([TWO_WAYS, fast(15)])
    const [pair, ...more] = bestPairs([nodes[2]], nodes.slice(0, 2))
    expect(more).toEqual([])
    expect([pair.a.option.name, pair.b.option.name]).toEqual(['fast', 'slow tp4'])
  })
})
