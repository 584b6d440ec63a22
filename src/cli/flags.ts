import { type Command, InvalidArgumentError, Option } from 'commander'
import type { OnBadRow, ZeroOutput } from '../arrivals/formats/contract.ts'
import { type FormatName, formats } from '../arrivals/formats/registry.ts'

/** Flags of every command that reads a scenario. */
export interface ScenarioFlags {
  readonly seed?: string | number
  readonly load?: number
  readonly trace?: string
  readonly class?: string
  readonly format?: FormatName | 'auto'
  readonly onBadRow?: OnBadRow
  readonly zeroOutput?: ZeroOutput
  readonly catalogue?: readonly string[]
  readonly policyTimeout?: number
}

/** Of every command that writes results. */
export interface ParquetFlag {
  readonly parquet?: boolean
}

/** Flags of every command that runs one. */
export interface RunFlags extends ScenarioFlags, ParquetFlag {
  readonly out?: string
  readonly requests?: boolean
  readonly explain?: number
  readonly stepByStep?: boolean
}

export function withScenarioFlags(command: Command): Command {
  return command
    .argument('<scenario>', 'scenario file, YAML')
    .option('--seed <seed>', "seed in place of the scenario's", seedOf)
    .option('--load <share>', "arrival rate as a share of the fleet's saturation, such as 0.65", aboveZero)
    .option('--trace <file>', "trace in place of the scenario's workload, at its load or rate")
    .option('--class <name>', 'class of the requests of --trace')
    .addOption(
      new Option('--format <name>', 'format of --trace; by default found out').choices(Object.keys(formats)),
    )
    .addOption(
      new Option('--on-bad-row <what>', 'at a row of --trace that cannot be used').choices(['fail', 'skip']),
    )
    .addOption(
      new Option('--zero-output <what>', 'requests of --trace without output tokens').choices([
        'drop',
        'one',
        'bad',
      ]),
    )
    .addOption(catalogueOption())
    .option(
      '--policy-timeout <seconds>',
      'how long a policy of your own may take for one answer; 10 by default',
      aboveZero,
    )
    .addOption(debugOption())
}

export function withRunFlags(command: Command): Command {
  return withScenarioFlags(command)
    .option('--out <folder>', 'write CSV files and manifest.json there')
    .option('--requests', 'write requests.csv too: one row per policy and request; needs --out')
    .addOption(parquetOption())
    .option(
      '--explain <decisions>',
      'also say of so many decisions of each policy what other replicas would have done',
      countOf,
    )
    .option('--step-by-step', 'one event per engine step: slow, and the same result bit for bit')
}

/** `--debug` is read from the command line by whoever reports errors. */
export function debugOption(): Option {
  return new Option('--debug', 'on an error, print where it came from')
}

export function catalogueOption(): Option {
  const about = 'catalogue of your own on top of the shipped one, folder or JSON file; may be repeated'
  return new Option('--catalogue <path>', about).argParser(collect)
}

export function parquetOption(): Option {
  return new Option('--parquet', 'write a Parquet file beside each CSV file, with typed columns')
}

export function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value]
}

/** Whole numbers are numbers, as they are in a scenario file. */
export function seedOf(text: string): string | number {
  return /^-?\d{1,15}$/.test(text) ? Number(text) : text
}

export function countOf(text: string): number {
  const value = Number(text)
  if (text.trim() !== '' && Number.isSafeInteger(value) && value > 0) return value
  throw new InvalidArgumentError('It must be a whole number > 0.')
}

export function aboveZero(text: string): number {
  const value = Number(text)
  if (text.trim() !== '' && value > 0 && value < Number.POSITIVE_INFINITY) return value
  throw new InvalidArgumentError('It must be a number > 0.')
}
