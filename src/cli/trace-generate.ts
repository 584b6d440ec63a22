import { existsSync, readFileSync } from 'node:fs'
import { type Command, Option } from 'commander'
import type { ArrivalSource } from '../arrivals/contract.ts'
import { WEEKDAYS } from '../arrivals/generators/week.ts'
import { writers } from '../arrivals/writing/registry.ts'
import { UserError } from '../core/errors.ts'
import { readYaml, sourceOf } from '../scenario/document.ts'
import { loadPreset, presetNames, traceOpener } from '../scenario/files.ts'
import type { PresetOptions } from '../scenario/preset-schema.ts'
import { type Wanted, type WorkloadSpec, workloadArrivals, workloadSpec } from '../scenario/workload-spec.ts'
import { aboveZero, collect, debugOption, seedOf } from './flags.ts'
import { print } from './print.ts'
import { CountLine } from './progress.ts'
import { type LikeFlags, madeLike } from './trace-like.ts'
import { wholeFromOne } from './trace-source.ts'
import { transformed, withTransformFlags } from './trace-transforms.ts'
import { targetOf, written } from './trace-writing.ts'

interface GenerateFlags extends LikeFlags {
  readonly services?: readonly string[]
  readonly firstDay?: NonNullable<PresetOptions['first_day']>
  readonly days?: number
  readonly scale?: number
  readonly like?: string
}

const HELP = () => `
A specification is a scenario, or its \`workload\` section, or the \`generate\` section of that, alone in a YAML file.
Presets: ${presetNames().join(', ')}

Examples:
  regatta trace generate azure-2024-week --out week.csv.gz --to azure
  regatta trace generate azure-2024-week --services code --first-day monday --days 2 --scale 0.1 --out monday.csv
  regatta trace generate chat-sessions --requests 100000 --seed 7 --out chats.jsonl.gz
  regatta trace generate mine.yaml --duration-s 3600 --out hour.csv
  regatta trace generate --like AzureLLMInferenceTrace_code.csv --out alike.csv --spec alike.yaml`

export function addGenerateCommand(trace: Command): void {
  const generate = trace
    .command('generate')
    .description('make a trace: from a specification, from a preset, or like another trace')
    .argument('[spec]', 'YAML file, or the name of a preset')
    .option('--out <file>', 'write it there, zipped where the name ends in .gz')
    .addOption(
      new Option(
        '--to <format>',
        'format to write; by default the normal form, CSV or JSONL by the name',
      ).choices(Object.keys(writers)),
    )
    .option('--seed <seed>', "seed in place of the specification's, or of 1", seedOf)
    .option('--requests <count>', 'how many at most', wholeFromOne)
    .option('--duration-s <seconds>', 'requests, or sessions, begin before this time', aboveZero)
    .option('--rate <per-s>', 'mean requests a second; with --like: of a trace without times', aboveZero)
    .option('--services <name>', 'of a week: that class alone; may be repeated', collect)
    .addOption(
      new Option(
        '--first-day <day>',
        'of a week; stamps that --to azure writes begin on a Sunday all the same',
      ).choices(WEEKDAYS),
    )
    .option('--days <days>', 'of a week: so many from the first day on', wholeFromOne)
    .option('--scale <factor>', 'of a week: times as many requests in each of its steps', aboveZero)
    .option('--like <trace>', 'fit a generator to a trace and say how near it comes')
    .option('--format <name>', 'with --like: format of the trace; by default found out')
    .addOption(
      new Option('--on-bad-row <what>', 'with --like: at a row that cannot be used').choices([
        'fail',
        'skip',
      ]),
    )
    .option('--spec <file>', 'with --like: write the fitted specification there, YAML')
    .addOption(debugOption())
  withTransformFlags(generate).addHelpText('after', HELP).action(generateTrace)
}

const OF_LIKE = [
  ['spec', '--spec'],
  ['format', '--format'],
  ['onBadRow', '--on-bad-row'],
] as const

const OF_WEEK = [
  ['services', '--services'],
  ['firstDay', '--first-day'],
  ['days', '--days'],
  ['scale', '--scale'],
] as const

async function generateTrace(spec: string | undefined, flags: GenerateFlags): Promise<void> {
  if (flags.like !== undefined && spec !== undefined) {
    throw new UserError(`there are a specification, ${spec}, and --like ${flags.like}; must be one of them`)
  }
  if (flags.like !== undefined) {
    mustBeNoWeek(flags)
    return madeLike(flags.like, flags)
  }
  if (spec === undefined)
    throw new UserError('there is no specification; must have a file, a preset or --like')
  if (flags.out === undefined) throw new UserError('--out is missing; it says where to write the trace')
  for (const [key, name] of OF_LIKE) {
    if (flags[key] !== undefined) throw new UserError(`${name} ${flags[key]} is given without --like`)
  }
  const target = targetOf(flags.out, flags.to)
  const open = generatorOf(spec, flags)
  const line = new CountLine('requests made')
  try {
    const text = await written(open, target, requests => line.show(requests))
    line.end()
    print(text)
  } finally {
    line.end()
  }
}

/** A fresh reader of what is wanted at each call; mistakes show at the first. */
function generatorOf(name: string, flags: GenerateFlags): () => ArrivalSource {
  const spec = specOf(name, flags)
  const seed = flags.seed ?? spec.seed ?? 1
  const { requests, durationS, rate: ratePerS } = flags
  const wanted: Wanted = {
    ...(requests !== undefined && { requests }),
    ...(durationS !== undefined && { durationS }),
    ...(ratePerS !== undefined && { ratePerS }),
  }
  const open = () => workloadArrivals(spec, wanted, seed, traceOpener(name))
  return () => transformed(open, flags, seed)
}

function specOf(name: string, flags: GenerateFlags): WorkloadSpec {
  const isPreset = name.endsWith('.json') || !/\.ya?ml$/.test(name)
  if (isPreset) return presetSpec(name, flags)
  mustBeNoWeek(flags)
  return workloadSpec(readYaml(textOf(name), name))
}

function mustBeNoWeek(flags: GenerateFlags): void {
  for (const [key, name] of OF_WEEK) {
    if (flags[key] === undefined) continue
    throw new UserError(`${name} is ${flags[key]}; only weeks among presets have it`)
  }
}

function presetSpec(name: string, { services, firstDay, days, scale }: GenerateFlags): WorkloadSpec {
  const options = { services, first_day: firstDay, days, scale }
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
  const preset = loadPreset(name, '.')
  const isWeek = 'week' in preset || Object.keys(given).length > 0
  const workload = isWeek ? { preset: name, ...given } : { generate: preset.generate }
  return workloadSpec(sourceOf(workload, `preset ${name}`))
}

function textOf(file: string): string {
  if (!existsSync(file)) throw new UserError(`${file}: there is no such file`)
  return readFileSync(file, 'utf8')
}
