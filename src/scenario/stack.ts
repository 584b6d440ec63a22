import { keepsPromptsWhole } from '../batching/registry.ts'
import { placesOf } from '../latency/layout.ts'
import type { Buckets } from '../latency/padding.ts'
import type { FactReader } from './evidence.ts'
import type { CompiledFacts, Sizes } from './facts.ts'
import { type PoolParts, parallelismOf } from './pool-parts.ts'

/** What is compiled for the replicas of a pool. */
export interface Stack {
  /** Sizes of a replica. */
  readonly buckets: Buckets
  /** Seconds from the start of the run before a replica serves; 0 where it is ready. */
  readonly startS: number
  /** What a step takes longer by drawing tokens on the host, and for each sequence. */
  readonly samplingS: { readonly stepS: number; readonly sequenceS: number }
}

/** The most that a replica is asked to hold. */
export interface Bounds {
  readonly maxModelLen: number
}

const DIMENSIONS = ['batch', 'context', 'prompt'] as const
type Dimension = (typeof DIMENSIONS)[number]

/** What the engine is known to compile on the device. */
export function compiledFacts({ engine, device }: PoolParts): CompiledFacts | undefined {
  return engine.onDevice?.[device.id]?.compiled ?? engine.compiled
}

/** Whether KV comes in pages: as the pool says, or as a compiled engine does it. */
export function isPaged(parts: PoolParts): boolean {
  const { kv, compiled } = parts.pool
  return kv.paging ?? (compiled === undefined ? true : (compiledFacts(parts)?.paging ?? true))
}

/** Undefined where the pool's steps are not compiled. Throws a UserError where sizes cannot hold what may come. */
export function stackOf(parts: PoolParts, bounds: Bounds, facts: FactReader): Stack | undefined {
  const { pool, engine, fail } = parts
  if (pool.compiled === undefined) return undefined
  if (pool.latency.model !== 'operators') {
    fail(['compiled'], 'is given; must be left out where latency is a law of your own')
  }
  const buckets = Object.fromEntries(
    DIMENSIONS.flatMap(dimension => {
      const sizes = sizesOf(parts, dimension, bounds)
      return sizes === undefined ? [] : [[dimension, sizes]]
    }),
  ) as Buckets
  if (buckets.context === undefined && !engine.graphs) {
    fail(['compiled', 'context'], `is exact; must have sizes, as ${engine.id} launches kernels one by one`)
  }
  return { buckets, startS: startSeconds(parts, facts), samplingS: samplingSeconds(parts, facts) }
}

/** Sizes of a replica; undefined where nothing is padded. */
function sizesOf(parts: PoolParts, dimension: Dimension, bounds: Bounds): readonly number[] | undefined {
  const { pool, engine, fail } = parts
  const given = pool.compiled![dimension]
  const sizes: Sizes | undefined = given ?? compiledFacts(parts)?.[dimension].value
  if (sizes === undefined) {
    return fail(
      ['compiled'],
      `has no ${dimension}; must have it, as ${engine.id} does not say what it compiles`,
    )
  }
  const most = mostOf(parts, dimension, bounds)
  if (sizes === 'exact') return undefined
  const perReplica = dimension === 'batch' ? pool.replica.attention_dp : 1
  const rank = sizes === 'largest' ? [most] : heldBy(parts, dimension, sizes, most, given !== undefined)
  return rank.map(size => size * perReplica)
}

/** The most of a dimension: sequences of an attention rank, tokens of a request, tokens of a chunk. */
function mostOf({ pool }: PoolParts, dimension: Dimension, { maxModelLen }: Bounds): number {
  const { name, max_sequences, token_budget, chunk_budget } = pool.batcher
  if (dimension === 'batch') return max_sequences
  if (dimension === 'context' || keepsPromptsWhole(name)) return maxModelLen
  const places = placesOf(parallelismOf(pool.replica))
  return Math.min(maxModelLen, (chunk_budget ?? token_budget) * places)
}

/** Key of the batcher that decides how large the sizes of a dimension must be. */
function boundOf({ name, chunk_budget }: PoolParts['pool']['batcher'], dimension: Dimension) {
  if (dimension === 'batch') return 'max_sequences'
  if (dimension === 'context' || keepsPromptsWhole(name)) return 'max_model_len'
  return chunk_budget === undefined ? 'token_budget' : 'chunk_budget'
}

/** The sizes that are of use: up to the first that holds the most there may be. */
function heldBy(
  { pool, engine, fail }: PoolParts,
  dimension: Dimension,
  sizes: readonly number[],
  most: number,
  isGiven: boolean,
): readonly number[] {
  const fallsAt = sizes.findIndex((size, i) => i > 0 && size <= sizes[i - 1])
  if (fallsAt >= 0) {
    fail(
      ['compiled', dimension, fallsAt],
      `is ${sizes[fallsAt]}; must be > ${sizes[fallsAt - 1]}, the size before`,
    )
  }
  const largest = sizes[sizes.length - 1]
  const key = boundOf(pool.batcher, dimension)
  if (largest < most && isGiven) {
    const what = dimension === 'prompt' ? 'the largest chunk of a prompt' : key
    fail(['compiled', dimension], `ends at ${largest}; must reach ${most}, ${what}`)
  }
  if (largest < most) {
    const is = pool.batcher[key] ?? most
    fail(
      ['batcher', key],
      `is ${is}; must be <= ${largest}, the largest ${dimension} that ${engine.id} compiles`,
    )
  }
  if (isGiven) return sizes
  const last = sizes.findIndex(size => size >= most)
  const used = sizes.slice(0, last + 1)
  return dimension === 'context' ? [...used.slice(0, -1), most] : used
}

function startSeconds(parts: PoolParts, facts: FactReader): number {
  const { pool } = parts
  const { cold, compile_s, warmup_s } = pool.compiled!
  if (!cold) return 0
  return secondsOf(parts, 'compileS', compile_s, facts) + secondsOf(parts, 'warmupS', warmup_s, facts)
}

function secondsOf(
  parts: PoolParts,
  name: 'compileS' | 'warmupS',
  given: number | undefined,
  facts: FactReader,
): number {
  const { engine, fail } = parts
  const fact = compiledFacts(parts)?.[name]
  if (given !== undefined) return given
  if (fact !== undefined) return facts.take(`${engine.id} compiled.${name}`, fact, 'low')
  const key = name === 'compileS' ? 'compile_s' : 'warmup_s'
  return fail(['compiled'], `has no ${key}; must have it, as ${engine.id} does not say how long it takes`)
}

function samplingSeconds(parts: PoolParts, facts: FactReader): Stack['samplingS'] {
  const { pool, engine, fail } = parts
  if (pool.compiled!.sampling === 'device') return { stepS: 0, sequenceS: 0 }
  const sampling = compiledFacts(parts)?.hostSampling
  if (sampling === undefined) {
    return fail(['compiled', 'sampling'], `is "host"; nobody has measured what that takes with ${engine.id}`)
  }
  const take = (name: 'stepUs' | 'sequenceUs') =>
    facts.take(`${engine.id} compiled.hostSampling.${name}`, sampling[name], 'low') * 1e-6
  return { stepS: take('stepUs'), sequenceS: take('sequenceUs') }
}
