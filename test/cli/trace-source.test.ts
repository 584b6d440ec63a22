import { Command } from 'commander'
import { describe, expect, test } from 'vitest'
import { readingOptions, withTraceFlags } from '../../src/cli/trace-source.ts'
import { mistake, variant } from '../scenario/helpers.ts'

function rowsByFlag(text: string): number | undefined {
  const command = withTraceFlags(new Command())
    .exitOverride()
    .configureOutput({ writeErr() {} })
  return readingOptions(command.parse(['--sort-rows', text], { from: 'user' }).opts()).sortRows
}

const mistakeInScenario = (text: string) =>
  mistake(variant(['trace: some.csv', `trace: some.csv\n  sort_rows: ${text}`]))

describe('how many rows a row may be late has one bound, by flag and in a scenario', () => {
  test.each(['0', '1', '1048576'])('%s may be', text => {
    expect(rowsByFlag(text)).toBe(Number(text))
    expect(mistakeInScenario(text)).toBe('no mistake')
  })

  test.each(['1e12', '1048577', '-1', '0.5'])('%s may not', text => {
    expect(() => rowsByFlag(text)).toThrow('must be a whole number from 0 to 1048576')
    expect(mistakeInScenario(text)).toMatch(/sort_rows is .*; must be/)
  })

  test('a scenario says the bound', () => {
    expect(mistakeInScenario('1000000000000')).toMatch(/sort_rows is .*1048576/)
  })
})
