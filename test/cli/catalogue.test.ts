import { join } from 'node:path'
import { Command } from 'commander'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { addCatalogueCommand } from '../../src/cli/catalogue.ts'
import { entryColumns } from '../../src/cli/catalogue-columns.ts'
import { CATALOGUE_KINDS, factsIn } from '../../src/scenario/entries.ts'
import { catalogue, messageOf } from '../scenario/helpers.ts'
import { scenario, Workplace } from './program.ts'

const place = new Workplace()
const device = { ...catalogue.devices.get('h100-sxm')!, id: 'my-chip', vendor: 'Me', knownAs: ['MINE'] }
const node = { ...catalogue.nodes.get('aws-p5.48xlarge')!, id: 'my-box', device: 'my-chip' }

beforeAll(() => {
  place.write('my-chip.json', JSON.stringify({ devices: [device], nodes: [node] }))
  place.write('mine.yaml', scenario('aws-p5.48xlarge', 'my-box'))
})
afterAll(() => place.remove())

/** What the command prints, run in this process. */
function list(args: string): string {
  const program = new Command()
  addCatalogueCommand(program)
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true)
  try {
    program.parse(
      ['catalogue', ...args.split(' ')].filter(arg => arg !== ''),
      { from: 'user' },
    )
    return write.mock.calls.map(([text]) => text).join('')
  } finally {
    write.mockRestore()
  }
}

const MINE = `--catalogue ${join(place.folder, 'my-chip.json')}`
const idsOf = (csv: string) =>
  csv
    .trim()
    .split('\n')
    .slice(1)
    .map(line => line.split(',')[0])

describe('the catalogue', () => {
  it('lists devices at a glance', () => {
    const lines = list('').trimEnd().split('\n')
    const line = (id: string) => lines.find(text => text.startsWith(`${id} `))!
    expect(line('b200-sxm')).toMatch(/NVIDIA +gpu +2024 +192 +7700 +2250 +4500 .*measured +18 of 27/)
    expect(line('mtia-2i')).toMatch(/~?128 .* - .*estimate +0 of 12/)
    expect(lines.at(-1)).toBe(`${catalogue.devices.size} of ${catalogue.devices.size} devices`)
    for (const id of catalogue.devices.keys()) expect(line(id)).toBeDefined()
  })

  it.each([
    ['devices --filter vendor=google --csv', ['tpu-v4', 'tpu-v5e', 'tpu-v5p', 'tpu-v6e', 'tpu-v7']],
    ['devices --filter memory_gb>=100 --filter kind=gpu --filter year<2024 --csv', ['gh200', 'mi300x']],
    ['devices --filter H100-SXM5-80GB --csv', ['h100-sxm']],
    ['models --filter kv_heads=latent --csv', ['deepseek-r1', 'deepseek-v3']],
    [
      'devices --grade measured --csv',
      ['a100-80g-sxm', 'b200-sxm', 'gb200-nvl72', 'h100-sxm', 'h200-sxm', 'l40s', 'rtx-pro-6000'],
    ],
    [`devices --filter my-chip --csv ${MINE}`, ['my-chip']],
  ])('%s', (args, ids) => {
    expect(idsOf(list(args))).toEqual(ids)
  })

  it('gives whole entries as JSON', () => {
    expect(JSON.parse(list('nodes --filter device=a40 --json'))).toEqual([
      catalogue.nodes.get('a40-server-8x'),
    ])
  })

  it('shows every fact of an entry with its source', () => {
    const stdout = list(`show MINE ${MINE}`)
    expect(stdout).toMatch(/^my-chip: device\nvendor +Me\n/)
    expect(stdout).toMatch(/\nin nodes +my-box\n/)
    expect(stdout).toMatch(/\noperators\.gemm\.bf16\.compute +0\.788 +measured +operators\n/)
    for (const [path] of factsIn(device)) expect(stdout).toContain(path.join('.'))
    for (const key of Object.keys(device.sources)) expect(stdout).toContain(`\n${key}: `)
  })

  it('runs a scenario on hardware of one JSON file', async () => {
    const { stdout, code } = await place.run('race', 'mine.yaml', '--catalogue', 'my-chip.json')
    expect(stdout).toContain('(1 x my-box)')
    expect(code).toBe(0)
  })

  it.each([
    ['devises', 'no kind of entry is called "devises": did you mean devices?'],
    ['l40s', 'to see one entry: regatta catalogue show l40s'],
    ['show l4os', 'no entry is called "l4os": did you mean'],
    ['show', 'show needs the id of an entry'],
    ['devices --filter memory>3', 'devices have no memory; did you mean memory_gb?'],
    ['devices --filter=', '--filter is empty'],
    ['show trainum2', 'did you mean trainium2 or trainium1'],
    ['devices --filter year>new', '"new" must be a number after >'],
    ['models --grade paper', 'models are sizes without grades'],
    ['--catalogue none.json', 'catalogue none.json: there is no such folder or file'],
  ])('answers the mistake of %s ', (args, message) => {
    expect(messageOf(() => list(args))).toContain(message)
  })

  it('ends with code 2 after a mistake', async () => {
    const { stdout, stderr, code } = await place.run('catalogue', 'show', 'h100-sxn')
    expect(stderr).toMatch(/^regatta: no entry is called .*did you mean h100-sxm.*\n$/)
    expect(stdout).toBe('')
    expect(code).toBe(2)
  })
})

describe.each(CATALOGUE_KINDS)('the columns of %s', kind => {
  it('begin with the id and have names of their own', () => {
    const names: string[] = entryColumns[kind].map(({ name }) => name)
    expect(names[0]).toBe('id')
    expect(new Set(names).size).toBe(names.length)
    for (const name of names) expect(name).toMatch(/^\w+$/)
  })
})
