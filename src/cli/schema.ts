import { Argument, type Command } from 'commander'
import { scenarioJsonSchema } from '../scenario/schema.ts'
import { experimentJsonSchema } from '../sweeps/experiment-schema.ts'
import { planJsonSchema } from './plan-json-schema.ts'
import { print } from './print.ts'

const SCHEMAS = {
  scenario: scenarioJsonSchema,
  experiment: experimentJsonSchema,
  plan: planJsonSchema,
} as const

const EXAMPLES = `
Examples:
  regatta schema > scenario.schema.json
  regatta schema experiment > experiment.schema.json
  # first line of a scenario: yaml-language-server: $schema=./scenario.schema.json`

export function addSchemaCommand(program: Command): void {
  const file = new Argument('[file]', 'which file it describes').choices(Object.keys(SCHEMAS))
  program
    .command('schema')
    .description('print the JSON Schema of scenario, experiment or plan files, for editors')
    .addArgument(file.default('scenario'))
    .addHelpText('after', EXAMPLES)
    .action((name: keyof typeof SCHEMAS) => print(JSON.stringify(SCHEMAS[name](), null, 2)))
}
