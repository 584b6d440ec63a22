import { UserError } from '../core/errors.ts'
import { nearest, suggestion } from '../core/nearest.ts'
import type { OptionSpecs } from '../core/options.ts'
import { type PolicyFactory, PREDICTIONS, type Prediction } from './contract.ts'
import { describe } from './guard.ts'
import type { PolicyEntry } from './registry.ts'

/** A policy from outside the registry. */
export type OwnEntry = PolicyEntry & { readonly make: PolicyFactory }

const KNOWN = ['default', 'options', 'waits', 'predicts', 'about']

/**
 * What a user's file exports, as an entry of the registry. Throws a UserError at the first thing that is wrong, and where
 * a name is nearly one that means something; other exports are the file's own affair.
 *
 * @param lineOf the line on which something is exported
 */
export function entryFrom(
  name: string,
  exported: Readonly<Record<string, unknown>>,
  lineOf: (called: string) => number | undefined = () => undefined,
): OwnEntry {
  const { default: make, about = `from ${name}`, options, waits, predicts } = exported
  const fail = (mistake: string): never => {
    throw new UserError(`policy ${name}: ${mistake}`)
  }
  checkNames(Object.keys(exported), called => fail(misnamed(called, lineOf(called))))
  if (typeof make !== 'function') {
    return fail('its default export must be a function from set-up to policy, a PolicyFactory')
  }
  if (typeof about !== 'string') return fail(`exports about, ${describe(about)}; must be a text`)
  if (waits !== undefined && typeof waits !== 'boolean') {
    return fail(`exports waits, ${describe(waits)}; must be true or false`)
  }
  return {
    make: make as PolicyFactory,
    about,
    readsNotes: true,
    ...(options !== undefined && { options: optionsOf(options, fail) }),
    ...(waits && { waits }),
    ...(predicts !== undefined && { predicts: predictionsOf(predicts, fail) }),
  }
}

function checkNames(names: readonly string[], fail: (called: string) => never): void {
  const nearly = names.find(called => !KNOWN.includes(called) && nearest(called, KNOWN).length > 0)
  if (nearly !== undefined) fail(nearly)
}

function misnamed(called: string, line: number | undefined): string {
  const where = line === undefined ? '' : ` on line ${line}`
  return `exports ${called}${where}, which means nothing; ${suggestion(called, KNOWN)}`
}

function optionsOf(options: unknown, fail: (mistake: string) => never): OptionSpecs {
  if (!isObject(options)) return fail(`exports options, ${describe(options)}; must be an object of options`)
  for (const [option, spec] of Object.entries(options)) {
    if (!isObject(spec))
      fail(`exports option ${option}, ${describe(spec)}; must be an object such as { default: 1 }`)
    for (const bound of ['default', 'min', 'max']) checkNumber(option, bound, (spec as Bounds)[bound], fail)
  }
  return options as unknown as OptionSpecs
}

type Bounds = Readonly<Record<string, unknown>>

function checkNumber(option: string, bound: string, value: unknown, fail: (mistake: string) => never): void {
  if (value === undefined || (typeof value === 'number' && !Number.isNaN(value))) return
  fail(`exports option ${option} with ${bound} ${describe(value)}; must be a number`)
}

function predictionsOf(predicts: unknown, fail: (mistake: string) => never): readonly Prediction[] {
  if (!Array.isArray(predicts)) return fail(`exports predicts, ${describe(predicts)}; must be a list`)
  const unknown = predicts.find(prediction => !PREDICTIONS.includes(prediction))
  if (unknown === undefined) return predicts
  return fail(`exports predicts with ${describe(unknown)}; ${suggestion(String(unknown), PREDICTIONS)}`)
}

function isObject(value: unknown): value is Bounds {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
