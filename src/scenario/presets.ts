import type { ArrivalSource } from '../arrivals/contract.ts'
import { generated } from '../arrivals/generate.ts'
import { type WeekSpec, weekOf } from '../arrivals/generators/week.ts'
import { UserError } from '../core/errors.ts'
import { suggestion } from '../core/nearest.ts'
import { readJson } from './document.ts'
import { generatorSpec } from './generators.ts'
import { type Preset, type PresetOptions, presetSchema } from './preset-schema.ts'
import { validated } from './validate.ts'

/** Reads a file of `configs/workloads`. Throws a UserError with place, key, value and bound. */
export function presetFrom(text: string, file: string): Preset {
  const source = readJson(text, file)
  const preset = validated(presetSchema, source)
  for (const named of sourcesNamed(preset)) {
    if (Object.hasOwn(preset.sources, named)) continue
    throw new UserError(`${file}: source "${named}"; ${suggestion(named, Object.keys(preset.sources))}`)
  }
  return preset
}

function sourcesNamed(preset: Preset): string[] {
  if ('generate' in preset) return Object.values(preset.basis).map(({ source }) => source)
  return Object.values(preset.week).flatMap(service => {
    return Object.values(service).map(({ source }) => source)
  })
}

/**
 * The arrivals of a preset, at its own rate. Throws a UserError where the options ask for what it has not.
 *
 * @param name prefix of the names of its streams of chance
 */
export function presetSource(
  preset: Preset,
  options: PresetOptions,
  seed: string | number,
  name = 'arrivals',
): ArrivalSource {
  refuseForeign(preset, options)
  if ('generate' in preset) {
    const requests = options.requests ?? preset.generate.requests
    return generated(generatorSpec({ ...preset.generate, requests }), seed, name)
  }
  const { services, first_day: firstDay, days, scale } = options
  return weekOf(weekSpec(preset), {
    seed,
    name,
    ...(services !== undefined && { services }),
    ...(firstDay !== undefined && { firstDay }),
    ...(days !== undefined && { days }),
    ...(scale !== undefined && { scale }),
  })
}

const WEEK_OPTIONS = ['services', 'first_day', 'days', 'scale'] as const

function refuseForeign(preset: Preset, options: PresetOptions): void {
  const isWeek = 'week' in preset
  const foreign = isWeek ? (['requests'] as const) : WEEK_OPTIONS
  for (const key of foreign) {
    if (options[key] === undefined) continue
    const has = isWeek ? WEEK_OPTIONS.join(', ') : 'requests'
    throw new UserError(`${key} is ${options[key]}; ${preset.id} can be given ${has}`)
  }
}

function weekSpec({ week }: Extract<Preset, { week: unknown }>): WeekSpec {
  const services = Object.entries(week).map(([className, service]) => ({
    className,
    requests: service.requests.value,
    rates: service.requests_per_minute.values,
    gapShape: service.gap_shape.value,
    input: service.input_tokens.points,
    output: service.output_tokens.points,
  }))
  return { services }
}
