import { describe, expect, it } from 'vitest'
import { fast, planFrom, planText, SLOW, server } from './toys.ts'

const GOOD = planText({ candidates: [SLOW, fast(12)] })

function changed(from: string | RegExp, to: string): string {
  const text = GOOD.replace(from, to)
  if (text === GOOD) throw new Error(`the plan has no ${from}`)
  return text
}

const CLOSED = `workload:
  closed_loop: { clients: 2, think_s: 1, requests: 20, lengths: { input: { fixed: 9 }, output: { fixed: 1 } } }
`

describe('a plan file', () => {
  it('that is right has an option for each way to use a candidate', () => {
    expect(planFrom(GOOD).options.map(({ name }) => name)).toEqual(['slow', 'fast'])
    const ways = planFrom(changed('replica: { tp: 8 }', 'replica: { tp: [4, 8], weights: [bf16, fp8] }'))
    expect(ways.options.map(({ name }) => name)).toEqual([
      ...['slow tp4 bf16', 'slow tp4 fp8', 'slow tp8 bf16', 'slow tp8 fp8'],
      'fast',
    ])
    expect(ways.options[1].pool).toMatchObject({ replica: { tp: 4, weights: 'fp8' } })
  })

  it.each([
    [
      'a load',
      changed('rate_per_s: 25', 'load: 0.5'),
      /workload\.load is 0\.5, and there is no fleet yet.*rate_scale/,
    ],
    ['a closed loop', GOOD.replace(/workload:[\s\S]*?rate_per_s: 25\n/, CLOSED), /workload is a closed loop/],
    ['model and task', changed('model:', 'task: resnet50\nmodel:'), /the file has model and task/],
    ['neither', changed('model: llama-3.1-8b\n', ''), /the file must have model or task/],
    ['an unknown model', changed('llama-3.1-8b', 'llama-3.1-8c'), /model is "llama-3\.1-8c".*llama-3\.1-8b/],
    ['an unknown region', changed('us-ohio', 'us-ohoi'), /region is "us-ohoi".*us-ohio/],
    [
      'an unknown node',
      changed('aws-p5.48xlarge', 'aws-p5.48xlrage'),
      /candidates\[0\]\.node is "aws-p5\.48xlrage".*aws-p5\.48xlarge/,
    ],
    ['an unknown engine', changed('vllm', 'vlm'), /candidates\[0\]\.engine is "vlm".*vllm/],
    [
      'an engine of other devices',
      changed('vllm', 'neuron'),
      /candidates\[0\]\.engine is "neuron", which does not run on h100-sxm/,
    ],
    [
      'an unknown key of a pool',
      changed('batcher:', 'batchr:'),
      /^plan\.yaml:\d+:\d+: candidates\[0\] has no key 'batchr'; did you mean batcher/,
    ],
    ['an unknown key', changed('policy:', 'polcy:'), /has no key 'polcy'; did you mean policy/],
    [
      'no candidates',
      GOOD.replace(/candidates:[\s\S]*$/, 'candidates: []\n'),
      /candidates is \[\]; must have >= 1 entry/,
    ],
    [
      'two of a name',
      changed('name: fast', 'name: slow'),
      /candidates\[1\] makes "slow", as candidates\[0\] does/,
    ],
    [
      'a model of no plan',
      changed('    name: slow', '    model: llama-3.1-70b\n    name: slow'),
      /candidates\[0\]\.model is "llama-3\.1-70b", which is no model of the plan/,
    ],
    [
      'a bad date',
      changed('policy:', 'tariff: { date: 2026-13 }\npolicy:'),
      /tariff\.date is "2026-13"; must be a date/,
    ],
    [
      'a date from which, and none of the plan',
      changed('    name: slow', '    from: 2026-10\n    name: slow'),
      /candidates\[0\]\.from is 2026-10; the plan must have tariff\.date/,
    ],
    ['a headroom above 1', changed('policy:', 'headroom: 1.1\npolicy:'), /headroom is 1\.1; must be <= 1/],
    [
      'one replication',
      changed('replications: 3', 'replications: 1'),
      /verify\.replications is 1; must be >= 2/,
    ],
  ])('with %s is refused where it stands', (_, text, message) => {
    expect(() => planFrom(text)).toThrow(message)
    expect(() => planFrom(text)).toThrow(/^plan\.yaml:\d+:\d+: /)
  })

  it('leaves out what cannot be had on its date, and says until when', () => {
    const late = server('late', 'gcp-a3-highgpu-8g', 1, 'model: fixed, step_s: 0.1', '    from: 2026-10\n')
    const asked = (date: string) =>
      planFrom(planText({ candidates: [SLOW, late], more: `tariff: { date: ${date} }\n` }))
    expect(asked('2026-10').options.map(({ name }) => name)).toEqual(['slow', 'late'])
    expect(asked('2026-09').options.map(({ name }) => name)).toEqual(['slow'])
    expect(asked('2026-09').late).toEqual([
      { name: 'late', why: 'can be had from 2026-10 on, and the plan is for 2026-09' },
    ])
    expect(() => planFrom(planText({ candidates: [late], more: 'tariff: { date: 2026-09 }\n' }))).toThrow(
      /late can be had from 2026-10/,
    )
  })
})
