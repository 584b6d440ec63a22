import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { OPERATOR_COLUMNS } from '../../src/fidelity/operator-row.ts'
import { Workplace } from './program.ts'

const place = new Workplace()

/** Rows of kernels: two that are predicted, one doubtful, two that are not. */
const KERNELS = [
  { hardware: 'h100-sxm', op: 'gemm', time_s: 1e-5 },
  { hardware: 'h100-sxm', op: 'gemm', time_s: 1e-4 },
  { hardware: 'h100-sxm', op: 'gemm', time_s: 1e-5, note: 'SUSPECT: too good' },
  { hardware: 'h100-sxm', op: 'gemm', time_s: 30 },
  { hardware: 'Nobody 1', op: 'gemm', time_s: 1e-5 },
]
const SIZES = { n_devices: 1, precision: 'bf16', m_tokens: 64, n: 4096, k: 4096, source: 'lab' }

function kernels(): string {
  const cells = (row: Readonly<Record<string, unknown>>) => OPERATOR_COLUMNS.map(column => row[column] ?? '')
  return [OPERATOR_COLUMNS, ...KERNELS.map(row => cells({ ...SIZES, ...row }))].join('\n')
}

beforeAll(() => {
  for (const folder of ['truth', 'headless', 'bare']) mkdirSync(join(place.folder, folder))
  place.write('truth/operator_times.csv', kernels())
  place.write('headless/operator_times.csv', kernels().replace('time_s', 'time'))
  place.write('bare/readme.txt', 'nothing here')
})
afterAll(() => place.remove())

describe.concurrent('validate', () => {
  it('prints errors by group, what is doubtful, and reasons with the first place', async () => {
    const { code, stdout, stderr } = await place.run('validate')
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/h100-sxm +bf16 +gemm +2 /)
    expect(stdout).toContain('Doubt: SUSPECT: too good')
    expect(stdout).toMatch(/operators +lab +1 +no device is known as "Nobody 1"\n +operator_times.csv:6/)
    expect(stdout).toMatch(/time_s is 30; no operator takes over 10 s:/)
    expect(stdout).toMatch(/operators +2 .* 1 +2\n/)
    expect(stdout).toContain('no measurements in truth')
    expect(stdout).toContain('Operators have none:')
    expect(Math.max(...stdout.split('\n').map(line => line.length))).toBeLessThanOrEqual(100)
  })

  it('keeps to the device asked for', async () => {
    const at = async (device: string) => (await place.run('validate', '--device', device)).stdout
    expect(await at('h100-sxm')).toMatch(/operators +2 /)
    expect(await at('l40s')).not.toMatch(/operators +gemm/)
  })

  it('writes every comparison, every group and every reason', async () => {
    const { code, stdout } = await place.run(
      'validate',
      '--truth',
      'truth',
      '--only',
      'operators',
      '--out',
      'out',
    )
    expect(code).toBe(0)
    expect(stdout).not.toContain('iterations')
    expect(place.names('out')).toEqual(['comparisons.csv', 'groups.csv', 'unpredicted.csv'])
    const lines = (name: string) =>
      readFileSync(join(place.folder, 'out', name), 'utf8')
        .trim()
        .split('\n')
    expect(['comparisons.csv', 'groups.csv', 'unpredicted.csv'].map(name => lines(name).length)).toEqual([
      4, 3, 3,
    ])
    expect(lines('comparisons.csv')[1]).toMatch(
      /^operators,h100-sxm,,,bf16,gemm,,,"m 64, n 4096, k 4096",0.00001,/,
    )
    expect(lines('unpredicted.csv')[1]).toContain('truth/operator_times.csv:5')
  })

  it.each([
    ['an unknown device', ['--device', 'h100-sx'], '--device', 'did you mean h100-sxm'],
    ['a folder that is not there', ['--truth', 'none'], 'none: there is no such folder'],
    ['a folder without measurements', ['--truth', 'bare'], 'bare: has no such measurements for operators'],
    [
      'a header without a column',
      ['--truth', 'headless'],
      'headless/operator_times.csv:1',
      'time_s',
      'did you mean time',
    ],
    [
      'an unknown test',
      ['--truth', 'truth', '--only', 'operator'],
      '--only has "operator"',
      'did you mean operators?',
    ],
    [
      'an output folder that is a file',
      ['--truth', 'truth', '--out', 'bare/readme.txt'],
      'bare/readme.txt',
      'must be a folder',
    ],
  ])('answers %s with one clear line', async (_, args, ...says) => {
    const { code, stdout, stderr } = await place.run('validate', ...args)
    expect(stderr).toMatch(/^regatta: .*\n$/)
    for (const part of says) expect(stderr).toContain(part)
    expect([code, stdout]).toEqual([2, ''])
  })

  it('explains itself, with its tests and examples', async () => {
    const { code, stdout } = await place.run('validate', '--help')
    expect(code).toBe(0)
    for (const part of ['--truth', '--only', '--out', 'operators', 'power_energy.csv', 'Examples:']) {
      expect(stdout).toContain(part)
    }
  })
})
