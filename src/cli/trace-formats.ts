import type { Command } from 'commander'
import type { TraceFormat } from '../arrivals/formats/contract.ts'
import { formats } from '../arrivals/formats/registry.ts'
import { writers } from '../arrivals/writing/registry.ts'
import { print, tableText } from './print.ts'

export function addFormatsCommand(trace: Command): void {
  trace
    .command('formats')
    .description('list the formats of traces that are read, and those that are written')
    .action(() => print(formatsText()))
}

function formatsText(): string {
  const names = Object.keys(formats)
  const known = Object.values<TraceFormat>(formats)
  return tableText([
    { heading: 'format', cells: names, align: 'left' },
    {
      heading: 'times',
      cells: known.map(({ timing }) => (timing === 'own' ? 'own' : '--rate')),
      align: 'left',
    },
    {
      heading: 'written',
      cells: names.map(name => (Object.hasOwn(writers, name) ? 'yes' : '')),
      align: 'left',
    },
    { heading: 'what it is', cells: known.map(({ about }) => about), align: 'left' },
  ])
}
