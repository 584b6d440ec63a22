import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { UserError } from '../../src/core/errors.ts'
import { loadPackage, loadPolicy, packageFolder } from '../../src/routing/load.ts'
import { isPolicyFile } from '../../src/routing/policy-file.ts'
import { deciding, fleet, request } from './fake-cluster.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'regatta-policy-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

function written(name: string, text: string): string {
  const file = join(folder, name)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
  return file
}

async function decidingFrom(name: string, text: string, options = {}) {
  const file = written(name, text)
  return deciding(file, fleet(4), { options }, await loadPolicy(file))
}

const LEAST_WAITING = `
import type { PolicyFactory } from 'regatta'

const factory: PolicyFactory = ({ cluster }) => {
  let last = 0
  return (request, view) => (last = request.inputTokens > 10 ? (last + 1) % cluster.replicas : view.replicas - 1)
}
export default factory
`

describe('loadPolicy', () => {
  it('runs a TypeScript file, in a package or not', async () => {
    for (const name of ['plain.ts', 'module.mts']) {
      const decide = await decidingFrom(name, LEAST_WAITING)
      expect([decide(request()), decide(request()), decide(request(3))]).toEqual([1, 2, 3])
    }
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
    const decide = await decidingFrom('packaged.ts', LEAST_WAITING)
    rmSync(join(folder, 'package.json'))
    expect(decide(request())).toBe(1)
  })

  it.each([
    ['plain.js', 'export default () => () => 2'],
    ['module.mjs', 'export default () => () => 2'],
    ['common.cjs', 'module.exports = () => () => 2'],
  ])('runs %s', async (name, text) => {
    const decide = await decidingFrom(name, text)
    expect(decide(request())).toBe(2)
  })

  it('follows the imports of the file', async () => {
    written('helper.ts', 'export const two: number = 2')
    const decide = await decidingFrom(
      'importing.ts',
      "import { two } from './helper.ts'\nexport default () => () => two",
    )
    expect(decide(request())).toBe(2)
  })

  it('reads the file anew at every call', async () => {
    await decidingFrom('edited.ts', 'export default () => () => 0')
    const decide = await decidingFrom('edited.ts', 'export default () => () => 1')
    expect(decide(request())).toBe(1)
  })

  it('hands every option on, or checks them where the file exports what it takes', async () => {
    const factory = 'export default ({ options }) => () => options.where'
    const unchecked = await decidingFrom('unchecked.ts', factory, { where: 3 })
    expect(unchecked(request())).toBe(3)
    const specs = "export const options = { where: { about: 'where to', default: 1, min: 0, max: 2 } }\n"
    const checked = await decidingFrom('checked.ts', specs + factory)
    expect(checked(request())).toBe(1)
    await expect(decidingFrom('checked.ts', specs + factory, { where: 3 })).rejects.toThrow(
      /'where' is 3; .* <= 2/,
    )
    await expect(decidingFrom('checked.ts', specs + factory, { were: 1 })).rejects.toThrow(
      /did you mean where/,
    )
  })

  it('says that the file is missing', async () => {
    const path = join(folder, 'nowhere.ts')
    await expect(loadPolicy(path)).rejects.toThrow(UserError)
    await expect(loadPolicy(path)).rejects.toThrow(`policy ${path}: there is no such file`)
  })

  it.each([
    ['no default', 'export const policy = () => () => 0'],
    ['no function', 'export default { policy: () => 0 }'],
    ['nothing', ''],
  ])('says that the default export is no factory: %s', async (name, text) => {
    const file = written(`${name.replace(' ', '-')}.ts`, text)
    await expect(loadPolicy(file)).rejects.toThrow(/default export must be a function from set-up to policy/)
    await expect(loadPolicy(file)).rejects.toThrow(UserError)
  })

  it.each([
    ['syntax.ts', 'export default ((', /syntax\.ts: cannot be loaded: .*Unexpected end of file/s],
    [
      'top.ts',
      "throw new Error('at the top')\nexport default 1",
      /top\.ts: cannot be loaded: Error: at the top/,
    ],
    [
      'import.ts',
      "import { x } from './gone.ts'\nexport default () => x",
      /import\.ts: cannot be loaded: .*gone/,
    ],
  ])('says why %s cannot be loaded', async (name, text, reason) => {
    const loading = loadPolicy(written(name, text))
    await expect(loading).rejects.toThrow(UserError)
    await expect(loading).rejects.toThrow(reason)
  })

  it('names file and reason when set-up throws or answers no policy', async () => {
    await expect(
      decidingFrom('broken.ts', "export default () => { throw new Error('no pool') }"),
    ).rejects.toThrow(/broken\.ts: set-up threw Error: no pool/)
    const plain = 'export default (request, cluster) => 0'
    await expect(decidingFrom('unwrapped.ts', plain)).rejects.toThrow(
      /unwrapped\.ts: set-up answered 0; .* policy/,
    )
  })

  it.each([
    ['99', '99'],
    ['NaN', 'NaN'],
    ['Promise.resolve(1)', 'a promise, and policies are synchronous'],
    ['-2', 'WAIT'],
  ])('stops at the decision that answers %s', async (answer, shown) => {
    const decide = await decidingFrom('wrong.ts', `export default () => () => ${answer}`)
    expect(() => decide(request())).toThrow(UserError)
    expect(() => decide(request())).toThrow(
      new RegExp(`wrong\\.ts, decision 2 at 0 s, answered ${shown}.* 0 to 3`),
    )
  })

  it('stops at the decision that throws', async () => {
    const decide = await decidingFrom('throws.ts', 'export default () => (request: any) => request.no.thing')
    expect(() => decide(request())).toThrow(/throws\.ts, decision 1 at 0 s, threw TypeError: .*thing/)
  })
})

describe('what a file exports', () => {
  const factory = 'export default () => () => -2'

  it('says whether it waits and what it predicts', async () => {
    const text = `export const waits = true, predicts = ['ttft', 'e2e'], about = 'mine'\n${factory}`
    const entry = await loadPolicy(written('telling.ts', text))
    expect(entry).toMatchObject({ waits: true, predicts: ['ttft', 'e2e'], about: 'mine' })
    expect(deciding('telling.ts', fleet(2), {}, entry)(request())).toBe(-2)
  })

  it.each([
    ['waits = 1', /exports waits, 1; must be true or false/],
    ['options = 3', /exports options, 3; must be an object/],
    ['options = { share: 3 }', /exports option share, 3; must be an object/],
    ["options = { share: { default: '3' } }", /option share with default '3'; must be a number/],
    ["predicts = ['ttfs']", /exports predicts with 'ttfs'; did you mean ttft/],
    ['predicts = true', /exports predicts, true; must be a list/],
    ['about = 7', /exports about, 7; must be a text/],
  ])('is refused where it says %s', async (wrong, reason) => {
    const loading = loadPolicy(written('telling-wrong.ts', `export const ${wrong}\n${factory}`))
    await expect(loading).rejects.toThrow(UserError)
    await expect(loading).rejects.toThrow(reason)
  })
})

describe('what else a file exports', () => {
  it('is its own affair, unless it is nearly a name that means something', async () => {
    const factory = 'export default () => () => 0'
    const entry = await loadPolicy(
      written('helping.ts', `export const helper = 1, inner = () => 0\n${factory}`),
    )
    expect(entry).not.toHaveProperty('options')
    await expect(
      loadPolicy(written('misnamed.ts', `const a = 1\nexport const option = { a }\n${factory}`)),
    ).rejects.toThrow(/misnamed\.ts: exports option on line 2, which means nothing; did you mean options\?$/)
  })
})

describe('loadPackage', () => {
  beforeAll(() => {
    const files: Record<string, string> = {
      'plain/package.json': '{ "name": "plain" }',
      'plain/index.js': 'module.exports = () => () => 1',
      'modern/package.json':
        '{ "name": "modern", "type": "module", "exports": { ".": { "import": "./in/main.js" }, "./typed": "./typed.ts" } }',
      'modern/in/main.js': "import { two } from './two.js'\nexport default () => () => two",
      'modern/in/two.js': 'export const two = 2',
      'modern/typed.ts': 'const three: number = 3\nexport default () => () => three',
      '@scope/both/package.json':
        '{ "name": "@scope/both", "exports": { "./policy": { "import": "./p.mjs", "require": "./p.cjs" } } }',
      '@scope/both/p.mjs': 'export default () => () => 0',
      '@scope/both/p.cjs': 'exports.default = () => () => 0',
      'broken/package.json': '{ "name": "broken" }',
      'broken/index.js': 'module.exports = () =>\n  () => null.x',
    }
    for (const [name, text] of Object.entries(files)) written(`packages/node_modules/${name}`, text)
    mkdirSync(join(folder, 'packages/deep/er'), { recursive: true })
  })
  const from = (...names: string[]) => names.map(name => join(folder, name))

  it.each([
    ['plain', 1],
    ['modern', 2],
    ['modern/typed', 3],
    ['@scope/both/policy', 0],
  ])('runs %s', async (name, replica) => {
    const [home] = from('packages')
    const entry = await loadPackage(name, home)
    expect(deciding(name, fleet(4), {}, entry)(request())).toBe(replica)
    expect(entry.file).toContain(`node_modules/${name.replace(/\/(policy|typed)$/, '')}/`)
  })

  it('is found from the first folder that has it, or is inside of what has it', () => {
    const [home, deep, empty] = from('packages', 'packages/deep/er', 'module')
    expect(packageFolder('plain', [empty, deep, home])).toBe(deep)
    expect(packageFolder('modern', [home])).toBe(home)
    expect(packageFolder('plain', [empty])).toBeUndefined()
  })

  it("takes neither Node's own modules nor names of nothing for one", () => {
    for (const name of ['fs', 'node:fs', 'cluster', '', 'no such thing', '@scope']) {
      expect(packageFolder(name, from('packages'))).toBeUndefined()
    }
  })

  it('tells the line of a mistake in it, and what it does not export', async () => {
    const [home] = from('packages')
    const decide = deciding('broken', fleet(4), {}, await loadPackage('broken', home))
    expect(() => decide(request())).toThrow(/policy broken, decision 1 .* at index\.js:2:14$/)
    await expect(loadPackage('modern/gone', home)).rejects.toThrow(
      /policy modern\/gone: cannot be loaded: .*'\.\/gone' is not defined by "exports"/,
    )
  })
})

describe('what a policy is called', () => {
  it('tells paths from names', () => {
    expect(['./mine.ts', 'mine.mjs', 'a/b.ts', '/a/b', 'mine.cts'].every(isPolicyFile)).toBe(true)
    const names = ['random', 'least-tokens', 'mine.yaml', 'package/sub', '@scope/package']
    expect(names.some(isPolicyFile)).toBe(false)
  })
})
