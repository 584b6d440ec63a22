import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { UserError } from '../../src/core/errors.ts'
import { isPolicyFile, loadPolicy } from '../../src/routing/load.ts'
import { deciding, fleet, request } from './fake-cluster.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'regatta-policy-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

function written(name: string, text: string): string {
  const file = join(folder, name)
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
    ['Promise.resolve(1)', 'an object'],
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

describe('isPolicyFile', () => {
  it('tells paths from names', () => {
    expect(['./mine.ts', 'mine.mjs', 'a/b', 'mine.cts'].every(isPolicyFile)).toBe(true)
    expect(['random', 'least-tokens', 'mine.yaml'].some(isPolicyFile)).toBe(false)
  })
})
