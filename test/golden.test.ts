import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { entrantsOf } from '../src/cli/entrants.ts'
import { ResultFiles } from '../src/cli/result-files.ts'
import { loadPrepared } from '../src/cli/scenario.ts'
import { race } from '../src/experiments/race.ts'
import { OutputFolder } from '../src/results/output-folder.ts'

// UPDATE_GOLDENS=1 npx vitest run test/golden.test.ts
const isUpdate = process.env.UPDATE_GOLDENS !== undefined
const goldens = fileURLToPath(new URL('golden', import.meta.url))
const names = readdirSync(goldens).filter(name => existsSync(join(goldens, name, 'scenario.yaml')))

describe.each(names)('golden %s', name => {
  const expected = join(goldens, name, 'expected')

  it.each([false, true])('gives the expected bytes (step by step: %s)', async stepByStep => {
    const home = mkdtempSync(join(tmpdir(), 'regatta-golden-'))
    try {
      const out = join(home, 'out')
      await writeResults(join(goldens, name, 'scenario.yaml'), out, stepByStep)
      if (isUpdate) replace(expected, out)
      expect(filesOf(out)).toEqual(filesOf(expected))
    } finally {
      rmSync(home, { recursive: true })
    }
  })
})

async function writeResults(scenario: string, out: string, stepByStep: boolean): Promise<void> {
  const loaded = await loadPrepared(scenario, { catalogue: [join(goldens, 'catalogue')] })
  const entrants = await entrantsOf(loaded, loaded.parsed.scenario.policies)
  const files = new ResultFiles(new OutputFolder(out), loaded)
  const onEnd = files.requestsOf.bind(files)
  files.standings(await race(loaded.course, entrants, { onEnd, stepByStep }))
  files.finish(entrants)
}

/** The CSV files: the manifest names the version, which changes with every release. */
function filesOf(folder: string): Record<string, string> {
  const csv = readdirSync(folder).filter(file => file.endsWith('.csv'))
  return Object.fromEntries(csv.sort().map(file => [file, readFileSync(join(folder, file), 'utf8')]))
}

function replace(expected: string, out: string): void {
  rmSync(expected, { recursive: true, force: true })
  cpSync(out, expected, { recursive: true, filter: path => !path.endsWith('manifest.json') })
}
