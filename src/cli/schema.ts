import type { Command } from 'commander'
import { scenarioJsonSchema } from '../scenario/schema.ts'
import { print } from './print.ts'

const EXAMPLES = `
Examples:
  regatta schema > scenario.schema.json
  # first line of a scenario: yaml-language-server: $schema=./scenario.schema.json`

export function addSchemaCommand(program: Command): void {
  program
    .command('schema')
    .description("print the scenario file's JSON Schema, for editors")
    .addHelpText('after', EXAMPLES)
    .action(() => print(JSON.stringify(scenarioJsonSchema(), null, 2)))
}
