import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { expect, test } from 'vitest'

const ENGINE = [
  ...['core', 'requests', 'latency', 'energy', 'batching', 'ordering', 'routing', 'gateway'],
  ...['arrivals', 'results', 'links', 'replicas', 'fleet'],
]
const PLANS = [...ENGINE, 'costs', 'scenario', 'simulate.ts']
const STUDIES = ['statistics', 'experiments', 'planning', 'measurements', 'fidelity', 'calibration', 'sweeps']

/** What the files of each folder, or a file by itself, may import beside their own folder. */
const ALLOWED: Record<string, readonly string[]> = {
  core: [],
  requests: ['core'],
  batching: [],
  ordering: ['core'],
  latency: ['core'],
  routing: ['core'],
  energy: ['latency'],
  arrivals: ['core'],
  gateway: ['core', 'requests', 'ordering', 'routing'],
  results: ['core', 'requests', 'gateway'],
  links: ['core', 'requests'],
  replicas: ['core', 'requests', 'latency', 'energy', 'batching', 'ordering', 'results'],
  fleet: [
    'core',
    'requests',
    'latency',
    'energy',
    'ordering',
    'routing',
    'gateway',
    'arrivals',
    'results',
    'links',
    'replicas',
  ],
  // Plain numbers in, $ and grams out.
  costs: ['core', 'statistics'],
  scenario: [...ENGINE.filter(folder => folder !== 'requests' && folder !== 'results'), 'costs'],
  'simulate.ts': ENGINE,
  statistics: ['core'],
  experiments: [...PLANS, 'statistics'],
  measurements: ['core', 'scenario'],
  fidelity: [...PLANS, 'measurements'],
  calibration: [...PLANS, 'measurements', 'fidelity'],
  planning: [...PLANS, 'experiments', 'statistics'],
  sweeps: [...PLANS, 'experiments', 'statistics'],
  // The library's two doors: for any platform, and for Node.
  'index.ts': [...PLANS, 'statistics', 'experiments', 'planning'],
  'files.ts': [...PLANS, 'statistics', 'experiments', 'planning'],
  cli: [...PLANS, ...STUDIES, 'index.ts', 'files.ts'],
  'main.ts': ['cli', 'core', 'sweeps'],
}

/** The files that may use what a browser lacks: the program, readers and writers of files, what is shipped beside. */
const NODE = [
  /^main\.ts$|^cli\//,
  /^arrivals\/(text-)?file\.ts$|^measurements\/folder\.ts$|^scenario\/(files|fingerprint|own-policies|shipped|ahead|ahead-worker|thread)\.ts$|^routing\/(load|policy-file|policy-imports)\.ts$/,
  /^results\/(csv-file|output-folder)\.ts$/,
  /^sweeps\/analysis\/saved-results\.ts$/,
  /^sweeps\/(redis|bundles)\/|^sweeps\/(origin|pack)\.ts$/,
  /^sweeps\/(load-experiment|points|program|files-read)\.ts$/,
  /^sweeps\/(cell-worker|folder|journal|journal-line|lock|manifest|merge|result-files|thread-engine)\.ts$/,
]

const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter(file => file.endsWith('.ts'))
const imports = new Map(files.map(file => [file, importsOf(file)]))

/** What a file names after `from`: files of src from there, and packages as they stand. */
function importsOf(file: string): string[] {
  const source = readFileSync(join('src', file), 'utf8')
  const named = [...source.matchAll(/^(?:import|export|\})[^'\n]* from '([^']+)'|^import '([^']+)'/gm)]
  return named.map(([, from, bare]) => {
    const name = from ?? bare
    return name.startsWith('.') ? normalize(join(dirname(file), name)) : name
  })
}

const isOurs = (name: string) => imports.has(name)
const needsNode = (name: string) => name.startsWith('node:') || name.startsWith('tsx')
const folderOf = (file: string) => file.split('/')[0]

test('every import of src is of a file that is there, by its name with .ts, or of a package', () => {
  expect(files.length).toBeGreaterThan(80)
  const lost = [...imports.values()].flat().filter(name => !isOurs(name) && /^\.|^\/|\.ts$/.test(name))
  expect(lost.filter(name => !name.startsWith('../package'))).toEqual([])
})

test('imports point one way', () => {
  const wrong = files.flatMap(file => {
    const mayUse = [folderOf(file), ...(ALLOWED[folderOf(file)] ?? [])]
    const ours = imports.get(file)!.filter(isOurs)
    return ours.filter(name => !mayUse.includes(folderOf(name))).map(name => `${file} imports ${name}`)
  })
  expect(wrong).toEqual([])
})

test('what is within a folder of sweeps imports what lies beside the folder, and never the other way', () => {
  const beside = files.filter(file => dirname(file) === 'sweeps')
  const within = (name: string) => isOurs(name) && dirname(dirname(name)) === 'sweeps'
  const wrong = beside.flatMap(file =>
    imports
      .get(file)!
      .filter(within)
      .map(name => `${file} imports ${name}`),
  )
  expect(wrong).toEqual([])
})

test('energy takes from latency the contract, sums over contexts and counts, the sizes compiled, and no model', () => {
  const used = files.filter(file => folderOf(file) === 'energy').flatMap(file => imports.get(file)!)
  const fromLatency = new Set(used.filter(name => folderOf(name) === 'latency'))
  expect([...fromLatency].sort()).toEqual([
    'latency/by-count.ts',
    'latency/context.ts',
    'latency/contract.ts',
    'latency/padding.ts',
  ])
})

test('there are no cycles', () => {
  const done = new Set<string>()
  const visit = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) expect.fail([...path, file].join(' imports '))
    if (done.has(file)) return
    for (const name of imports.get(file)!.filter(isOurs)) visit(name, [...path, file])
    done.add(file)
  }
  for (const file of files) visit(file, [])
})

test('only the doors of the library hand on what others export', () => {
  const barrels = files.filter(file => /^export [^=(]* from '/m.test(readFileSync(join('src', file), 'utf8')))
  expect(barrels.filter(file => file !== 'index.ts' && file !== 'files.ts')).toEqual([])
})

test('only the program, its commands and the named readers and writers of files need Node', () => {
  const users = files.filter(file => imports.get(file)!.some(needsNode))
  expect(users.filter(file => !NODE.some(named => named.test(file)))).toEqual([])
})

test.each(['simulate.ts', 'index.ts'])(
  '%s runs where there is no Node: nothing that it reaches needs it',
  door => {
    const reached = new Set<string>()
    const visit = (file: string): void => {
      if (reached.has(file)) return
      reached.add(file)
      for (const name of imports.get(file)!.filter(isOurs)) visit(name)
    }
    visit(door)
    const packages = [...reached].flatMap(file => imports.get(file)!).filter(name => !isOurs(name))
    expect([...new Set(packages)].filter(needsNode)).toEqual([])
  },
)
