import type { Command } from 'commander'
import { fidelityFiles } from '../fidelity/columns.ts'
import type { Column } from '../results/columns/column.ts'
import { type CsvFile, csvFiles } from '../results/columns/files.ts'
import { colours, print, tableText } from './print.ts'

const EXAMPLES = `
Examples:
  regatta columns
  regatta columns --markdown > COLUMNS.md`

export function addColumnsCommand(program: Command): void {
  program
    .command('columns')
    .description('say what every column of every CSV file means')
    .option('--markdown', 'as Markdown tables')
    .addHelpText('after', EXAMPLES)
    .action(({ markdown }: { markdown?: boolean }) => {
      const write = markdown ? markdownOf : textOf
      print(
        Object.entries<CsvFile>({ ...csvFiles, ...fidelityFiles })
          .map(([name, file]) => write(name, file))
          .join('\n\n'),
      )
    })
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
