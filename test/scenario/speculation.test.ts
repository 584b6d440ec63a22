import { describe, expect, it } from 'vitest'
import { catalogue, fleetOf, mistake, variant } from './helpers.ts'

/** The good scenario with a model that speculates so. */
function text(section: string, model = 'deepseek-r1'): string {
  return variant(
    ['llama-3.1-8b', model],
    ['aws-p5.48xlarge', 'aws-p5en.48xlarge'],
    ['{ tp: 2, weights: bf16, kv: bf16, replicas_per_node: 3 }', '{ tp: 8, weights: fp8, kv: fp8 }'],
    ['engine: vllm\n', `engine: vllm\n    speculation: ${section}\n`],
  )
}

describe('the acceptance of a prediction head', () => {
  const chances = catalogue.models.get('deepseek-r1')!.predictionHead!.chances
  const HEAD = 'draft: { head_layers: 1 }, tokens: 2'

  it('is taken from the catalogue, with its grade', () => {
    const { kinds, evidence } = fleetOf(text(`{ ${HEAD} }`))
    const [first, second] = chances.map(({ value }) => value)
    expect(kinds[0].pace!.tokensBy(1e6) / 1e6).toBeCloseTo(1 + first + second, 5)
    const taken = evidence.estimates.filter(({ name }) => name.includes('predictionHead'))
    expect(taken.map(({ name }) => name)).toEqual([
      'deepseek-r1 predictionHead.chances[0]',
      'deepseek-r1 predictionHead.chances[1]',
    ])
  })

  it('is as pessimistic as the rest', () => {
    const { kinds } = fleetOf(text(`{ ${HEAD} }`), { stance: 'pessimistic' })
    expect(kinds[0].pace!.tokensBy(1e6) / 1e6).toBeCloseTo(1 + chances[0].low! + chances[1].low!, 5)
  })

  it('rests on nothing of it where the file has its own', () => {
    const { evidence } = fleetOf(text(`{ ${HEAD}, acceptance: 0.5 }`))
    expect(evidence.facts.filter(({ name }) => name.includes('predictionHead'))).toEqual([])
  })

  it.each([
    ['{ draft: none, tokens: 2 }', 'the draft is none and no head of deepseek-r1'],
    [
      '{ draft: { head_layers: 2 }, tokens: 2 }',
      'the prediction head of deepseek-r1 is 1 deep, and this one 2',
    ],
    [
      '{ draft: { head_layers: 1 }, tokens: 4 }',
      'that of deepseek-r1 is known for up to 3 tokens, and 4 are proposed',
    ],
  ])('must be given for %s', (section, why) => {
    expect(mistake(text(section))).toContain(
      `fleet[0].speculation has no acceptance; must have it, as ${why}`,
    )
  })

  it('must be given where nothing is known of the model', () => {
    expect(mistake(text(`{ ${HEAD} }`, 'llama-3.1-8b'))).toContain(
      'fleet[0].speculation has no acceptance; must have it, as no prediction head of llama-3.1-8b is known',
    )
  })
})
