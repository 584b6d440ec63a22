import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { breakEvenFiles } from '../../src/cli/break-even-columns.ts'
import { loadSentence, pairText } from '../../src/cli/break-even-sentences.ts'
import { pairsOf, sidesOf } from '../../src/cli/break-even-sides.ts'
import { breakEvenText } from '../../src/cli/break-even-text.ts'
import { allPairs } from '../../src/planning/fleets/break-even.ts'
import { mixNodes } from '../../src/planning/fleets/break-even-nodes.ts'
import type { LeftOut } from '../../src/planning/fleets/contract.ts'
import { fast, planText, SLOW, toyPlan } from '../planning/fleets/toys.ts'
import { messageOf } from '../scenario/helpers.ts'
import { Workplace } from './program.ts'

const place = new Workplace()
afterAll(() => place.remove())

const TWO_WAYS = SLOW.replace('tp: 8', 'tp: [4, 8]')
const UNPRICED = SLOW.replace('    usd_per_hour: 10\n', '').replace('slow', 'dateless')
const SPOT = 'tariff: { basis: spot }\n'

function rowsOf(path: string): Record<string, string>[] {
  const [header, ...lines] = readFileSync(join(place.folder, path), 'utf8').trimEnd().split('\n')
  return lines.map(line => Object.fromEntries(line.split(',').map((cell, i) => [header.split(',')[i], cell])))
}

describe.concurrent('regatta break-even', () => {
  it('tells of all pairs and writes them, with what cannot be compared named', async () => {
    place.write('toy.yaml', planText({ candidates: [SLOW, fast(15), UNPRICED], more: SPOT }))
    const { code, stdout, stderr } = await place.run('break-even', 'toy.yaml', '--out', 'out')
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toContain('toy, seed 1; all requests for llama-3.1-8b: 25.0 requests/s')
    expect(stdout).toMatch(/^slow +fast +slow +9\.\d+ +0\.03\d+ +fast +29\.\d+ +0\.10\d+ +3 : 2 +14\.\d+$/m)
    expect(stdout).toMatch(/^dateless: no spot price of aws-p5\.48xlarge/m)
    expect(place.names('out')).toEqual(['break-even.csv', 'manifest.json'])
    const rows = rowsOf('out/break-even.csv')
    expect(Object.keys(rows[0])).toEqual(breakEvenFiles['break-even.csv'].columns.map(({ name }) => name))
    expect(rows.map(({ counting }) => counting)).toEqual(['whole', 'divisible'])
    expect(rows[0]).toMatchObject({
      ...{ option_a: 'slow', option_b: 'fast', best_uses: 'yes' },
      ...{ cheaper_at_small_load: 'slow', cheaper_at_large_load: 'fast' },
      ...{ nodes_a_at_large: '3', nodes_b_at_large: '2', plan_nodes_a: '3', plan_nodes_b: '2' },
      ...{ b_usd_per_node_hour: '15', large_flips_in_range: 'no' },
    })
    expect(Number(rows[0].large_rps) / Number(rows[0].full_rps_a)).toBeCloseTo(3, 9)
    expect(Number(rows[0].large_break_even_usd_per_node_hour)).toBeCloseTo(20, 9)
    const manifest = JSON.parse(readFileSync(join(place.folder, 'out/manifest.json'), 'utf8'))
    expect(manifest).toMatchObject({ break_even: { between: null }, left_out: [{ name: 'dateless' }] })

    const again = await place.run('break-even', 'toy.yaml', '--out', 'out', '--between', 'fast,slow')
    expect([again.code, again.stderr]).toEqual([0, ''])
    expect(rowsOf('out/break-even.csv')[0]).toMatchObject({ option_a: 'fast', option_b: 'slow' })
  })

  it.each([
    ['an unknown name', ['--between', 'slow,fsat'], /the plan has no option "fsat"; did you mean fast\?/],
    [
      'an option without a price',
      ['--between', 'slow,dateless'],
      /--between slow,dateless: cannot be compared; dateless: no spot price/,
    ],
    [
      'a folder of other results',
      ['--out', 'other'],
      /--out other: has a manifest\.json that no break-even wrote/,
    ],
  ])('with %s is refused with code 2, and leaves no folder', async (what, flags, says) => {
    const name = `${what.replaceAll(' ', '-')}.yaml`
    place.write(name, planText({ candidates: [SLOW, fast(15), UNPRICED], more: SPOT }))
    place.write('other/manifest.json', '{"plan": {}}')
    const out = flags.includes('--out') ? [] : ['--out', `${name}-out`]
    const { code, stdout, stderr } = await place.run('break-even', name, ...flags, ...out)
    expect(stderr).toMatch(says)
    expect([code, stdout]).toEqual([2, ''])
    expect(place.names()).not.toContain(`${name}-out`)
  })

  it('shows with --help how to ask', async () => {
    const { code, stdout } = await place.run('break-even', '--help')
    expect(code).toBe(0)
    for (const text of ['--between <a,b>', '--between old,new', '--out results/break-even']) {
      expect(stdout).toContain(text)
    }
  })
})

describe('what --between names', () => {
  const plan = toyPlan({ candidates: [TWO_WAYS, fast(15)] })
  const names = (text: string) => sidesOf(text, plan).map(({ options }) => options.map(({ name }) => name))

  it('is an option, or a candidate with all ways to use it', () => {
    expect(names('slow tp8, fast')).toEqual([['slow tp8'], ['fast']])
    expect(names('fast,slow')).toEqual([['fast'], ['slow tp4', 'slow tp8']])
    expect(names('slow tp4,slow tp8')).toEqual([['slow tp4'], ['slow tp8']])
  })

  it.each([
    ['slow', /^--between is "slow"; must be two names, as in slow tp4,fast$/],
    ['slow,', /^--between is "slow,"; must be two names/],
    ['a,b,c', /^--between is "a,b,c"; must be two names/],
    ['fast,fast', /names fast twice; must be two different ones$/],
    ['slow tp8,fst', /^--between: the plan has no option "fst"; did you mean fast\?$/],
  ])('is not %s', (text, says) => {
    expect(messageOf(() => sidesOf(text, plan))).toMatch(says)
  })

  it('is nothing that cannot be had yet', () => {
    const more = 'tariff: { basis: on-demand, date: "2026" }\n'
    const late = fast(15).replace('name: fast', 'name: late\n    from: "2027"')
    const early = toyPlan({ candidates: [SLOW, late], more })
    expect(messageOf(() => sidesOf('slow,late', early))).toMatch(/--between: late can be had from 2027 on/)
  })
})

describe('pairs', () => {
  it('of options that serve different models are an error', async () => {
    const plan = toyPlan({ candidates: [SLOW, fast(15)] })
    const { nodes } = await mixNodes(plan, plan.options)
    const apart = [nodes[0], { ...nodes[1], mix: { ...nodes[1].mix, model: 'other' } }]
    const sides = sidesOf('slow,fast', plan)
    expect(pairsOf({ nodes, leftOut: [] }, sides)).toHaveLength(1)
    expect(messageOf(() => pairsOf({ nodes: apart, leftOut: [] }, sides))).toMatch(
      /^--between slow,fast: cannot be compared: they serve different models$/,
    )
  })

  it('that there are none of are an error that says why of each option', () => {
    const leftOut = [{ name: 'x', why: 'has no price' }]
    expect(messageOf(() => pairsOf({ nodes: [], leftOut }))).toMatch(
      /0 of the plan's options can be compared; must be 2 or more[^;]*; x: has no price$/,
    )
  })
})

async function toyPairs(candidates: readonly string[]) {
  const plan = toyPlan({ candidates })
  const { nodes } = await mixNodes(plan, plan.options)
  return { spec: plan.spec, nodes, pairs: allPairs(nodes), leftOut: [] as LeftOut[] }
}

describe('sentences', () => {
  it('say who is cheaper up to and from which load, with the nodes of each', async () => {
    const { pairs } = await toyPairs([SLOW, fast(15)])
    expect(loadSentence(pairs[0], 'whole')).toMatch(
      /^slow is cheaper up to 9\.\d+ requests\/s \(0\.0\d+ Mtok\/h; 1 of slow, 1 of fast\), and fast from 29\.\d requests\/s \(0\.10\d Mtok\/h; 3 of slow, 2 of fast\) on; in between/,
    )
    expect(loadSentence(pairs[0], 'divisible')).toMatch(/^slow is cheaper up to 14\.\d .*; above it fast$/)
    const text = pairText(pairs[0])
    expect(text).toMatch(/3 nodes of slow, 30\.0 \$\/h, or 2 nodes of fast, 30\.0 \$\/h/)
    expect(text).toMatch(
      /fast is 15\.0 \$\/h today \(no range given\); both cost the same at 20\.0 \$\/h at large load, at 15\.0 \$\/h at the plan's: no price in the range changes who is cheaper/,
    )
    expect(text).toMatch(/fast takes 0\.5\d+ times the joules of one of slow per token/)
  })

  it('say that one is cheaper at any load, that both are the same, and that it goes on changing', async () => {
    const { pairs } = await toyPairs([SLOW, fast(8)])
    expect(loadSentence(pairs[0], 'whole')).toBe('fast is cheaper at any load')
    const twins = await toyPairs([SLOW, SLOW.replace('slow', 'twin')])
    expect(loadSentence(twins.pairs[0], 'whole')).toBe('both cost the same at any load')
    const even = await toyPairs([SLOW, fast(20)])
    expect(loadSentence(even.pairs[0], 'whole')).toMatch(
      /full nodes cost the same per token, so neither stays/,
    )
    expect(loadSentence(even.pairs[0], 'divisible')).toMatch(/; above it both cost the same$/)
  })

  it('say where a node would be dearer even for nothing', async () => {
    const { pairs } = await toyPairs([fast(1), SLOW])
    const largeLoadPrice = { breakEvenUsd: -1, isFlipped: false }
    expect(pairText({ ...pairs[0], largeLoadPrice })).toMatch(/not even if it were free at large load/)
  })
})

describe('the text', () => {
  it('has of all pairs those of the best uses of two kinds', async () => {
    const text = breakEvenText({ ...(await toyPairs([TWO_WAYS, fast(15)])), isAsked: false })
    expect(text.match(/^slow tp4 +fast /gm)).toHaveLength(2)
    expect(text).not.toMatch(/^slow tp8 +fast /m)
    expect(text).toMatch(/^slow tp8 +10\.0 /m)
  })

  it('says what to do where all options are of one kind', async () => {
    const text = breakEvenText({ ...(await toyPairs([TWO_WAYS])), isAsked: false })
    expect(text).toMatch(/^All options are of one kind of node: --between compares two of them/m)
  })
})

it('every column says what it means, under a name of its own', () => {
  const { columns } = breakEvenFiles['break-even.csv']
  expect(new Set(columns.map(({ name }) => name)).size).toBe(columns.length)
  expect(columns.every(({ about }) => about.length > 5)).toBe(true)
})
