import { describe, expect, it } from 'vitest'
import { classTable, fairnessNote, promiseTexts, sloText } from '../../src/cli/classes.ts'
import type { LoadedScenario } from '../../src/cli/scenario.ts'
import type { Standing } from '../../src/experiments/race.ts'
import { figuresOf } from '../../src/results/figures.ts'
import type { GroupResult } from '../../src/results/group-result.ts'
import { preparedOf } from '../experiments/scenarios.ts'
import { madeGroup, madeResult } from '../results/made.ts'

const CLASSES = `
  classes:
    chat: { tier: critical, ttft_s: 0.5 }
    bulk: { tier: background, e2e_s: 3600 }`

/** Requests of three classes on one kind of replica. */
function scenario(classes: string): string {
  return `name: classes
model: llama-3.1-8b
region: us-ohio
slo:
  ttft_s: 1
  tpot_s: 0.05${classes}
workload:
  generate:
    requests: 300
    arrivals: { process: poisson }
    lengths: { input: { fixed: 300 }, output: { fixed: 20 } }
    classes: [ { class: bulk, share: 0.3 }, { class: chat, share: 0.5 }, { class: code, share: 0.2 } ]
  load: 0.5
fleet:
  - node: aws-p5.48xlarge
    nodes: 1
    engine: vllm
policies: [random]
`
}

async function loaded(classes = CLASSES): Promise<LoadedScenario> {
  return { ...(await preparedOf(scenario(classes))), file: 's.yaml' }
}

function standing(label: string, groups: readonly GroupResult[]): Standing {
  const result = madeResult({ groups })
  return { entrant: { name: label, label }, result, figures: figuresOf(result) }
}

function ofClass(name: string, attained: number): GroupResult {
  return madeGroup({ by: 'class', name, attained })
}

describe('classes with objectives of their own', () => {
  it('are told with tier and objectives, in the order of the scenario', async () => {
    expect(promiseTexts(await loaded())).toEqual([
      'chat, critical: TTFT <= 0.5 s, TPOT <= 0.05 s',
      'bulk, background: TTFT <= 1 s, TPOT <= 0.05 s, E2E <= 3600 s',
    ])
    expect(sloText({ ttftS: 9, tpotS: Number.POSITIVE_INFINITY, e2eS: 9 })).toBe('E2E <= 9 s')
  })

  it('have a table of what met the SLO, the other classes together', async () => {
    const groups = [ofClass('bulk', 10), ofClass('chat', 9), ofClass('code', 2), ofClass('more', 8)]
    const worse = [ofClass('bulk', 10), ofClass('chat', 7), ofClass('code', 6), ofClass('more', 8)]
    const table = classTable(await loaded(), [standing('mine', groups), standing('theirs', worse)])
    const lines = table[0].split('\n').map(line => line.trim().split(/ +/))
    expect(lines).toEqual([
      ['SLO', 'met', '%', 'chat', 'bulk', 'others'],
      ['policy', 'critical', 'background', 'standard'],
      ['mine', '90.0*', '100.0', '50.0'],
      ['theirs', '70.0', '100.0', '70.0*'],
    ])
  })

  it('have a column by the name of the only other one', async () => {
    const groups = [ofClass('bulk', 10), ofClass('chat', 9), ofClass('code', 2)]
    const [table] = classTable(await loaded(), [standing('mine', groups)])
    expect(table.split('\n')[0].trim().split(/ +/)).toEqual(['SLO', 'met', '%', 'chat', 'bulk', 'code'])
  })

  it('have none where all are promised the same', async () => {
    const same = await loaded('')
    expect(classTable(same, [standing('mine', [ofClass('chat', 9)])])).toEqual([])
    expect(promiseTexts(same)).toEqual([])
  })

  it('are an error where the workload has no such class', async () => {
    await expect(loaded(CLASSES.replace('chat', 'chatt'))).rejects.toThrow(
      "s.yaml:8:5: slo.classes has 'chatt', which is no class of the workload; did you mean chat?",
    )
  })
})

describe('fairness between tenants', () => {
  it('is told where there are two', () => {
    const [a, b] = [madeGroup({ name: 'a' }), madeGroup({ name: 'b', servedTokens: 0 })]
    expect(fairnessNote([standing('mine', [a])])).toEqual([])
    expect(fairnessNote([standing('mine', [a, b])])[0].replaceAll('\n', ' ')).toMatch(
      /^Jain's fairness between 2 tenants, .*: mine 0\.500 \(1\.000\)\.$/,
    )
  })
})
