import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { type Prepared, prepare } from '../../src/experiments/prepare.ts'
import { race, type Standing } from '../../src/experiments/race.ts'
import { loadPolicy } from '../../src/routing/load.ts'
import { loadCatalogue, loadScenario, traceOpener } from '../../src/scenario/files.ts'
import { SHIPPED_CATALOGUE } from '../../src/scenario/shipped.ts'

const at = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url))
const EXAMPLES = ['greedy', 'stateful', 'learning'] as const

function shipped(name: string): Promise<Prepared> {
  const file = at(`configs/scenarios/${name}.yaml`)
  return prepare(loadScenario(file), loadCatalogue([SHIPPED_CATALOGUE]), traceOpener(file))
}

async function standings(prepared: Prepared, example: string, ...others: string[]): Promise<Standing[]> {
  const entry = await loadPolicy(at(`configs/policies/${example}.ts`))
  const known = others.map(name => ({ name, label: name }))
  return race(prepared.course, [{ name: `${example}.ts`, label: example, entry }, ...known])
}

describe('the page on policies', () => {
  const page = readFileSync(at('src/routing/README.md'), 'utf8')

  it('shows the examples as they are', () => {
    const blocks = [...page.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, code]) => code)
    expect(blocks).toEqual(EXAMPLES.map(name => readFileSync(at(`configs/policies/${name}.ts`), 'utf8')))
  })

  it('names every question that the contract has, and none beside', () => {
    const contract = readFileSync(at('src/routing/contract.ts'), 'utf8')
    const asked = ['RequestView', 'ClusterView', 'PolicySetup'].flatMap(name => questionsOf(contract, name))
    const kept = ['onScore', 'prefixBlockTokens', 'release', 'flowGraph', 'sizedRequestsPerS']
    const missing = asked.filter(name => !kept.includes(name) && !new RegExp(`\`${name}\\b`).test(page))
    expect(asked).toContain('expectedE2eS')
    expect(missing).toEqual([])
  })
})

/** Names of an interface's members. */
function questionsOf(contract: string, name: string): string[] {
  const [, body] = new RegExp(`^export interface ${name} \\{\\n([\\s\\S]*?)^\\}`, 'm').exec(contract)!
  return [...body.matchAll(/^ {2}(?:readonly )?(\w+)\??[(:]/gm)].map(([, member]) => member)
}

describe('the examples do what the page says', () => {
  let mixed: Prepared
  beforeAll(async () => {
    mixed = await shipped('mixed-fleet')
  })

  it('greedy decides as least-expected-latency', async () => {
    const [greedy, known] = await standings(mixed, 'greedy', 'least-expected-latency')
    expect(greedy.figures).toEqual(known.figures)
  })

  it('stateful finds prefixes again', async () => {
    const sessions = await shipped('prefix-routing')
    const [stateful, random] = await standings(sessions, 'stateful', 'random')
    expect(stateful.figures.prefixHitShare).toBeCloseTo(0.79, 2)
    expect(random.figures.prefixHitShare).toBeCloseTo(0.44, 2)
  })

  it('learning learns hardware apart', async () => {
    const [learning, fewest, random] = await standings(mixed, 'learning', 'least-requests', 'random')
    expect(learning.figures.attainment).toBeCloseTo(0.996, 2)
    expect(fewest.figures.attainment).toBeCloseTo(0.935, 2)
    expect(random.figures.attainment).toBeCloseTo(0.505, 2)
  })
})
