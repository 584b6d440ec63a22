import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SCENARIO, scenario, traceScenario, Workplace } from './program.ts'

const place = new Workplace()
const HEADER = 'TIMESTAMP,ContextTokens,GeneratedTokens\n'
const ROW = '2023-11-16 18:15:46.6805900,374,44\n'

beforeAll(() => {
  place.write('good.yaml', SCENARIO)
  place.write('key.yaml', scenario('model:', 'modle: x\nmodel:'))
  place.write('policy.yaml', scenario('[random,', '[randon,'))
  place.write('rate.yaml', scenario('load: 0.5', 'rate_per_s: -3'))
  place.write('fit.yaml', scenario('llama-3.1-8b', 'llama-3.1-70b').replace('tp: 2', 'tp: 1'))
  place.write('dtype.yaml', scenario('weights: bf16', 'kv: fp4'))
  place.write('row.csv', `${HEADER}${ROW}2023-11-16 18:15:47.0,many,44\n`)
  place.write('column.csv', 'TIMESTAMP,ContextTokens\n')
  place.write('empty.csv', '')
  place.write('headed.csv', HEADER)
  for (const name of ['row', 'column', 'empty', 'headed'])
    place.write(`${name}.yaml`, traceScenario(`${name}.csv`))
  place.write('far.ts', 'export default () => () => 7\n')
  place.write('throws.ts', "export default () => () => { throw new Error('oops') }\n")
})
afterAll(() => place.remove())

/** Arguments, and what the one line on stderr must say: place, key, value and bound. */
const MISTAKES: readonly (readonly [what: string, args: string, ...says: string[]])[] = [
  ['a malformed trace row', 'race row.yaml', 'row.csv:3', 'ContextTokens', '"many"', 'must be'],
  ['a missing column', 'race column.yaml', 'column.csv', 'begins with', 'ContextTokens', 'known:'],
  ['an empty trace', 'race empty.yaml', 'empty.csv', 'is empty', 'must have'],
  ['a trace without rows', 'race headed.yaml', 'headed.csv', 'has no rows', 'must have'],
  ['an unknown key', 'race key.yaml', 'key.yaml:2:1', "'modle'", 'did you mean model?'],
  ['an unknown policy', 'race policy.yaml', 'policy.yaml:', '"randon"', 'did you mean random?'],
  ['an unknown policy of a flag', 'race good.yaml --policies randon', "'randon'", 'did you mean random?'],
  ['a negative rate', 'race rate.yaml', 'rate.yaml:10', 'rate_per_s', '-3', 'must be > 0'],
  ['a negative load', 'race good.yaml --load -1', '--load', '-1', '> 0'],
  ['a model that does not fit', 'race fit.yaml', 'fit.yaml:', 'replica', 'does not fit', 'GB more than'],
  ['a dtype that the device lacks', 'race dtype.yaml', 'dtype.yaml:', 'kv', '"fp4"', 'known: bf16'],
  ['a folder that cannot be written', 'race good.yaml --out good.yaml/out', '--out good.yaml/out', 'folder'],
  ['a replica that does not exist', 'race good.yaml --policy ./far.ts', 'far.ts', 'answered 7', '0 to 2'],
  ['a policy that throws', 'race good.yaml --policy ./throws.ts', 'throws.ts', 'decision 1', 'oops'],
  ['a scenario that is not there', 'check none.yaml', 'none.yaml', 'no such file'],
  ['an unknown flag', 'race good.yaml --polices random', '--polices', 'Did you mean --policies?'],
]

describe.concurrent('the program', () => {
  it.each(MISTAKES)('answers %s with one clear line', async (_, args, ...says) => {
    const { code, stdout, stderr } = await place.run(...args.split(' '), ...outOf(args))
    expect(stderr).toMatch(/^regatta: .*\n$/)
    for (const part of says) expect(stderr).toContain(part)
    expect(stdout).toBe('')
    expect(code).toBe(2)
  })
})

it('gives every mistake of a scenario a line', async () => {
  place.write('two.yaml', scenario('nodes: 1', 'nods: 1').replace('tpot_s: 0.1', 'tpot_s: .inf'))
  const { stderr } = await place.run('check', 'two.yaml')
  const lines = stderr.trimEnd().split('\n')
  expect(lines).toHaveLength(3)
  for (const line of lines) expect(line).toMatch(/^regatta: two\.yaml:\d+:\d+: \S+ (is|has) /)
})

it('leaves nothing behind after a mistake', () => {
  expect(place.names().filter(name => name.includes('out'))).toEqual([])
})

/** Every run that could have written results was asked to. */
function outOf(args: string): string[] {
  return args.startsWith('check') || args.includes('--out') ? [] : ['--out', 'out']
}
