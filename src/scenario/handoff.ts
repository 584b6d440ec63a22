import { UserError } from '../core/errors.ts'
import type { Handoff } from '../fleet/course.ts'
import { type KvFormat, obstacle, readingOf } from '../links/compatibility.ts'
import type { ReplicaKind } from '../replicas/contract.ts'
import { compositionEntry } from '../routing/composition/composed.ts'
import type { PoolParts } from './pool-parts.ts'
import { type ModelScenario, type ParsedScenario, policyChoices } from './schema.ts'
import { GIGA } from './units.ts'

/** A kind of replica with the pool it is of. */
export interface KindParts {
  readonly name: string
  readonly parts: PoolParts
  readonly made: { readonly kind: Pick<ReplicaKind, 'maxModelLen'> }
}

/**
 * How requests get from the replicas that compute prompts to those that decode; undefined where all do both. Throws a
 * UserError where one side is missing, or cannot read what the other writes.
 */
export function handoffOf(
  parsed: ParsedScenario,
  { disaggregation }: ModelScenario,
  kinds: readonly KindParts[],
): Handoff | undefined {
  const parted = kinds.find(({ parts }) => parts.pool.role !== 'both')
  if (parted === undefined) {
    if (disaggregation === undefined) return undefined
    const where = parsed.keyPlace([], 'disaggregation')
    throw new UserError(
      `${where}: disaggregation is given; a pool must have role prefill, and one decode or both`,
    )
  }
  if (disaggregation === undefined) {
    const { pool, fail } = parted.parts
    return fail(
      ['role'],
      `is "${pool.role}"; the file must have disaggregation, how KV gets from pool to pool`,
    )
  }
  const { conversion_gb_per_s, decode_at, layerwise, policy } = disaggregation
  const conversionBytesPerS = conversion_gb_per_s === undefined ? undefined : conversion_gb_per_s * GIGA
  checkSides(kinds)
  checkReading(kinds, conversionBytesPerS)
  const formats = kinds.map(formatOf)
  const rates = formats.map(from => formats.map(to => rateOf(from, to, conversionBytesPerS)))
  return {
    decodeAt: decode_at,
    layers: layerwise ? Math.min(...sending(kinds).map(({ parts }) => parts.model.layers)) : 1,
    ...(policy === undefined ? {} : { policy: choiceOf(policy) }),
    conversionBytesPerS: (from, to) => rates[from][to],
  }
}

/** Infinity where nothing is to be converted. */
function rateOf(from: KvFormat, to: KvFormat, conversionBytesPerS = Number.NaN): number {
  return readingOf(from, to) === 'as it is' ? Number.POSITIVE_INFINITY : conversionBytesPerS
}

function choiceOf(policy: NonNullable<NonNullable<ModelScenario['disaggregation']>['policy']>) {
  const [{ name, options, composition }] = policyChoices([policy])
  return composition === undefined
    ? { name, options }
    : { name, options, entry: compositionEntry(composition) }
}

function sending(kinds: readonly KindParts[]): KindParts[] {
  return kinds.filter(({ parts }) => parts.pool.role === 'prefill')
}

/**
 * A model whose prompts are computed apart must be decoded somewhere, if only by replicas that do both; nothing comes to
 * those that only decode unless prompts are computed apart.
 */
function checkSides(kinds: readonly KindParts[]): void {
  const others = { prefill: ['decode', 'both'], decode: ['prefill'] }
  for (const { parts } of kinds) {
    const { pool, model, fail } = parts
    if (pool.role === 'both') continue
    const needed = others[pool.role]
    const isThere = kinds.some(other => needed.includes(other.parts.pool.role) && other.parts.model === model)
    if (!isThere) fail(['role'], `is "${pool.role}"; no pool of ${model.id} has role ${needed.join(' or ')}`)
  }
}

function checkReading(kinds: readonly KindParts[], conversionBytesPerS: number | undefined): void {
  for (const from of sending(kinds)) {
    for (const to of kinds) {
      const { pool, model, fail } = to.parts
      if (pool.role === 'prefill' || model !== from.parts.model) continue
      const mistake = obstacle(formatOf(from), formatOf(to), conversionBytesPerS)
      if (mistake !== undefined)
        fail(['role'], `is "${pool.role}"; ${mistake}: disaggregation.conversion_gb_per_s`)
      checkLengths(from, to)
    }
  }
}

/** Who takes a request over must be able to hold it. */
function checkLengths(from: KindParts, to: KindParts): void {
  const [computed, held] = [from, to].map(({ made }) => made.kind.maxModelLen)
  if (held >= computed) return
  const bound = `must be >= ${computed}, as pool "${from.name}" hands over requests as long`
  to.parts.fail(['batcher', 'max_model_len'], `is ${held}; ${bound}`)
}

function formatOf({ name, parts: { model, device, engine, pool } }: KindParts): KvFormat {
  return {
    owner: `pool "${name}"`,
    model: model.id,
    vendor: device.vendor,
    layout: engine.kvLayout ?? engine.id,
    dtype: pool.replica.kv,
  }
}
