import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { calibrate } from '../calibration/calibrate.ts'
import type { Format, MeasuredFile } from '../calibration/formats/contract.ts'
import { formats } from '../calibration/formats/registry.ts'
import { FITS, type FitName } from '../calibration/parameters.ts'
import { defaultId, type ProfileFile, profileFile } from '../calibration/profile.ts'
import type { Given } from '../calibration/setups.ts'
import { UserError } from '../core/errors.ts'
import { DTYPES } from '../scenario/facts.ts'
import { loadCatalogue } from '../scenario/files.ts'
import { SHIPPED_CATALOGUE } from '../scenario/shipped.ts'
import { calibrationText, sourceText, usageText } from './calibration.ts'
import { collect, debugOption } from './flags.ts'
import { print } from './print.ts'
import { Progress } from './progress.ts'

interface CalibrateFlags extends Given {
  readonly measurements: readonly string[]
  readonly fit: FitName
  readonly out?: string
  readonly id?: string
  readonly tokenBudget: number
  readonly maxSequences: number
  readonly lengthsFrom: number
  readonly catalogue?: readonly string[]
}

/** About as many times as the measurements are predicted. */
const EVALUATIONS = 400

const FILES = Object.values<Format>(formats)
  .map(({ about }) => `  ${about}`)
  .join('\n')

const HELP = `
Files, told apart by what is in them; several are fitted together:
${FILES}
Times may stand in columns ending in _ms instead of _s. CSV files may say device, engine, model, weights, kv and tp
of every row, by the names of the catalogue; the options pick rows by them, and fill them in where they are missing.

Examples:
  regatta calibrate --measurements bench-8.json bench-64.json --device DEVICE --model MODEL \\
    --weights bf16 --tp 1 --out mine.json
  regatta calibrate --measurements steps.csv --device DEVICE --engine vllm --model MODEL --weights fp8 --tp 1
  regatta calibrate --measurements log.csv --device DEVICE --engine vllm --model MODEL --weights bf16 \\
    --tp 1 --max-sequences 128 --out mine.json --id my-vllm
  regatta race scenario.yaml --catalogue mine.json`

export function addCalibrateCommand(program: Command): void {
  program
    .command('calibrate')
    .description('fit the catalogue to measurements of your own, and say how well and how surely')
    .requiredOption('--measurements <files...>', 'files of measurements, of one device under one engine')
    .option('--device <id>', 'device, where the files do not say it or have several')
    .option('--engine <id>', 'engine, likewise')
    .option('--model <id>', 'model, likewise')
    .option('--weights <format>', `format of the weights, likewise: ${DTYPES.join(', ')}`)
    .option('--kv <format>', 'format of KV, likewise; bf16 where nothing says it')
    .option('--tp <devices>', 'devices of the replica, likewise', atLeastOne)
    .addOption(fitOption())
    .option('--out <file>', 'write the profile there, as a catalogue file')
    .option(
      '--id <id>',
      "what to call it; by default <engine>-<device>, or the device itself; an engine's own id takes its place, also for validate",
    )
    .option(
      '--token-budget <tokens>',
      'most tokens in a step of the engine that was measured',
      atLeastOne,
      2048,
    )
    .option('--max-sequences <count>', 'most requests that it ran at once', atLeastOne, 256)
    .option(
      '--lengths-from <share>',
      'lengths were drawn evenly from this share of the stated ones',
      share,
      1,
    )
    .option(
      '--catalogue <path>',
      'catalogue of your own, on top of the shipped one; may be repeated',
      collect,
    )
    .addOption(debugOption())
    .addHelpText('after', HELP)
    .action(calibrateFiles)
}

function fitOption(): Option {
  const about = Object.entries(FITS).map(([name, fit]) => `${name} (${fit.about})`)
  return new Option('--fit <what>', `what to fit: ${about.join(', or ')}`)
    .choices(Object.keys(FITS))
    .default('engine')
}

async function calibrateFiles(flags: CalibrateFlags): Promise<void> {
  const { measurements, fit, device, engine, model, weights, kv, tp } = flags
  const { tokenBudget, maxSequences, lengthsFrom } = flags
  const catalogue = loadCatalogue([SHIPPED_CATALOGUE, ...(flags.catalogue ?? [])])
  const files = filesOf(measurements)
  const given = Object.fromEntries(
    Object.entries({ device, engine, model, weights, kv, tp }).filter(([, value]) => value !== undefined),
  )
  const limits = { tokenBudget, maxSequences, lengthsFrom }
  const progress = new Progress(EVALUATIONS)
  let done = 0
  const onDone = () => {
    progress.show(++done, 'fitting')
    return new Promise<void>(resolve => setImmediate(resolve))
  }
  const order = { files, catalogue, given, limits, fit, onDone }
  const calibration = await calibrate(order).finally(() => progress.stop())
  const id = flags.id ?? defaultId(calibration)
  const profile = profileFile(calibration, catalogue, id, sourceText(calibration, measurements))
  print(calibrationText(calibration, limits))
  if (flags.out === undefined) {
    print('\nNot written; give --out to use it.')
    return
  }
  write(flags.out, profile)
  print(`\n${usageText(calibration, limits, catalogue, id, [...(flags.catalogue ?? []), flags.out])}`)
}

/** Throws a UserError where a file cannot be read, or counts twice. */
function filesOf(names: readonly string[]): MeasuredFile[] {
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  if (twice !== undefined) throw new UserError(`--measurements has ${twice} twice; must be there once`)
  return names.map(name => {
    if (!existsSync(name)) throw new UserError(`--measurements ${name}: there is no such file`)
    if (statSync(name).isDirectory()) {
      throw new UserError(`--measurements ${name}: is a folder; must be one or more files`)
    }
    return { name, text: readFileSync(name, 'utf8') }
  })
}

function write(file: string, profile: ProfileFile): void {
  try {
    writeFileSync(file, `${JSON.stringify(profile, null, 2)}\n`)
  } catch (error) {
    throw new UserError(`--out ${file}: cannot be written: ${(error as Error).message}`, { cause: error })
  }
}

function atLeastOne(text: string): number {
  const value = Number(text)
  if (Number.isInteger(value) && value >= 1) return value
  throw new InvalidArgumentError('It must be a whole number >= 1.')
}

function share(text: string): number {
  const value = Number(text)
  if (value > 0 && value <= 1) return value
  throw new InvalidArgumentError('It must be a number > 0 and <= 1.')
}
