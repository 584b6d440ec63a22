import { Command } from 'commander'
import { describe, expect, test } from 'vitest'
import { ArrivalBlock } from '../../src/arrivals/contract.ts'
import { fromMemory, fromRows } from '../../src/arrivals/memory.ts'
import { transforms } from '../../src/arrivals/transforms/registry.ts'
import { type TransformFlags, transformed, withTransformFlags } from '../../src/cli/trace-transforms.ts'
import { readYaml } from '../../src/scenario/document.ts'
import { transformedBy, transformSchema } from '../../src/scenario/transform-schema.ts'
import { validated } from '../../src/scenario/validate.ts'

const tenSeconds = () =>
  fromMemory(
    fromRows(Array.from({ length: 10 }, (_, i) => ({ arrivalS: i, inputTokens: 9, outputTokens: 9 }))),
  )

function listOf(text: string) {
  return validated(transformSchema, readYaml(text, 'x.yaml'))
}

async function timesOf(source: ReturnType<typeof transformedBy>): Promise<number[]> {
  const block = new ArrivalBlock()
  await source.fill(block)
  return [...block.arrivalS.subarray(0, block.length)]
}

test('a list of transforms is done in its order, by the names of the registry', async () => {
  const list = listOf('[{ slice: { from_s: 2, to_s: 8 } }, head: 4, { rate: { factor: 2 } }]')
  expect(await timesOf(transformedBy(tenSeconds, list, 1, 'x'))).toEqual([0, 0.5, 1, 1.5])
  const reversed = [...list].reverse()
  expect(await timesOf(transformedBy(tenSeconds, reversed, 1, 'x'))).toEqual([])
})

test.each([
  ['[{ slcie: {} }]', "[0] has no key 'slcie'; did you mean slice?"],
  ['[{ slice: { from: 1 } }]', "[0].slice has no key 'from'; did you mean from_s?"],
  ['[{ rate: {} }]', '[0].rate is {}; must have factor or per_s'],
  ['[{ head: 1, sessions: open }]', `must have one transform of ${Object.keys(transforms).join(', ')}`],
  ['[{ head: 0 }]', '[0].head is 0; must be >= 1'],
  ['[{ sessions: closd }]', '[0].sessions is "closd"; did you mean closed?'],
])('%s is a mistake: %s', (text, message) => {
  expect(() => listOf(text)).toThrow(message)
})

describe('on the command line', () => {
  function flags(...given: string[]): TransformFlags {
    const command = withTransformFlags(new Command())
      .exitOverride()
      .configureOutput({ writeErr: () => {} })
    return command.parse(given, { from: 'user' }).opts()
  }

  test('transforms are written as in a scenario, one flag after the other', async () => {
    const chosen = flags('--transform', 'slice={from_s: 2}', 'head=4', '--transform', 'rate: {factor: 2}')
    expect(await timesOf(transformed(tenSeconds, chosen, 1))).toEqual([0, 0.5, 1, 1.5])
    expect(await timesOf(transformed(tenSeconds, flags(), 1))).toHaveLength(10)
  })

  test('a wrong one is named', () => {
    expect(() => flags('--transform', 'thin={share: 2}')).toThrow('thin.share is 2; must be <= 1')
  })
})
