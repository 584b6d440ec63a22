import { describe, expect, test } from 'vitest'
import { LENGTH } from '../../src/requests/table.ts'
import type { Flavour } from './courses.ts'
import { isLong, runFast } from './fast.ts'
import {
  type Feature,
  featureNames,
  type Scenario,
  scenarioNamed,
  scenarioOf,
  someFeatures,
} from './features.ts'
import { type NaiveResult, runNaive } from './naive.ts'

/*
 * Law 4b with what few fleets have: a stepper written from the semantics alone makes the same decisions and agrees on
 * every time, joule and gram.
 */

const FLAVOURS: readonly Flavour[] = ['continuous', 'dyadic']
const TIMES = isLong ? 100 : 6

/** By which two sums of the same times may differ, relative to the time on the clock. */
const ROUNDING = 1e-13

/** Requests that wait for the ends of others: the naive stepper says so where it meets one. */
const UNKNOWN: readonly Feature[] = ['sessions', 'clients']
const known = featureNames.filter(name => !UNKNOWN.includes(name))

describe.each(FLAVOURS)('%s times', flavour => {
  test.each(known)('a naive stepper agrees where there is: %s', async feature => {
    for (let seed = 0; seed < TIMES; seed++) await compare(await scenarioOf(seed, flavour, [feature]))
  })

  test('so it does where several come together', async () => {
    for (let seed = 0; seed < 10 * TIMES; seed++) {
      const chosen = someFeatures(seed).filter(
        name => known.includes(name) && !isVoid(name, someFeatures(seed)),
      )
      await compare(await scenarioOf(1000 + seed, flavour, chosen))
    }
  })
})

test('requests end on landing where those that decode have room for no more than their prompts', async () => {
  let cut = 0
  for (let seed = 0; seed < 25; seed++) {
    const { course, ...scenario } = await scenarioOf(seed, 'continuous', ['roles'])
    const shorter = (length: number) => Math.max(4, Math.floor(length / 3))
    const kinds = course.kinds.map(kind =>
      kind.role === 'decode' ? { ...kind, maxModelLen: shorter(kind.maxModelLen) } : kind,
    )
    const { requests, journeys } = await compare({ ...scenario, course: { ...course, kinds } })
    const isCut = (i: number) => requests[i].outcome === LENGTH && requests[i].emitted === 1
    cut += journeys.filter(({ prefillReplica }, i) => prefillReplica >= 0 && isCut(i)).length
  }
  expect(cut).toBeGreaterThan(5)
})

const SELDOM = {
  'who waits for KV from the host does not ask for the devices':
    'dyadic/1260/shared devices/order/max prefills/swap/prefix cache/start/outside/compiled',
  'what was fetched and is not found at admission is lost': 'continuous/1271/prefix cache/pace',
  'gaps before a decode came from elsewhere are not its own': 'dyadic/1314/models/roles/chunk budget/start',
  'KV that lands where a step ends may be before or after it':
    'continuous/1160/roles/order/chunk budget/prefix cache/pace/compiled',
}

test.each(Object.entries(SELDOM))('%s', async (_, name) => {
  await compare(await scenarioNamed(name))
})

/** Static slots share no blocks with one another. */
function isVoid(name: Feature, chosen: readonly Feature[]): boolean {
  return name === 'slots' && chosen.includes('prefix cache')
}

async function compare({ course, choice, name }: Scenario): Promise<NaiveResult> {
  const predicted: number[] = []
  const fast = await runFast(course, choice, {
    onEnd: (request, requests) => {
      predicted[requests.ordinal[request]] = requests.predictedTokens[request]
    },
  })
  const naive = await naiveRun({ course, choice, name }, fast, predicted)
  if (!name.startsWith('continuous') || !landsAtBoundary(naive)) expectSame(fast, naive, course.pue, name)
  return naive
}

/** Whether KV lands where a step of its source or target ends, but for rounding: that tells which comes first. */
function landsAtBoundary({ requests, journeys, steps }: NaiveResult): boolean {
  return journeys.some(({ prefillReplica, transferS }, i) => {
    if (prefillReplica < 0) return false
    const landedS = requests[i].tokenS[0] + transferS
    const isNear = (timeS: number) => Math.abs(timeS - landedS) <= ROUNDING * landedS
    const isThere = (replica: number) => replica === prefillReplica || replica === requests[i].replica
    return steps.some(({ replica, startS, seconds }) => isThere(replica) && isNear(startS + seconds))
  })
}

type Fast = Awaited<ReturnType<typeof runFast>>

/** The same replicas for the same requests. */
function naiveRun(
  { course, name }: Scenario,
  { rows }: Fast,
  predicted: readonly number[],
): Promise<NaiveResult> {
  const firstOf = ({ replica, journey }: Fast['rows'][number]) =>
    journey.prefillReplica >= 0 ? journey.prefillReplica : replica
  return runNaive(course, ({ ordinal }) => firstOf(rows[ordinal]), {
    decoderOf: ordinal => rows[ordinal].replica,
    predictedTokensOf: ordinal => predicted[ordinal],
  }).catch((error: Error) => {
    throw new Error(`${name}: ${error.message}`, { cause: error })
  })
}

function expectSame(fast: Fast, naive: NaiveResult, pue: number, name: string): void {
  naive.requests.forEach(({ tokenS: _, ...row }, ordinal) => {
    const { hitTokens, ...journey } = naive.journeys[ordinal]
    const place = `${name}, request ${ordinal}`
    const clockS = fast.result.endS
    expectClose(fast.rows[ordinal], { ...row, hitTokens }, place, clockS)
    expectClose(fast.rows[ordinal].journey, journey, place, clockS)
  })
  naive.replicas.forEach((totals, i) => {
    const { steps, preemptions, lifeBusyS, lifeBusyJ, lifeBusyG } = fast.result.replicas[i]
    const actual = { steps, preemptions, busyS: lifeBusyS, busyJ: lifeBusyJ / pue, grams: lifeBusyG }
    expectClose(actual, totals, `${name}, replica ${i}`)
  })
  expectClose(fast.result.itl, { count: naive.gapsS.length }, name)
}

/**
 * Equal to 1e-9 relative; NaN equals NaN; whole numbers must be equal.
 *
 * @param clockS a time whose digits are the last that differences of times have
 */
function expectClose(actual: object, expected: object, place: string, clockS = 0): void {
  for (const [field, value] of Object.entries(expected) as [string, number][]) {
    const found = (actual as Record<string, number>)[field]
    const scale = Math.max(1e-9, Math.abs(value))
    const slack = field === 'transferS' || field === 'worstItlS' ? ROUNDING * clockS : 0
    const isSame = Object.is(found, value) || Math.abs(found - value) <= 1e-9 * scale + slack
    if (!isSame) expect.fail(`${place}: ${field} is ${found}, step by naive step ${value}`)
  }
}
