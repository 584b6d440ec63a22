import type { Command } from 'commander'
import { UserError } from '../core/errors.ts'
import { suggestion } from '../core/nearest.ts'
import { fidelityFiles } from '../fidelity/columns.ts'
import type { Column } from '../results/columns/column.ts'
import { type CsvFile, csvFiles } from '../results/columns/files.ts'
import { sweepFiles } from '../sweeps/analysis/csv-files.ts'
import { breakEvenFiles } from './break-even-columns.ts'
import { planFiles } from './plan-columns.ts'
import { colours, print, tableText } from './print.ts'
import { transitionFiles } from './transition-columns.ts'

const EXAMPLES = `
Examples:
  regatta columns
  regatta columns summary.csv
  regatta columns --markdown > COLUMNS.md`

export function addColumnsCommand(program: Command): void {
  program
    .command('columns')
    .description('say what every column of every CSV file means, or of one')
    .argument('[file]', 'of this file alone, such as summary.csv')
    .option('--markdown', 'as Markdown tables')
    .addHelpText('after', EXAMPLES)
    .action((name: string | undefined, { markdown }: { markdown?: boolean }) => {
      const write = markdown ? markdownOf : textOf
      print(
        filesNamed(name)
          .map(([file, columns]) => write(file, columns))
          .join('\n\n'),
      )
    })
}

/** All without a name. Throws a UserError where no file is called that, with or without `.csv`. */
function filesNamed(name?: string): [name: string, file: CsvFile][] {
  const files = [csvFiles, planFiles, breakEvenFiles, transitionFiles, sweepFiles, fidelityFiles].flatMap(
    all => Object.entries<CsvFile>(all),
  )
  if (name === undefined) return files
  const stem = stemOf(name)
  const named = files.filter(([file]) => stemOf(file) === stem)
  if (named.length > 0) return named
  const stems = files.map(([file]) => stemOf(file))
  throw new UserError(`no file of results is called '${name}'; ${suggestion(stem, stems)}`)
}

function stemOf(file: string): string {
  return file.replace(/\.csv$/, '')
}

function textOf(name: string, { about, columns }: CsvFile): string {
  const table = tableText([
    { heading: '', cells: columns.map(column => column.name), align: 'left' },
    { heading: '', cells: columns.map(column => column.about), align: 'left' },
  ])
  return `${colours.bold(name)}  ${about}\n${table.trimStart()}`
}

function markdownOf(name: string, { about, columns }: CsvFile): string {
  const row = (column: Column<never>) => `| \`${column.name}\` | ${column.about.replaceAll('|', '\\|')} |`
  return [`## ${name}`, '', about, '', '| column | about |', '| --- | --- |', ...columns.map(row)].join('\n')
}
