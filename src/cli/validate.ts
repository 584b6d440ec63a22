import type { Command } from 'commander'
import { UserError } from '../core/errors.ts'
import { suggestion } from '../core/nearest.ts'
import { fidelityFiles, type TestedUnpredicted } from '../fidelity/columns.ts'
import { type Comparison, isPredicted } from '../fidelity/contract.ts'
import { groupsOf, type Tested, testedBy } from '../fidelity/errors.ts'
import { FIDELITY_TESTS, type FidelityTest, fidelityTests } from '../fidelity/tests.ts'
import { measurementsIn } from '../measurements/folder.ts'
import type { CsvFile } from '../results/columns/files.ts'
import { CsvFileWriter } from '../results/csv-file.ts'
import type { OutputFolder } from '../results/output-folder.ts'
import { entryOf } from '../scenario/entries.ts'
import type { Catalogue } from '../scenario/facts.ts'
import { loadCatalogue } from '../scenario/files.ts'
import { SHIPPED_CATALOGUE } from '../scenario/shipped.ts'
import { collect } from './flags.ts'
import { print } from './print.ts'
import { Progress } from './progress.ts'
import { intoFolder } from './session.ts'
import { type Validation, validationText } from './validation.ts'

interface ValidateFlags {
  readonly truth: string
  readonly only?: string
  readonly device?: string
  readonly engine?: string
  readonly model?: string
  readonly out?: string
  readonly catalogue?: readonly string[]
}

const EXAMPLES = `
Tests:
${Object.entries(fidelityTests)
  .map(([name, { about }]) => `  ${name.padEnd(12)}${about}`)
  .join('\n')}

Examples:
  regatta validate --truth measurements
  regatta validate --truth measurements --only served,replay --device DEVICE --engine vllm
  regatta validate --truth measurements --only operators,power --out results/fidelity`

export function addValidateCommand(program: Command): void {
  program
    .command('validate')
    .description('predict every measurement in a folder and print the errors, misses included')
    .option('--truth <folder>', 'measurements: operator_times.csv and the like; any may be missing', 'truth')
    .option('--only <tests>', 'these tests alone, by comma')
    .option('--device <id>', 'of that device alone')
    .option('--engine <id>', 'of that engine alone')
    .option('--model <id>', 'of that model alone')
    .option('--out <folder>', `write ${Object.keys(fidelityFiles).join(', ')} there`)
    .option(
      '--catalogue <path>',
      'catalogue of your own, on top of the shipped one; may be repeated',
      collect,
    )
    .option('--debug', 'on an error, print where it came from')
    .addHelpText('after', EXAMPLES)
    .action(validate)
}

async function validate(flags: ValidateFlags): Promise<void> {
  const tests = testsOf(flags)
  await intoFolder(flags, async folder => {
    const catalogue = loadCatalogue([SHIPPED_CATALOGUE, ...(flags.catalogue ?? [])])
    const isWanted = choiceOf(flags, catalogue)
    const found = await validation(tests, flags.truth, catalogue, isWanted)
    print(validationText(found))
    if (folder !== undefined) write(folder, found)
  })
}

/** The tests of `--only` in the order of the registry. */
function testsOf({ only }: ValidateFlags): readonly string[] {
  if (only === undefined) return FIDELITY_TESTS
  const names = only.split(',').map(name => name.trim())
  const unknown = names.find(name => !Object.hasOwn(fidelityTests, name))
  if (unknown !== undefined) {
    throw new UserError(
      `--only has "${unknown}"; no test is called that: ${suggestion(unknown, FIDELITY_TESTS)}`,
    )
  }
  return FIDELITY_TESTS.filter(name => names.includes(name))
}

/** Which comparisons the flags ask for. What cannot be predicted is counted all the same: it has no such names. */
function choiceOf(flags: ValidateFlags, catalogue: Catalogue): (comparison: Comparison) => boolean {
  const wanted = (['device', 'engine', 'model'] as const).flatMap(key => {
    const id = flags[key]
    if (id !== undefined) entryOf(catalogue, `${key}s`, id, `--${key}`)
    return id === undefined ? [] : [[key, id] as const]
  })
  return comparison => wanted.every(([key, id]) => comparison[key] === id)
}

async function validation(
  tests: readonly string[],
  folder: string,
  catalogue: Catalogue,
  isWanted: (comparison: Comparison) => boolean,
): Promise<Validation> {
  const measurements = measurementsIn(folder)
  const progress = new Progress(tests.length)
  const comparisons: Tested[] = []
  const unpredicted: TestedUnpredicted[] = []
  for (const [done, test] of tests.entries()) {
    const { run }: FidelityTest = fidelityTests[test as keyof typeof fidelityTests]
    for await (const outcome of run(measurements, catalogue)) {
      if (!isPredicted(outcome)) unpredicted.push({ test, ...outcome })
      else if (isWanted(outcome)) comparisons.push(testedBy(test, outcome, catalogue))
      progress.show(done, `${test}, ${comparisons.length} comparisons`)
    }
  }
  progress.stop()
  if (comparisons.length + unpredicted.length === 0) {
    throw new UserError(`${folder}: has no such measurements for ${tests.join(', ')}`)
  }
  return { tests, folder, comparisons, unpredicted }
}

function write(folder: OutputFolder, { comparisons, unpredicted }: Validation): void {
  const rows = {
    'comparisons.csv': comparisons,
    'groups.csv': groupsOf(comparisons),
    'unpredicted.csv': unpredicted,
  } as const satisfies Record<keyof typeof fidelityFiles, readonly unknown[]>
  for (const [name, { columns }] of Object.entries<CsvFile>(fidelityFiles)) {
    const file = new CsvFileWriter(folder.file(name), columns)
    for (const row of rows[name as keyof typeof rows]) file.add(row)
    file.close()
  }
  folder.commit(Object.keys(fidelityFiles))
}
