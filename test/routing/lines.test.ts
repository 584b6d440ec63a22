import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { placeOf } from '../../src/routing/place.ts'

/** Mistakes in users' files, and where they are to be told: by the program, as the runner of tests maps no lines. */

const root = fileURLToPath(new URL('../..', import.meta.url))
const tsx = pathToFileURL(join(root, 'node_modules/tsx/dist/loader.mjs')).href

const TYPED = `
interface Seen {
  readonly no: { readonly thing: number }
}

export default () => (request: Seen) => {
  // a comment
  return request.no.thing
}
`
const PLAIN = 'export default () => request => {\n  return request.no.thing\n}'
const HELPED = `
import { helper } from './helping.ts'
export default () => () => helper(null)
`
const HELPING = `
export interface Told {
  readonly to: number
}
export const helper = (told: Told | null): number => {
  return told!.to
}
`
const AT_TOP = "type T = {\n  a: 1\n}\n\nthrow new Error('top')"

const CASES: readonly (readonly [file: string, text: string, place: string])[] = [
  ['typed.ts', TYPED, 'typed.ts:8:21'],
  ['typed.mts', TYPED, 'typed.mts:8:21'],
  ['typed.cts', TYPED, 'typed.cts:8:21'],
  ['module/typed.ts', TYPED, 'typed.ts:8:21'],
  ['plain.js', PLAIN, 'plain.js:2:21'],
  ['module/plain.js', PLAIN, 'plain.js:2:21'],
  ['plain.mjs', PLAIN, 'plain.mjs:2:21'],
  ['plain.cjs', PLAIN.replace('export default', 'module.exports ='), 'plain.cjs:2:21'],
  ['with space/ü.ts', TYPED, 'ü.ts:8:21'],
  ['helped.ts', HELPED, 'helping.ts:6:16'],
  ['module/helped.ts', HELPED, 'helping.ts:6:16'],
  // What is asked wrongly is told where it is asked.
  ['asking.ts', 'export default ({ random }) => () =>\n  random.int(-1).x.y', 'asking.ts:2:18'],
  ['set-up.ts', 'export default () => {\n  const none: any = null\n  return none.at\n}', 'set-up.ts:3:15'],
  ['syntax.ts', 'const a: number = 1\n\nexport default ((', 'syntax.ts:3:18'],
  ['syntax.mjs', 'const a = 1\n\nexport default = 3', 'syntax.mjs:3:16'],
  ['typed-syntax.mts', 'const a: number = 1\n\nexport default ((', 'typed-syntax.mts:3:18'],
  ['syntax.cjs', 'const a = 1\n\nconst a = 2', 'syntax.cjs:3'],
  ['top.ts', AT_TOP, 'top.ts:5:7'],
  ['module/top.ts', AT_TOP, 'top.ts:5:7'],
  ['module/lost.ts', "import { lost } from './helping.ts'\nexport default lost", 'lost.ts:1'],
]

const SCRIPT = `
import { loadPolicy } from '${root}src/routing/load.ts'
import { makePolicy } from '${root}src/routing/making.ts'

const cluster = { nowS: 0, replicas: 2, kind: () => 'gpu' }
const setup = { cluster, random: { int: () => ({}) }, options: {} }
const told = []
for (const file of process.argv.slice(1)) {
  try {
    makePolicy('mine', setup, await loadPolicy(file)).policy({}, cluster)
    told.push('')
  } catch (error) {
    told.push(error.message)
  }
}
console.log(JSON.stringify(told))
`

let folder: string
let told: string[]
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'regatta-lines-'))
  const more = [
    ['module/package.json', '{ "type": "module" }'],
    ['helping.ts', HELPING],
    ['module/helping.ts', HELPING],
  ]
  for (const [name, text] of [...CASES, ...more]) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  const files = CASES.map(([name]) => join(folder, name))
  const args = ['--import', tsx, '--input-type=module', '--eval', SCRIPT, ...files]
  told = JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' }))
})
afterAll(() => rmSync(folder, { recursive: true }))

it.each(CASES.map(([name, , place], i) => [name, place, i] as const))(
  'a mistake in %s is told at %s, in one line',
  (_, place, i) => {
    expect(told[i]).toMatch(/^policy [^\n]*(threw|cannot be loaded:) [^\n]*Error: [^\n]* at [^\n ]*$/)
    expect(told[i].endsWith(` at ${place}`)).toBe(true)
  },
)

it('what is thrown that has no line, or none of a user, has no place', () => {
  expect(placeOf('away')).toBe('')
  expect(
    placeOf(Object.assign(new Error('inside'), { stack: 'Error: inside\n    at f (node:fs:1:2)' })),
  ).toBe('')
})
