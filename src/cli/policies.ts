import type { Command } from 'commander'
import type { OptionSpec } from '../core/options.ts'
import { type PolicyEntry, policies } from '../routing/registry.ts'
import { print, tableText } from './print.ts'

const EXAMPLES = `
Examples:
  regatta policies
  regatta run mine.yaml --policy length-split:threshold_tokens=512`

export function addPoliciesCommand(program: Command): void {
  program
    .command('policies')
    .description('list the routing policies with their options')
    .addHelpText('after', EXAMPLES)
    .action(() => {
      const rows = Object.entries<PolicyEntry>(policies).flatMap(([name, entry]) => rowsOf(name, entry))
      print(
        tableText([
          { heading: 'policy', cells: rows.map(([name]) => name), align: 'left' },
          { heading: 'sends a request to', cells: rows.map(([, about]) => about), align: 'left' },
        ]),
      )
    })
}

function rowsOf(name: string, { about, options = {}, optionPerKind }: PolicyEntry): [string, string][] {
  const perKind: [string, OptionSpec][] = optionPerKind === undefined ? [] : [['<kind>', optionPerKind]]
  const specs = [...Object.entries(options), ...perKind]
  return [
    [name, about],
    ...specs.map(([option, spec]): [string, string] => [`  ${option}`, optionText(spec)]),
  ]
}

function optionText({ about, default: value, min, max }: OptionSpec): string {
  const bounds = [
    ...(value === undefined ? [] : [`default ${value}`]),
    ...(min === undefined ? [] : [`>= ${min}`]),
    ...(max === undefined ? [] : [`<= ${max}`]),
  ]
  return `  ${about} (${bounds.join(', ')})`
}
