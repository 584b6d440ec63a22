import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Command } from 'commander'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addCheckCommand } from '../../src/cli/check.ts'
import { addColumnsCommand } from '../../src/cli/columns.ts'
import { addPoliciesCommand } from '../../src/cli/policies.ts'
import { addRaceCommand } from '../../src/cli/race.ts'
import { addRunCommand } from '../../src/cli/run.ts'
import { addSchemaCommand } from '../../src/cli/schema.ts'
import { orders } from '../../src/ordering/registry.ts'
import { csvFiles } from '../../src/results/columns/files.ts'
import { policies } from '../../src/routing/registry.ts'
import { APART, ended, SCENARIO, scenario, Workplace } from './program.ts'

const place = new Workplace()
beforeAll(() => {
  place.write('good.yaml', SCENARIO)
  place.write('long.yaml', scenario('requests: 200', 'requests: 1000000'))
  place.write('apart.yaml', APART)
  place.write('mine.ts', 'export default ({ cluster }) => () => cluster.replicas - 1\n')
  place.write('throws.ts', "export default () => function wrong() { throw new Error('oops') }\n")
})
afterAll(() => place.remove())

function read(path: string): string {
  return readFileSync(join(place.folder, path), 'utf8')
}

describe.concurrent('the program', () => {
  it("races policies, the user's own among them, and writes the results", async () => {
    const args = ['race', 'good.yaml', '--policy', './mine.ts', '--requests']
    const { code, stdout, stderr } = await place.run(...args, '--out', 'first/results')
    expect([code, stderr]).toEqual([0, ''])
    for (const text of [
      'tiny: 3 policies',
      'power-of-two',
      'mine.ts',
      '*',
      'same for every policy',
      'estimates',
    ])
      expect(stdout).toContain(text)
    const names = [
      'manifest.json',
      'ranges.csv',
      'replicas.csv',
      'requests.csv',
      'summary.csv',
      'timeseries.csv',
    ]
    expect(place.names('first/results')).toEqual(names)
    expect(place.names('first')).toEqual(['results'])
    const rows = read('first/results/summary.csv').trimEnd().split('\n')
    expect(rows[0]).toBe(csvFiles['summary.csv'].columns.map(({ name }) => name).join())
    expect(rows.slice(1).map(row => row.split(',')[0])).toEqual(['random', 'power-of-two', 'mine.ts'])
    expect(read('first/results/requests.csv').trimEnd().split('\n')).toHaveLength(1 + 3 * 200)

    await place.run(...args, '--out', 'second')
    for (const name of names) expect(read(`second/${name}`)).toBe(read(`first/results/${name}`))
  })

  it('says in the manifest what results were made from', async () => {
    await place.run(
      'run',
      'good.yaml',
      '--policy',
      'power-of-two:choices=3',
      '--seed',
      '7',
      '--out',
      'manifest',
    )
    const manifest = JSON.parse(read('manifest/manifest.json'))
    expect(manifest).toMatchObject({
      scenario: { file: 'good.yaml', resolved: { name: 'tiny', seed: 7 } },
      seed: 7,
      policies: [{ name: 'power-of-two', options: { choices: 3 } }],
      stances: ['given'],
      grade: 'estimate',
    })
    expect(manifest.scenario.sha256).toMatch(/^[0-9a-f]{64}$/)
    expect(manifest.workload.hash).toMatch(/^[0-9a-f]{16}$/)
    expect(manifest.estimates.length).toBeGreaterThan(3)
  })

  it('is quiet when piped: no colours, no bar', async () => {
    const { stdout, stderr } = await place.run('race', 'good.yaml', '--no-ranges')
    expect(stdout).not.toContain('\u001b')
    expect(stderr).toBe('')
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(120)
  })

  it('finds the load at the SLO', async () => {
    const { code, stdout } = await place.run('race', 'good.yaml', '--at-slo', '--no-ranges', '--out', 'slo')
    expect(code).toBe(0)
    expect(stdout).toContain('At the SLO')
    expect(read('slo/at-slo.csv').split('\n')[0]).toMatch(/^rate_at_slo_rps,load_at_slo,bound,policy,/)
  })

  it('checks a scenario: fleet, workload, defaults and evidence', async () => {
    const { code, stdout } = await place.run('check', 'good.yaml', '--load', '0.25')
    expect(code).toBe(0)
    for (const text of ['tiny is valid', '3 replicas', 'load 25.0 %', 'warmup_s', 'weakest grade'])
      expect(stdout).toContain(text)
  })

  it('tells what KV took from replica to replica', async () => {
    const { code, stdout } = await place.run('race', 'apart.yaml', '--no-ranges', '--out', 'apart')
    expect(code).toBe(0)
    expect(stdout).toMatch(
      /KV goes +from prompts to decodes, elsewhere, chosen when the prompt is computed by the policy raced\n/,
    )
    expect(stdout).toMatch(/KV transfers, mean ms \(times what they take alone\): random [\d.]+ \(1\.\d\d\)/)
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(120)
    expect(place.names('apart')).toContain('links.csv')
    const [header, ...links] = read('apart/links.csv').trimEnd().split('\n')
    expect(header).toBe(csvFiles['links.csv'].columns.map(({ name }) => name).join())
    expect(links.map(link => link.split(',').slice(0, 2).join())).toContain(
      'random,aws-p5.48xlarge-0 nic-out',
    )
    await place.run('race', 'good.yaml', '--no-ranges', '--out', 'apart')
    expect(place.names('apart')).not.toContain('links.csv')
  })

  it('names tenants, whether anything acts on them or not', async () => {
    place.write(
      'tenants.yaml',
      scenario('  load: 0.5', '  transform: [{ tag: { tenant: acme } }]\n  load: 0.5'),
    )
    await place.run('run', 'tenants.yaml', '--policy', 'random', '--requests', '--out', 'tenants')
    const [header, first] = read('tenants/requests.csv').split('\n')
    expect(first.split(',')[header.split(',').indexOf('tenant')]).toBe('acme')
  })

  it('takes a trace in place of the workload', async () => {
    place.write(
      't.csv',
      'TIMESTAMP,ContextTokens,GeneratedTokens\n2026-01-01 00:00:00,9,5\n2026-01-01 00:00:01,9,5\n',
    )
    const trace = ['--trace', 't.csv', '--class', 'code', '--requests', '--out', 'traced']
    const { code } = await place.run('run', 'good.yaml', '--policy', 'random', ...trace)
    expect(code).toBe(0)
    expect(read('traced/requests.csv')).toContain('random,1,code,')
  })

  it('documents every column and every policy', async () => {
    const columns = await place.run('columns', '--markdown')
    for (const [name, file] of Object.entries(csvFiles)) {
      expect(columns.stdout).toContain(`## ${name}`)
      for (const column of file.columns) expect(columns.stdout).toContain(`| \`${column.name}\` |`)
    }
    const list = await place.run('policies')
    for (const name of Object.keys({ ...policies, ...orders })) expect(list.stdout).toContain(name)
    expect(JSON.parse((await place.run('schema')).stdout)).toHaveProperty('anyOf')
  })

  it('has help with examples', async () => {
    const { code, stdout } = await place.run('--help')
    expect(code).toBe(0)
    expect(stdout).toMatch(/Examples:\n {2}regatta /)
  })

  it('shows where a policy threw when asked to', async () => {
    const { code, stderr } = await place.run('run', 'good.yaml', '--policy', './throws.ts', '--debug')
    expect(code).toBe(2)
    expect(stderr).toMatch(/at wrong .*throws\.ts/)
  })

  it('leaves nothing behind when interrupted', async () => {
    const child = place.start('run', 'long.yaml', '--policy', 'random', '--out', 'interrupted', '--requests')
    const end = ended(child)
    while (!place.names().some(name => name.startsWith('.interrupted'))) await pause(20)
    await pause(200)
    child.kill('SIGINT')
    expect((await end).code).toBe(130)
    expect(place.names().filter(name => name.includes('interrupted'))).toEqual([])
  })

  it('ends quietly when its reader has had enough', async () => {
    const child = place.start('columns')
    child.stdout?.once('data', () => child.stdout?.destroy())
    const { code, stderr } = await ended(child)
    expect([code, stderr]).toEqual([0, ''])
  })
})

describe('every command', () => {
  const program = new Command('regatta')
  for (const add of [
    addCheckCommand,
    addRunCommand,
    addRaceCommand,
    addPoliciesCommand,
    addColumnsCommand,
    addSchemaCommand,
  ])
    add(program)

  it.each(program.commands.map(command => [command.name(), command] as const))(
    '%s has examples',
    (name, command) => {
      let help = ''
      command.configureOutput({
        writeOut: text => {
          help += text
        },
      })
      command.outputHelp()
      expect(help).toContain(`Examples:\n  regatta ${name}`)
      expect(command.description()).toMatch(/^[a-z]/)
    },
  )
})

function pause(ms: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, ms))
}
