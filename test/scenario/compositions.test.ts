import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { entrantsOf } from '../../src/cli/entrants.ts'
import { loadPrepared } from '../../src/cli/scenario.ts'
import { policyChoices } from '../../src/scenario/schema.ts'
import { scenario, Workplace } from '../cli/program.ts'
import { fleetOf, mistake, parsed, variant } from './helpers.ts'

/** The good scenario whose second policy is put together, from line 15. */
function put(lines: string): string {
  return variant([
    'policies: [random]',
    `policies:\n  - random\n  - name: mine\n${lines.replace(/^/gm, '    ')}`,
  ])
}

const SCORED = 'scorers: { queue-scorer: 1 }'

describe('a policy put together in a scenario', () => {
  it('has filters, scorers with weights, a picker, and names with or without options', () => {
    const text = put(`filters:
  - least-queue-filter
  - { name: low-queue-filter, threshold: 5 }
  - { name: label-selector-filter, match_labels: { device_kind: gpu } }
scorers:
  prefix-cache-scorer: 3
  load-aware-scorer: { weight: 0.5, threshold: 64 }
picker: { name: softmax-picker, temperature: 0.2 }
when_none: reject`)
    expect(mistake(text)).toBe('no mistake')
    const [, mine] = policyChoices(parsed(text).scenario.policies)
    expect(mine).toEqual({
      name: 'mine',
      label: 'mine',
      options: {},
      composition: {
        filters: [
          { name: 'least-queue-filter', options: {} },
          { name: 'low-queue-filter', options: { threshold: 5 } },
          { name: 'label-selector-filter', options: {}, labels: { device_kind: 'gpu' } },
        ],
        scorers: [
          { name: 'prefix-cache-scorer', weight: 3, options: {} },
          { name: 'load-aware-scorer', weight: 0.5, options: { threshold: 64 } },
        ],
        picker: { name: 'softmax-picker', options: { temperature: 0.2 } },
        whenNone: 'reject',
      },
    })
  })

  it('takes the highest score unless another picker is named', () => {
    const [, mine] = policyChoices(parsed(put(SCORED)).scenario.policies)
    expect(mine.composition?.picker.name).toBe('max-score-picker')
  })

  it('leaves names with options as they are', () => {
    const text = variant(['[random]', '[{ name: length-split, threshold_tokens: 9 }, { name: random }]'])
    expect(mistake(text)).toBe('no mistake')
    for (const choice of policyChoices(parsed(text).scenario.policies))
      expect(choice.composition).toBeUndefined()
  })

  it.each([
    [
      'an unknown scorer',
      'scorers: { queue-score: 1 }',
      "16:16: policies[1].scorers has no key 'queue-score'; did you mean queue-scorer",
    ],
    [
      'an unknown filter',
      `${SCORED}\nfilters: [low-queu-filter]\nwhen_none: reject`,
      '17:15: policies[1].filters[0] is "low-queu-filter"; did you mean low-queue-filter',
    ],
    [
      'an unknown filter with options',
      `${SCORED}\nfilters: [{ name: low-queu-filter, threshold: 2 }]\nwhen_none: reject`,
      '17:23: policies[1].filters[0].name is "low-queu-filter"; did you mean low-queue-filter',
    ],
    [
      'an unknown picker',
      `${SCORED}\npicker: max-scor-picker`,
      '17:13: policies[1].picker is "max-scor-picker"; did you mean max-score-picker',
    ],
    [
      'an unknown key',
      `${SCORED}\nfilter: [least-queue-filter]`,
      "17:5: policies[1] has no key 'filter'; did you mean filters?",
    ],
    [
      'an unknown key alone',
      'scorer: { queue-scorer: 1 }',
      "16:5: policies[1] has no key 'scorer'; did you mean scorers?",
    ],
    ['many mistakes', 'scorers: { a: 1, b: 2, c: 3 }\npicker: d', "policies[1].scorers has no key 'c'"],
    [
      'a negative weight',
      'scorers: { queue-scorer: -1 }',
      '16:30: policies[1].scorers.queue-scorer is -1; must be >= 0',
    ],
    [
      'a weight that is no number',
      'scorers: { queue-scorer: .nan }',
      '16:30: policies[1].scorers.queue-scorer is NaN; must be a finite number',
    ],
    [
      'weights of 0',
      'scorers: { queue-scorer: 0, expected-ttft: 0 }',
      '15:5: policies[1]: the weights are queue-scorer 0, expected-ttft 0; at least one must be > 0',
    ],
    [
      'no scorers',
      'picker: max-score-picker',
      '15:5: policies[1]: there are no scorers; beside max-score-picker',
    ],
    [
      'no word on what becomes of requests',
      `${SCORED}\nfilters: [least-queue-filter]`,
      '15:5: policies[1]: when_none is missing; beside filters',
    ],
    [
      'a wrong word',
      `${SCORED}\nfilters: [least-queue-filter]\nwhen_none: rejct`,
      '18:16: policies[1].when_none is "rejct"; did you mean reject?',
    ],
    [
      'an option out of bounds',
      `${SCORED}\nfilters: [{ name: low-queue-filter, threshold: -3 }]\nwhen_none: reject`,
      "17:15: policies[1].filters[0]: low-queue-filter: option 'threshold' is -3; it must be a whole number >= 0",
    ],
    [
      'an unknown option',
      'scorers: { load-aware-scorer: { weight: 1, treshold: 3 } }',
      "16:35: policies[1].scorers.load-aware-scorer: load-aware-scorer has no option 'treshold'; did you mean threshold?",
    ],
    [
      'an option left out',
      `${SCORED}\npicker: softmax-picker`,
      "17:13: policies[1].picker: softmax-picker: option 'temperature' is missing",
    ],
    [
      'no weight beside options',
      'scorers: { load-aware-scorer: { threshold: 3 } }',
      'policies[1].scorers.load-aware-scorer.weight is missing; must be a number',
    ],
    [
      'a label that nobody has',
      `${SCORED}\nfilters: [{ name: label-selector-filter, match_labels: { device_kind: gpus } }]\nwhen_none: reject`,
      '17:75: policies[1].filters[0].match_labels.device_kind is "gpus"; no replica has that: did you mean gpu?',
    ],
    [
      'an unknown label',
      `${SCORED}\nfilters: [{ name: label-selector-filter, match_labels: { role: gpu } }]\nwhen_none: reject`,
      "policies[1].filters[0].match_labels has no key 'role'; known: kind, device_kind",
    ],
  ])('has %s', (_, lines, says) => expect(mistake(put(lines))).toContain(says))

  it('has the name of a policy', () => {
    const text = put(SCORED).replace('name: mine', 'name: least-requests')
    expect(mistake(text)).toBe(
      's.yaml:15:5: policies[1] is put together as "least-requests"; a policy is called that already',
    )
  })

  it('leaves the messages about names with options as they were', () => {
    expect(mistake(variant(['[random]', '[{ name: length-split, threshold_tokens: long }]']))).toContain(
      'policies[0].threshold_tokens is "long"; must be a number',
    )
  })
})

describe('a policy put together for replicas that decode', () => {
  const decoding = (whenNone: string) =>
    decodingBy(`name: mine, filters: [least-queue-filter], ${SCORED}, when_none: ${whenNone}`)
  const decodingBy = (policy: string) =>
    variant(
      ['policies:', `disaggregation: { policy: { ${policy} } }\npolicies:`],
      ['  - node', '  - name: a\n    role: prefill\n    node'],
      [
        'disaggregation:',
        '  - name: b\n    role: decode\n    on: a\n    replicas: 2\n    engine: vllm\n    batcher: { max_model_len: 8192 }\ndisaggregation:',
      ],
      ['replicas_per_node: 3', 'replicas_per_node: 1'],
    )

  it('is part of the course', () => {
    const { handoff } = fleetOf(decoding('ignore-filters'))
    expect(handoff?.policy).toMatchObject({ name: 'mine', entry: { about: expect.any(String) } })
  })

  it('may not be one of the registry that refuses or waits', () => {
    expect(mistake(decodingBy('name: min-ttft, reject: 1'))).toMatch(
      /^s.yaml:\d+:\d+: disaggregation.policy is "min-ttft", which refuses requests at times/,
    )
    expect(mistake(decodingBy('name: carbon-aware'))).toMatch(/"carbon-aware", which has requests wait/)
    expect(fleetOf(decodingBy('name: min-ttft')).handoff?.policy?.name).toBe('min-ttft')
  })

  it('may not refuse what is computed already', () => {
    for (const answer of ['reject', 'wait']) {
      expect(mistake(decoding(answer))).toMatch(
        new RegExp(`disaggregation.policy.when_none is "${answer}"; must be ignore-filters`),
      )
    }
  })
})

describe('the program', () => {
  const MINE = `
  - random
  - name: llm-d 3/2/2
    filters: [{ name: active-request-filter, max_requests: 1 }]
    scorers: { prefix-cache-scorer: 3, queue-scorer: 2, kv-cache-utilization-scorer: 2 }
    when_none: reject
`
  it('races it under its name, and counts what it refuses', async () => {
    const place = new Workplace()
    place.write('s.yaml', scenario('[random, power-of-two]', MINE))
    const { code, stderr } = await place.run('race', 's.yaml', '--out', 'results')
    expect([code, stderr.includes('regatta:')]).toEqual([0, false])
    const [header, ...rows] = readFileSync(`${place.folder}/results/summary.csv`, 'utf8').trim().split('\n')
    const refused = header.split(',').indexOf('refused')
    const cells = Object.fromEntries(rows.map(row => [row.split(',')[0], row.split(',')]))
    expect(Number(cells.random[refused])).toBe(0)
    expect(Number(cells['llm-d 3/2/2'][refused])).toBeGreaterThan(0)
    place.remove()
  })

  it('makes an entrant of it though its name looks like a file', async () => {
    const place = new Workplace()
    place.write('s.yaml', scenario('[random, power-of-two]', MINE))
    const loaded = await loadPrepared(`${place.folder}/s.yaml`, {})
    const [, mine] = await entrantsOf(loaded, loaded.parsed.scenario.policies)
    expect(mine).toMatchObject({ name: 'llm-d 3/2/2', label: 'llm-d 3/2/2' })
    expect(mine.entry).toHaveProperty('make')
    place.remove()
  })
})
