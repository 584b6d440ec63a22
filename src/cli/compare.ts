import type { Command } from 'commander'
import { UserError } from '../core/errors.ts'
import { suggestion } from '../core/nearest.ts'
import type { Question } from '../sweeps/analysis/comparisons.ts'
import { comparisonsOf } from '../sweeps/analysis/comparisons.ts'
import { type Context, checkAgainst, comparable, contextsOf, POLICY } from '../sweeps/analysis/contexts.ts'
import { drawsOf } from '../sweeps/analysis/draws.ts'
import { readResults, type SavedResults } from '../sweeps/analysis/saved-results.ts'
import { uncertaintyOf } from '../sweeps/analysis/uncertainty.ts'
import { metricsIn } from '../sweeps/ratios.ts'
import { checkTables, comparisonTables, type Table, uncertaintyTables, writeTables } from './compare-files.ts'
import { comparisonText } from './compare-text.ts'
import { debugOption } from './flags.ts'
import { shareOf } from './loads.ts'
import { print } from './print.ts'
import { uncertaintyText } from './uncertainty-text.ts'

interface CompareFlags {
  readonly factor: string
  readonly against?: string
  readonly metrics?: string
  readonly confidence?: number
  readonly out?: string
}

const EXAMPLES = `
Examples:
  regatta compare results/policies-by-load
  regatta compare results/policies-by-load --metrics ttft_p99_s,usd_per_good_mtok --against round-robin
  regatta compare results/policies-by-load --factor workload.load
  regatta compare results/policies-by-load/results.csv --out results/comparisons`

/** Of results that come without the manifest of their sweep. */
const CONFIDENCE = 0.95

export function addCompareCommand(program: Command): void {
  program
    .command('compare')
    .description('say which policy is better in the results of a sweep, by how much, and how surely')
    .argument('<results>', 'folder that sweep has written, or a results.csv')
    .option('--factor <key>', 'compare the levels of this factor, in place of policies', POLICY)
    .option('--against <name>', 'compare all others with this one, in place of every pair')
    .option('--metrics <names>', 'on these, with commas between; on all metrics of the sweep by default')
    .option('--confidence <share>', "of each interval and verdict, in place of the sweep's", shareOf)
    .option('--out <folder>', 'write comparisons.csv there, or what draws of estimates come to')
    .addOption(debugOption())
    .addHelpText('after', EXAMPLES)
    .action(compare)
}

function compare(path: string, flags: CompareFlags): void {
  const results = readResults(path)
  if (flags.out !== undefined) checkTables(flags.out, path)
  const contexts = comparable(contextsOf(results, flags.factor), flags.factor)
  if (flags.against !== undefined) checkAgainst(contexts, flags.factor, flags.against)
  const question = questionOf(results, flags)
  const { text, tables } = answer(results, contexts, question, flags.factor)
  print(text)
  for (const note of [aloneText(results), unfinishedText(results)]) if (note !== '') print(`\n${note}`)
  if (flags.out === undefined) return
  const names = writeTables(flags.out, path, tables)
  print(`\nWritten to ${flags.out}: ${names.join(', ')}`)
}

interface Answer {
  readonly text: string
  readonly tables: readonly Table[]
}

/** Where replications are draws of the unknowns, what these come to, and else what chance leaves to tell. */
function answer(results: SavedResults, contexts: readonly Context[], question: Question, by: string): Answer {
  const draws = drawsOf(results)
  if (draws === undefined) {
    const comparisons = comparisonsOf(contexts, question)
    return { text: comparisonText(contexts, comparisons), tables: comparisonTables(contexts, comparisons) }
  }
  const found = uncertaintyOf(contexts, question, draws)
  return { text: uncertaintyText(found), tables: uncertaintyTables(found, by) }
}

function questionOf(
  { columns, manifest }: SavedResults,
  { metrics, against, confidence = manifest?.confidence ?? CONFIDENCE }: CompareFlags,
): Question {
  const asked = metrics?.split(',').map(name => name.trim()) ?? manifest?.metrics ?? metricsIn(columns)
  const unknown = asked.find(name => !columns.includes(name))
  if (unknown !== undefined) {
    throw new UserError(`--metrics: the results have no column '${unknown}'; ${suggestion(unknown, columns)}`)
  }
  return { metrics: asked, confidence, ...(against !== undefined && { against }) }
}

function aloneText({ manifest }: SavedResults): string {
  if (manifest !== undefined) return ''
  return 'Beware: without the manifest of their sweep replications are taken for independent; draws of one trace are not.'
}

function unfinishedText({ manifest }: SavedResults): string {
  if (manifest === undefined || manifest.cells.finished >= manifest.cells.planned) return ''
  const { finished, planned } = manifest.cells
  return `Beware: the sweep is not finished, these are ${finished} of ${planned} cells.`
}
