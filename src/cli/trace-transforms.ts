import { type Command, InvalidArgumentError } from 'commander'
import type { ArrivalSource } from '../arrivals/contract.ts'
import { transforms } from '../arrivals/transforms/registry.ts'
import { UserError } from '../core/errors.ts'
import { readYaml } from '../scenario/document.ts'
import { type TransformItem, transformedBy, transformItemSchema } from '../scenario/transform-schema.ts'
import { validated } from '../scenario/validate.ts'

/** Flags of every command that changes a trace. */
export interface TransformFlags {
  readonly transform?: readonly TransformItem[]
}

const LIST = Object.entries(transforms)
  .map(([name, { about }]) => `  ${name.padEnd(10)} ${about}`)
  .join('\n')

const HELP = `
Transforms, written as in a scenario's workload, and done in the order given:
${LIST}
Examples:
  --transform 'slice={from_s: 0, to_s: 3600}' 'thin={share: 0.1}'
  --transform 'spread={most_s: 3}' 'tag={class: batch, share: 0.2}' head=1000`

export function withTransformFlags(command: Command): Command {
  return command
    .option(
      '--transform <name=options...>',
      'what to do to the requests; may be repeated',
      (text: string, before: readonly TransformItem[] | undefined) => [...(before ?? []), itemOf(text)],
    )
    .addHelpText('after', HELP)
}

/** The workload with the transforms of the flags done to it. Throws a UserError that names the number and its bound. */
export function transformed(
  open: () => ArrivalSource,
  flags: TransformFlags,
  seed: string | number,
): ArrivalSource {
  return transformedBy(open, flags.transform ?? [], seed, 'trace')
}

/** `name=options`, or `name: options` as in a scenario. */
function itemOf(text: string): TransformItem {
  try {
    return validated(transformItemSchema, readYaml(text.replace(/^(\w+)=/, '$1: '), '--transform'))
  } catch (error) {
    if (error instanceof UserError) throw new InvalidArgumentError(error.message)
    throw error
  }
}
