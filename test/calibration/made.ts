import { type Calibration, calibrate, type Finding, type Order } from '../../src/calibration/calibrate.ts'
import type { Limits } from '../../src/calibration/formats/contract.ts'
import { FITS, type FitName, type Profile } from '../../src/calibration/parameters.ts'
import { predictionsOf } from '../../src/calibration/predictions.ts'
import { UserError } from '../../src/core/errors.ts'
import type { Setup } from '../../src/fidelity/subject.ts'
import type { Catalogue, Engine } from '../../src/scenario/facts.ts'
import { catalogue as shipped } from '../scenario/helpers.ts'

/** An engine with plain constants of its own, whatever the shipped one has been fitted to. */
const PLAIN: Engine = plain(shipped.engines.get('vllm')!)
export const catalogue: Catalogue = { ...shipped, engines: new Map(shipped.engines).set('vllm', PLAIN) }

function plain({ floor: _, onDevice: __, fittedOn: ___, kvMultiplier: ____, ...engine }: Engine): Engine {
  const fact = (value: number) =>
    ({ value, grade: 'estimate', source: Object.keys(engine.sources)[0] }) as const
  const times = { stepUs: fact(300), layerUs: fact(0), sequenceUs: fact(0), frontEndMs: fact(14) }
  return { ...engine, ...times, prefillMultiplier: fact(1.1) }
}

export const LIMITS: Limits = { tokenBudget: 2048, maxSequences: 256, lengthsFrom: 1 }
export const GIVEN = { device: 'h100-sxm', engine: 'vllm', model: 'llama-3.1-8b', weights: 'bf16', tp: 1 }

export const SETUP: Setup = {
  device: catalogue.devices.get('h100-sxm')!,
  engine: catalogue.engines.get('vllm')!,
  model: catalogue.models.get('llama-3.1-8b')!,
  weights: 'bf16',
  kv: 'bf16',
  tp: 1,
}

type Observations = Parameters<typeof predictionsOf>[0]

/** A profile whose parameters have these values. */
export function profileWith(
  values: Readonly<Record<string, number>>,
  observations: Observations,
  fit: FitName = 'engine',
): Profile {
  const parameters = FITS[fit].parametersOf(observations)
  return Object.entries(values).reduce<Profile>(
    (profile, [name, value]) => {
      const parameter = parameters.find(one => one.name === name)
      if (parameter === undefined) throw new Error(`there is no parameter ${name}`)
      return parameter.write(profile, { value, grade: 'measured', source: 'truth' })
    },
    { engine: SETUP.engine, device: SETUP.device },
  )
}

/** What the observations would have measured of the profile. */
export function measuredUnder(profile: Profile, observations: Observations): Promise<readonly number[]> {
  return predictionsOf(observations).under(profile)
}

export function calibrated(
  text: string,
  order: Partial<Order> = {},
  name = 'mine.csv',
): Promise<Calibration> {
  const files = [{ name, text }]
  return calibrate({ files, catalogue, given: GIVEN, limits: LIMITS, fit: 'engine', ...order })
}

export function finding({ findings }: Calibration, name: string): Finding {
  const found = findings.find(({ parameter }) => parameter.name === name)
  if (found === undefined) throw new Error(`there is no parameter ${name}`)
  return found
}

/** The message that the user gets. */
export async function mistakeIn(text: string, order: Partial<Order> = {}, name?: string): Promise<string> {
  try {
    await calibrated(text, order, name)
  } catch (error) {
    if (error instanceof UserError) return error.message
    throw error
  }
  throw new Error('there is no mistake')
}
