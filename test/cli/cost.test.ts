import { join } from 'node:path'
import { Command } from 'commander'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { addCostCommand } from '../../src/cli/cost.ts'
import { catalogue, messageOf } from '../scenario/helpers.ts'
import { Workplace } from './program.ts'

const place = new Workplace()
afterAll(() => place.remove())

/** What the command prints, run in this process. */
function cost(args: string): string {
  const program = new Command().exitOverride()
  addCostCommand(program)
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true)
  try {
    program.parse(['cost', ...args.split(' ')], { from: 'user' })
    return write.mock.calls.map(([text]) => text).join('')
  } finally {
    write.mockRestore()
  }
}

/** Rows of the CSV by terms. */
function rows(args: string): Map<string, Record<string, string>> {
  const [head, ...lines] = cost(`${args} --csv`).trim().split('\n')
  const cells = lines.map(line => line.match(/("[^"]*"|[^,]*)(,|$)/g)!.map(cell => cell.replace(/,$|"/g, '')))
  const names = head.split(',')
  return new Map(cells.map(row => [row[1], Object.fromEntries(names.map((name, i) => [name, row[i]]))]))
}

describe('regatta cost', () => {
  it('shows all terms side by side, and says why one has no price', () => {
    const text = cost('dgx-hgx-h100-8x')
    expect(text).toMatch(
      /^dgx-hgx-h100-8x \(8 x h100-sxm\) in us-virginia \(0\.085 \$\/kWh\), busy 60\.0 % of the time\n/,
    )
    expect(text).toMatch(/\nowned, hyperscaler +10\.4 +1\.30 +5\.30 .* estimate\n/)
    expect(text).toMatch(/\nreserved +18\.8 +2\.35 +- /)
    expect(text).toMatch(/\nspot +- +- /)
    expect(text).toContain(
      '\nspot: no spot price of dgx-hgx-h100-8x is known without a date; known: on-demand',
    )
    expect(text).toMatch(/\non-demand: estimate: .*cost of owning/)
  })

  it('adds parts and energy up to the whole, and the devices to the node', () => {
    const row = rows('dgx-hgx-b200-8x --basis owned --owner neocloud --utilisation 0.3').get(
      'owned, neocloud',
    )!
    const parts = ['depreciation', 'capital', 'network', 'maintenance', 'colocation', 'energy']
    const sum = parts.reduce((total, part) => total + Number(row[`${part}_usd_per_hour`]), 0)
    expect(sum).toBeCloseTo(Number(row.usd_per_hour), 9)
    expect(8 * Number(row.usd_per_device_hour)).toBeCloseTo(Number(row.usd_per_hour), 9)
    expect(Number(row.energy_usd_per_hour)).toBeCloseTo(0.085 * Number(row.kwh_per_hour), 9)
  })

  it('counts energy and carbon at the meter of the region, by how busy the node is', () => {
    // Idle 8 x 75 + 1600 W, busy 7500 W.
    const at = (args: string) =>
      rows(`dgx-hgx-h100-8x --owner hyperscaler ${args}`).get('owned, hyperscaler')!
    expect(Number(at('--utilisation 0').kwh_per_hour)).toBeCloseTo(2.2 * 1.12, 9)
    expect(Number(at('--utilisation 1 --pue 1.5').kwh_per_hour)).toBeCloseTo(7.5 * 1.5, 9)
    expect(Number(at('--utilisation 1').operational_grams_per_hour)).toBeCloseTo(7.5 * 1.12 * 323.05, 6)
    const quebec = at('--utilisation 1 --region canada-quebec')
    expect(Number(quebec.operational_grams_per_hour)).toBeCloseTo(7.5 * 1.12 * 5.48, 6)
    expect(Number(quebec.energy_usd_per_hour)).toBeCloseTo(7.5 * 1.12 * 0.04, 9)
    const life = Number(at('--years 3').embodied_grams_per_hour)
    expect(life).toBeCloseTo(4_250_000 / (3 * 8760), 9)
  })

  it('takes rents as they were known on a date, of one market or of all', () => {
    const aws = rows('aws-p5.48xlarge --basis on-demand --date 2024-06')
    expect([...aws.keys()]).toEqual(['on-demand, aws'])
    expect(Number(aws.get('on-demand, aws')!.usd_per_hour)).toBeCloseTo(98.32, 9)
    const all = rows('dgx-hgx-h100-8x --date 2026-03')
    expect(Number(all.get('reserved, one-year-index')!.usd_per_hour)).toBeCloseTo(18.8, 9)
    expect(all.get('on-demand, median')!.usd_per_hour).toBe('')
    expect(all.size).toBeGreaterThan(10)
    expect(cost('dgx-hgx-h100-8x --date 2026-03')).toContain(
      '\non-demand, median: no price in market median is known by 2026-03; the first is of 2026-05\n',
    )
  })

  it('takes estimates at the end of their ranges that is asked for', () => {
    const usd = (stance: string) =>
      Number(rows(`dgx-hgx-h100-8x --owner neocloud --stance ${stance}`).get('owned, neocloud')!.usd_per_hour)
    expect(usd('optimistic')).toBeLessThan(usd('given'))
    expect(usd('given')).toBeLessThan(usd('pessimistic'))
  })

  it('knows owners of a catalogue of your own', () => {
    const { id: _, ...neocloud } = catalogue.owners.get('neocloud')!
    const mine = { ...neocloud, id: 'me', pue: { value: 2, grade: 'measured', source: 'pue' } }
    place.write('me.json', JSON.stringify({ owners: [mine] }))
    const all = rows(`dgx-hgx-h100-8x --basis owned --catalogue ${join(place.folder, 'me.json')}`)
    const energy = (owner: string) => Number(all.get(`owned, ${owner}`)!.energy_usd_per_hour)
    expect(energy('me') / energy('neocloud')).toBeCloseTo(2 / 1.27, 9)
  })

  it('names nodes where there are several', () => {
    const text = cost('dgx-hgx-h100-8x mi325x-server-8x --basis owned')
    expect(text).toMatch(/\nmi325x-server-8x +owned, neocloud +11\./)
    expect(text).toMatch(/\ndgx-hgx-h100-8x +owned, hyperscaler +10\.4/)
  })

  it.each([
    [
      'dgx-hgx-h100-8',
      'cost: node is "dgx-hgx-h100-8"; no node is called that: did you mean dgx-hgx-h100-8x',
    ],
    [
      'aws-p5.48xlarge --region us-virgina',
      '--region is "us-virgina"; no region is called that: did you mean us-virginia?',
    ],
    ['aws-p5.48xlarge --owner me', 'owner is "me"; no owner is called that: known: hyperscaler, neocloud'],
    ['aws-p5.48xlarge --basis spot', 'no spot price of aws-p5.48xlarge is known without a date'],
    [
      'aws-p5.48xlarge --basis on-demand --date 2020',
      'no price in market aws is known by 2020; the first is of 2023-07',
    ],
    [
      'aws-p5.48xlarge --date 2024-13',
      '--date: "2024-13" is no date; must be like 2026, 2026-03 or 2026-03-31',
    ],
    ['aws-p5.48xlarge --market aws', '--market aws needs --date'],
    [
      'aws-p5.48xlarge --owner neocloud --basis spot',
      '--owner neocloud is for owned nodes, not for --basis spot',
    ],
    ['aws-p5.48xlarge --basis owned --date 2024', '--date 2024 is for rents'],
    [
      'meta-mtia2i-server --basis owned',
      'meta-mtia2i-server cannot be owned, its capexUsd is not known; known: nothing',
    ],
  ])('answers the mistake of %s', (args, message) => {
    expect(messageOf(() => cost(args))).toContain(message)
  })

  it('ends with code 2 after a mistake, and with 0 for help with examples', async () => {
    const wrong = await place.run('cost', 'h100')
    expect(wrong).toMatchObject({ code: 2, stdout: '' })
    expect(wrong.stderr).toMatch(/^regatta: cost: node is "h100"/)
    const help = await place.run('cost', '--help')
    expect(help.code).toBe(0)
    expect(help.stdout).toContain('regatta cost my-box --basis on-demand --date 2024-06')
  })
})
