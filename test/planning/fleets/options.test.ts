import { expect, it } from 'vitest'
import { scenarioOf, sharesOf } from '../../../src/planning/fleets/scenario-of.ts'
import { fast, planFrom, planText, SLOW, toyPlan } from './toys.ts'

it('a candidate is used in every way that it lists, for each of its models', () => {
  const text = planText({ candidates: [SLOW] })
    .replace('model: llama-3.1-8b', 'model: [llama-3.1-8b, llama-3.1-70b]')
    .replace('{ tp: 8 }', '{ tp: [4, 8], kv: [bf16, fp8] }')
  const { options } = planFrom(text)
  expect(options.map(({ name }) => name)).toEqual([
    ...['slow llama-3.1-8b tp4 kvbf16', 'slow llama-3.1-8b tp4 kvfp8'],
    ...['slow llama-3.1-8b tp8 kvbf16', 'slow llama-3.1-8b tp8 kvfp8'],
    ...['slow llama-3.1-70b tp4 kvbf16', 'slow llama-3.1-70b tp4 kvfp8'],
    ...['slow llama-3.1-70b tp8 kvbf16', 'slow llama-3.1-70b tp8 kvfp8'],
  ])
  expect(options[5].pool).toMatchObject({ model: 'llama-3.1-70b', replica: { tp: 4, kv: 'fp8' } })
})

it('what is the plan’s of a candidate is not in its pool', () => {
  const keys = '    most: 3\n    rack_units: 8\n    tariff: { basis: reserved }\n'
  const [{ pool }] = toyPlan({ candidates: [SLOW + keys] }).options
  expect(Object.keys(pool).sort()).toEqual(
    ['batcher', 'engine', 'latency', 'model', 'node', 'replica', 'usd_per_hour'].sort(),
  )
})

it('a fleet is a scenario of the options that it has nodes of', () => {
  const { spec, source, options } = toyPlan({ candidates: [SLOW, fast(12)] })
  const { scenario } = scenarioOf(spec, source, { fleet: sharesOf(options, [0, 3]), warmupS: 5 })
  expect(scenario.fleet).toMatchObject([{ name: 'fast', node: 'gcp-a3-highgpu-8g', nodes: 3 }])
  expect(scenario).toMatchObject({ warmup_s: 5, policies: ['least-requests'], slo: { ttft_s: 0.5 } })
})

it('a mistake in a pool is told where its candidate stands, once for all ways to use it', () => {
  const text = planText({ candidates: [fast(1), SLOW.replace('{ tp: 8 }', '{ tp: [4, 8], pp: 0 }')] })
  const line = text.split('\n').findIndex(row => row.includes('pp: 0')) + 1
  const told = `plan.yaml:${line}:32: candidates[1].replica.pp is 0; must be >= 1`
  expect(() => planFrom(text)).toThrow(told)
  let lines: string[] = []
  try {
    planFrom(text)
  } catch (error) {
    lines = (error as Error).message.split('\n')
  }
  expect(lines).toHaveLength(1)
})
