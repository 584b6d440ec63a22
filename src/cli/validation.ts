import { FAMILIES } from '../fidelity/basis.ts'
import type { TestedUnpredicted } from '../fidelity/columns.ts'
import { BASES, type Basis } from '../fidelity/contract.ts'
import { type GroupErrors, groupsOf, relativeError, summary, type Tested } from '../fidelity/errors.ts'
import { type FidelityTest, fidelityTests } from '../fidelity/tests.ts'
import { colours, percent, type TextColumn, tableText } from './print.ts'

/** What a validation found. */
export interface Validation {
  readonly tests: readonly string[]
  readonly folder: string
  readonly comparisons: readonly Tested[]
  readonly unpredicted: readonly TestedUnpredicted[]
}

const WIDTH = 100

/** Errors of every test's groups, then what could not be predicted, by reason. */
export function validationText(validation: Validation): string {
  const { tests, comparisons, unpredicted } = validation
  const sections = tests.map(test => testText(test, validation))
  return [
    ...sections,
    unpredictedText(unpredicted),
    glanceText(comparisons),
    closingText(comparisons, unpredicted),
  ].join('\n\n')
}

function testText(test: string, { comparisons, unpredicted, folder }: Validation): string {
  const { about }: FidelityTest = fidelityTests[test as keyof typeof fidelityTests]
  const title = `${colours.bold(test)}  ${about}`
  const mine = comparisons.filter(comparison => comparison.test === test)
  if (mine.length > 0) return `${title}\n${groupsText(mine)}`
  const tried = unpredicted.some(outcome => outcome.test === test)
  return `${title}\n${tried ? 'no measurement could be predicted' : `no measurements in ${folder}`}`
}

function groupsText(comparisons: readonly Tested[]): string {
  const groups = groupsOf(comparisons)
  const sound = groups.filter(({ doubt }) => doubt === '')
  const doubtful = groups.filter(({ doubt }) => doubt !== '')
  return [
    ...(sound.length > 0 ? [errorsTable(sound)] : []),
    ...(doubtful.length > 0 ? [`Doubtful measurements, kept apart:\n${errorsTable(doubtful)}`] : []),
    ...[...new Set(doubtful.map(({ doubt }) => doubt))].map(doubt => broken(`Doubt: ${doubt}`, WIDTH)),
  ].join('\n')
}

function errorsTable(groups: readonly GroupErrors[]): string {
  const names = (['device', 'model', 'engine', 'weights', 'metric'] as const).map(key => ({
    heading: `\n${key}`,
    cells: groups.map(group => group[key]),
    align: 'left' as const,
  }))
  return tableText([
    ...names.filter(({ cells }) => cells.some(cell => cell !== '')),
    ...basisColumn(groups),
    { heading: '\nn', cells: groups.map(({ count }) => String(count)) },
    ...errorColumns(groups),
  ])
}

/** Whether constants were fitted on such runs; not shown where that is known of none. */
function basisColumn(groups: readonly { readonly basis: Basis }[]): TextColumn[] {
  if (groups.every(({ basis }) => basis === '')) return []
  return [{ heading: '\nbasis', cells: groups.map(({ basis }) => basis), align: 'left' }]
}

function errorColumns(
  groups: readonly Pick<GroupErrors, 'mean' | 'median' | 'p90' | 'bias'>[],
): TextColumn[] {
  return [
    { heading: 'error %\nmean', cells: groups.map(({ mean }) => percent(mean)) },
    { heading: '\nmedian', cells: groups.map(({ median }) => percent(median)) },
    { heading: '\np90', cells: groups.map(({ p90 }) => percent(p90)) },
    { heading: '\nbias', cells: groups.map(({ bias }) => percent(bias)) },
  ]
}

function unpredictedText(unpredicted: readonly TestedUnpredicted[]): string {
  if (unpredicted.length === 0) return 'Every measurement was predicted.'
  const counts = new Map<string, { readonly first: TestedUnpredicted; count: number }>()
  for (const outcome of unpredicted) {
    const key = [outcome.test, outcome.source, outcome.reason].join('\u0000')
    const entry = counts.get(key) ?? { first: outcome, count: 0 }
    entry.count++
    counts.set(key, entry)
  }
  const rows = [...counts.keys()].sort().map(key => counts.get(key)!)
  const column = (heading: string, cell: (first: TestedUnpredicted) => string): TextColumn => ({
    heading,
    cells: rows.map(({ first }) => cell(first)),
    align: 'left',
  })
  const table = tableText([
    column('test', ({ test }) => test),
    column('source', ({ source }) => broken(source, 22)),
    { heading: 'n', cells: rows.map(({ count }) => String(count)) },
    column('reason; the first is at', ({ reason, place }) => `${broken(reason, 56)}\n${fileAndLine(place)}`),
  ])
  return `${colours.bold('not predicted')}\n${table}`
}

/** A place without the folder, which all of them share. */
function fileAndLine(place: string): string {
  return place.slice(place.lastIndexOf('/') + 1)
}

/** Every metric of every test, over all devices alike: what nothing is known against. */
function glanceText(comparisons: readonly Tested[]): string {
  const sound = comparisons.filter(({ doubt }) => doubt === undefined)
  const rows = [...new Set(sound.map(({ test, metric }) => `${test}\u0000${metric}`))].flatMap(name => {
    const [test, metric] = name.split('\u0000')
    const all = sound.filter(comparison => comparison.test === test && comparison.metric === metric)
    return FAMILIES.flatMap(family =>
      BASES.map(basis => ({ test, metric, family, basis, of: ofKind(all, family, basis) })),
    ).filter(({ of }) => of.length > 0)
  })
  if (rows.length === 0) return 'No measurement could be predicted.'
  const errors = rows.map(({ of }) => summary(of.map(relativeError)))
  const table = tableText([
    { heading: '\ntest', cells: rows.map(({ test }) => test), align: 'left' },
    { heading: '\nmetric', cells: rows.map(({ metric }) => metric), align: 'left' },
    { heading: '\nmodels', cells: rows.map(({ family }) => family), align: 'left' },
    ...basisColumn(rows),
    { heading: '\nn', cells: errors.map(({ count }) => String(count)) },
    ...errorColumns(errors),
  ])
  return `${colours.bold('at a glance')}\n${table}`
}

function ofKind(comparisons: readonly Tested[], family: string, basis: string): Tested[] {
  return comparisons.filter(one => one.family === family && one.basis === basis)
}

/** One line a test: all of it that nothing is known against. */
function closingText(comparisons: readonly Tested[], unpredicted: readonly TestedUnpredicted[]): string {
  const tests = [...new Set([...comparisons, ...unpredicted].map(({ test }) => test))]
  const rows = tests.map(test => {
    const mine = comparisons.filter(comparison => comparison.test === test)
    const sound = mine.filter(({ doubt }) => doubt === undefined)
    const missed = unpredicted.filter(outcome => outcome.test === test).length
    return { test, doubtful: mine.length - sound.length, missed, ...summary(sound.map(relativeError)) }
  })
  const table = tableText([
    { heading: '\nall of', cells: rows.map(({ test }) => test), align: 'left' },
    { heading: '\nn', cells: rows.map(({ count }) => String(count)) },
    ...errorColumns(rows),
    { heading: 'kept\napart', cells: rows.map(({ doubtful }) => String(doubtful)) },
    { heading: 'not\npredicted', cells: rows.map(({ missed }) => String(missed)) },
  ])
  return [
    table,
    'Errors are of |predicted / measured - 1|; bias is above 0 where predictions are too high.',
    ...legend(comparisons),
  ].join('\n')
}

/** What the bases mean, as far as any are shown. */
function legend(comparisons: readonly Tested[]): string[] {
  const fitted =
    "Basis fitted: the engine's constants were fitted on runs of this device, model and format, or the device's " +
    'watts on boards of its kind: the error is what the fit leaves. new: on others: the error is what to expect elsewhere.'
  const operators =
    "Operators have none: a device's constants that `regatta catalogue show` grades measured were fitted on such kernels."
  return [
    ...(comparisons.some(({ basis }) => basis !== '') ? [broken(fitted, WIDTH)] : []),
    ...(comparisons.some(({ test }) => test === 'operators') ? [broken(operators, WIDTH)] : []),
  ]
}

/** The text in lines of at most `width` characters, broken between words. */
function broken(text: string, width: number): string {
  return text.split(' ').reduce((lines, word) => {
    const used = lines.length - (lines.lastIndexOf('\n') + 1)
    return `${lines}${used + 1 + word.length > width ? '\n' : ' '}${word}`
  })
}
