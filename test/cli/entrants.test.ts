import { relative } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { entrantsOf, policySpecs } from '../../src/cli/entrants.ts'
import { loadPrepared } from '../../src/cli/scenario.ts'
import { scenario, Workplace } from './program.ts'

const place = new Workplace()
const file = `${place.folder}/s.yaml`
beforeAll(() => {
  place.write('s.yaml', scenario('[random,', '[./mine.ts,'))
  place.write(
    'mine.ts',
    'export const options = { share: { about: "x", max: 1 } }\nexport default () => () => 0\n',
  )
})
afterAll(() => place.remove())

async function entrants(...texts: string[]) {
  const loaded = await loadPrepared(file, {})
  return entrantsOf(loaded, texts.length > 0 ? policySpecs(texts, file) : loaded.parsed.scenario.policies)
}

describe('policies of the command line', () => {
  it('are names and files, with options behind', () => {
    expect(policySpecs(['random', 'power-of-two:choices=3'], file)).toEqual([
      'random',
      { name: 'power-of-two', choices: 3 },
    ])
    expect(policySpecs(['length-split:threshold_tokens=5:gpu_takes_long=0'], file)).toEqual([
      { name: 'length-split', threshold_tokens: 5, gpu_takes_long: 0 },
    ])
  })

  it('count files from the working directory, and name them as the scenario would', () => {
    const deep = relative('', `${place.folder}/deep/mine.ts`)
    expect(policySpecs([`${deep}:share=1`], file)).toEqual([{ name: 'deep/mine.ts', share: 1 }])
    expect(policySpecs([`${place.folder}/deep/mine.ts`], file)).toEqual([`${place.folder}/deep/mine.ts`])
  })

  it.each([
    ['randon:share=1', /no policy 'randon'; did you mean random/],
    ['randon', /no policy 'randon'; did you mean random/],
    ['power-of-two:choices=many', /policy power-of-two: option choices is "many"; must be a number/],
  ])('%s is a mistake', (text, message) => {
    expect(() => policySpecs([text], file)).toThrow(message)
  })
})

describe('what is no policy', () => {
  const at = (name: string) => `${place.folder}/${name}`

  it('is told what was looked for, and which file may be meant', () => {
    const looked =
      "no policy 'mene': nothing built in is called that, no package of that name is found from .*, and files are named with .ts, .js, .mjs or .cjs"
    expect(() => policySpecs(['mene'], file)).toThrow(new RegExp(`${looked}; regatta policies lists what is`))
    const unended = 'configs/policies/greedy'
    expect(() => policySpecs([unended], file)).toThrow(
      /no policy 'configs\/policies\/greedy': .*; did you mean configs\/policies\/greedy\.ts\?$/,
    )
  })

  it.each([
    ['mine', /there is no such file; files are named with .*; did you mean .*\/mine\.ts\?$/],
    ['mime.ts', /there is no such file; did you mean .*\/mine\.ts\?$/],
    ['', /it is a folder; .*; did you mean .*\/mine\.ts\?$/],
    ['s.yaml', /no policy can be in it; files are named with \.ts/],
    ['none/mine.ts', /there is no such file, nor a folder .*\/none$/],
  ])('is told which file may be meant: %s', async (name, mistake) => {
    await expect(entrants(at(name))).rejects.toThrow(mistake)
    await expect(entrants(at(name))).rejects.toThrow(`policy ${at(name)}: `)
  })

  it('has its options told apart by where they are given', async () => {
    place.write('optioned.yaml', scenario('[random,', '[{ name: ./mine.ts, shore: 1 },'))
    const loaded = await loadPrepared(at('optioned.yaml'), {})
    await expect(entrantsOf(loaded, loaded.parsed.scenario.policies)).rejects.toThrow(
      /optioned\.yaml:\d+:\d+: policies\[0\]: mine\.ts has no option 'shore'; did you mean share\?/,
    )
    await expect(entrants(`${at('mine.ts')}:shore=1`)).rejects.toThrow(/^mine\.ts has no option 'shore'/)
    expect(() => policySpecs([`${at('mine.ts')}:share=x`], file)).toThrow(
      /^policy mine\.ts: option share is "x"/,
    )
  })
})

describe('policies of the scenario on the command line', () => {
  type Specs = NonNullable<Parameters<typeof policySpecs>[2]>
  const mixed = { name: 'llm-d default', scorers: { 'queue-scorer': 1 }, picker: 'max-score-picker' }
  const given = ['random', mixed, { name: 'power-of-two', choices: 3 }] as unknown as Specs

  it('are named as results name them', () => {
    expect(policySpecs(['llm-d default', 'round-robin'], file, given)).toEqual([mixed, 'round-robin'])
    const twins = [...given, { name: 'power-of-two', choices: 4 }] as Specs
    expect(policySpecs(['power-of-two choices=4'], file, twins)).toEqual([twins[3]])
  })

  it('do not take the place of the registry', () => {
    expect(policySpecs(['power-of-two'], file, given)).toEqual(['power-of-two'])
  })

  it('are suggested where none is called so', () => {
    expect(() => policySpecs(['llm-d defualt'], file, given)).toThrow(/did you mean llm-d default/)
  })
})

describe('entrants', () => {
  const mine = `${place.folder}/mine.ts`

  it('come from the scenario, files from its folder', async () => {
    const [first, second] = await entrants()
    expect(first).toMatchObject({ name: 'mine.ts', label: 'mine.ts' })
    expect(first.entry).toHaveProperty('make')
    expect(second).toMatchObject({ name: 'power-of-two', label: 'power-of-two' })
  })

  it('are told apart by their options', async () => {
    const labels = (await entrants(`${mine}:share=0`, `${mine}:share=1`)).map(({ label }) => label)
    expect(labels).toEqual(['mine.ts share=0', 'mine.ts share=1'])
  })

  it('neither refuse nor wait where they choose who decodes too', async () => {
    const roles = await loadPrepared('configs/scenarios/disaggregated.yaml', {})
    const { handoff, ...course } = roles.course
    const { policy: _, ...sameForAll } = handoff!
    const parted = { ...roles, course: { ...course, handoff: sameForAll } }
    const of = (text: string) => entrantsOf(parted, policySpecs([text], roles.file))
    await expect(of('min-ttft:reject=1')).rejects.toThrow(
      /^policy min-ttft refuses requests at times; .*disaggregation\.policy names another/,
    )
    await expect(of('carbon-aware')).rejects.toThrow(/has requests wait at times/)
    expect(await of('min-ttft')).toHaveLength(1)
  })

  it('come once each, with options that they have', async () => {
    await expect(entrants('random', 'random')).rejects.toThrow(/^policy random comes twice/)
    place.write('twice.yaml', scenario('[random,', '[random, random,'))
    const twice = await loadPrepared(`${place.folder}/twice.yaml`, {})
    await expect(entrantsOf(twice, twice.parsed.scenario.policies)).rejects.toThrow(
      /twice\.yaml:\d+:\d+: policy random comes twice/,
    )
    await expect(entrants(`${mine}:share=2`)).rejects.toThrow(/share.* is 2; it must be .*<= 1/)
    await expect(entrants('random:share=2')).rejects.toThrow(/random has no option 'share'/)
  })
})
