import { describe, expect, it } from 'vitest'
import { defaultsTaken } from '../../src/scenario/schema.ts'
import { classSlosOf, sloOf } from '../../src/scenario/slo.ts'
import { messageOf, mistake, parsed, variant } from './helpers.ts'
import { taskScenario } from './task-text.ts'

const CLASSES = ['chat', 'code', 'bulk']

/** The good scenario with another SLO. */
function withSlo(slo: string): string {
  return variant(['{ ttft_s: 1, tpot_s: 0.1 }', slo])
}

function promised(slo: string) {
  return classSlosOf(parsed(withSlo(slo)), CLASSES)
}

describe('classes of requests', () => {
  it('are all promised the same where the scenario names none', () => {
    expect(promised('{ ttft_s: 1, tpot_s: 0.1 }')).toBeUndefined()
  })

  it('have what their entry says, and of the rest what all have', () => {
    const all = { ttftS: 1, tpotS: 0.1, e2eS: 60 }
    expect(
      promised(`
  ttft_s: 1
  tpot_s: 0.1
  e2e_s: 60
  classes:
    bulk: { tier: background, ttft_s: 600, e2e_s: 3600 }
    chat: { tier: critical, ttft_s: 0.5, worst_itl_s: 0.4 }`),
    ).toEqual([
      { tier: 'critical', slo: { ...all, ttftS: 0.5, worstItlS: 0.4 } },
      { tier: 'standard', slo: all },
      { tier: 'background', slo: { ...all, ttftS: 600, e2eS: 3600 } },
    ])
  })

  it('are standard where nothing else is said, and that is told as a default', () => {
    const text = withSlo('{ ttft_s: 1, tpot_s: 0.1, classes: { chat: { ttft_s: 0.5 } } }')
    expect(classSlosOf(parsed(text), CLASSES)![0].tier).toBe('standard')
    expect(defaultsTaken(parsed(text))).toContainEqual([['slo', 'classes', 'chat', 'tier'], 'standard'])
  })

  it('of a task have no gaps', () => {
    const text = taskScenario().replace(
      '{ e2e_s: 0.1 }',
      '{ e2e_s: 0.1, classes: { slow: { tier: batch, e2e_s: 9 } } }',
    )
    const slo = { ttftS: 9, tpotS: Number.POSITIVE_INFINITY, e2eS: 9 }
    expect(classSlosOf(parsed(text), ['slow', 'all'])).toEqual([
      { tier: 'batch', slo },
      { tier: 'standard', slo: sloOf({ e2e_s: 0.1 }) },
    ])
  })
})

describe('an SLO is refused where', () => {
  const classes = (entries: string, all = 'ttft_s: 1, tpot_s: 0.1') =>
    mistake(withSlo(`{ ${all}, classes: { ${entries} } }`))

  it.each([
    [
      'the tier is unknown',
      classes('chat: { tier: critcal }'),
      's.yaml:4:57: slo.classes.chat.tier is "critcal"; did you mean critical?',
    ],
    [
      'an objective is unknown',
      classes('chat: { ttft: 1 }'),
      "s.yaml:4:51: slo.classes.chat has no key 'ttft'; did you mean ttft_s?",
    ],
    [
      'an objective is none',
      classes('chat: { ttft_s: 0 }'),
      's.yaml:4:59: slo.classes.chat.ttft_s is 0; must be > 0',
    ],
    [
      'the last token may not come later than the first',
      mistake(withSlo('{ ttft_s: 2, tpot_s: 0.1, e2e_s: 1 }')),
      's.yaml:4:39: slo.e2e_s is 1; must be >= 2, the ttft_s: who keeps to e2e_s could not miss ttft_s',
    ],
    [
      'the worst gap is below the mean one',
      mistake(withSlo('{ ttft_s: 2, tpot_s: 0.1, worst_itl_s: 0.05 }')),
      's.yaml:4:45: slo.worst_itl_s is 0.05; must be >= 0.1, the tpot_s: who keeps to worst_itl_s could not miss tpot_s',
    ],
    [
      'a class contradicts itself',
      classes('chat: { ttft_s: 3, e2e_s: 2 }'),
      's.yaml:4:69: slo.classes.chat.e2e_s is 2; must be >= 3, the ttft_s: who keeps to e2e_s could not miss ttft_s',
    ],
    [
      'a class contradicts what it takes over',
      classes('chat: { e2e_s: 0.5 }'),
      's.yaml:4:58: slo.classes.chat.e2e_s is 0.5; must be >= 1, the ttft_s of all classes: who keeps to e2e_s could not miss ttft_s',
    ],
    [
      'what a class takes over contradicts it',
      classes('chat: { ttft_s: 60 }', 'ttft_s: 1, tpot_s: 0.1, e2e_s: 20'),
      's.yaml:4:70: slo.classes.chat.ttft_s is 60; must be <= 20, the e2e_s of all classes: who keeps to e2e_s could not miss ttft_s',
    ],
  ])('%s', (_, found, message) => expect(found).toBe(message))

  it('a class is not of the workload', () => {
    const text = withSlo('{ ttft_s: 1, tpot_s: 0.1, classes: { chatt: { tier: batch } } }')
    expect(messageOf(() => classSlosOf(parsed(text), CLASSES))).toBe(
      "s.yaml:4:43: slo.classes has 'chatt', which is no class of the workload; did you mean chat?",
    )
  })
})
