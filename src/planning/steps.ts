import { UserError } from '../core/errors.ts'
import { causalPairs } from '../latency/context.ts'
import type { LatencyModel } from '../latency/contract.ts'
import { Probe } from '../latency/probe.ts'
import type { ReplicaKind } from '../replicas/contract.ts'

/** Most members of a step to which a latency model may deal its work; more than any layout has places. */
const MOST_PLACES = 64

/**
 * The least prices of steps of a kind. What a step carries is told in the units of `Work`; a step that carries more of
 * any of them, or more members beyond `places`, takes no less and draws no less.
 */
export class Steps {
  /** Members from which on more of them do not make a step shorter. */
  readonly places: number
  readonly #kind: ReplicaKind
  readonly #probe = new Probe()

  constructor(kind: ReplicaKind) {
    this.#kind = kind
    this.places = Math.min(placesOf(kind), kind.maxSequences)
  }

  /** Seconds of a step. @param context tokens read, of decodes; @param chunks of prompts, 0 for a step without */
  seconds(decodes: number, context: number, chunks: number, tokens: number, pairs: number): number {
    this.#set(decodes, context, chunks, tokens, pairs)
    const { latency } = this.#kind
    return chunks === 0 ? latency.gapSeconds(this.#probe, 1) : latency.stepSeconds(this.#probe)
  }

  /** Joules of a step above those of the replica idle for as long. Throws a UserError where it draws less than idle. */
  joulesAboveIdle(decodes: number, context: number, chunks: number, tokens: number, pairs: number): number {
    const joules = this.#joulesAboveIdle(decodes, context, chunks, tokens, pairs)
    if (joules >= 0) return joules
    const { name, energy } = this.#kind
    throw new UserError(
      `bound: a step of ${name} draws less than the ${energy.idleWatts} W that it idles at; must draw as much or more`,
    )
  }

  #joulesAboveIdle(decodes: number, context: number, chunks: number, tokens: number, pairs: number): number {
    const { energy, latency } = this.#kind
    this.#set(decodes, context, chunks, tokens, pairs)
    const probe = this.#probe
    if (chunks > 0) {
      const stepS = latency.stepSeconds(probe)
      return energy.stepJoules(probe, stepS) - energy.idleWatts * stepS
    }
    const gapS = latency.decodeSeconds(probe, 1)
    return energy.decodeJoules(probe, 1, gapS, energy.isDecodeCapped(probe)) - energy.idleWatts * gapS
  }

  /** Seconds of a step that carries so many prompt tokens of one request, and whoever makes it shorter. */
  chunkSeconds(tokens: number, pairs: number): number {
    let least = Number.POSITIVE_INFINITY
    for (let decodes = 0; decodes < this.places; decodes++) {
      const most = Math.max(1, Math.min(this.places, this.#kind.maxSequences - decodes))
      for (let chunks = 1; chunks <= most; chunks++)
        least = Math.min(least, this.seconds(decodes, decodes, chunks, tokens + chunks - 1, pairs))
    }
    return least
  }

  #set(decodes: number, context: number, chunks: number, tokens: number, pairs: number): void {
    const probe = this.#probe
    const { readsLongest, window, paddedTokens } = this.#kind.latency
    probe.sequences = decodes
    // The step itself adds a token to each context.
    probe.contextTokens = Math.max(0, context - decodes)
    probe.chunks = chunks
    probe.chunkTokens = tokens
    probe.chunkPairs = pairs
    // Each chunk is padded to the least bucket at least, and all of them to what they are.
    probe.paddedTokens = Math.max(tokens, chunks * (paddedTokens?.(1) ?? 0))
    probe.paddedPairs = pairs
    if (!readsLongest) return
    // The longest is as long as the mean at least; what is read of it is the model's to say.
    probe.window = window
    probe.longestTokens = decodes === 0 ? 0 : Math.max(0, Math.ceil(context / decodes) - 1)
  }
}

/** The triangle of a chunk that nothing has been computed before. */
export function ownPairs({ latency: { window } }: ReplicaKind, tokens: number): number {
  return causalPairs(tokens, 0, window)
}

/**
 * Members over which a kind's layout deals out what is read: up to as many, a further one may make a step shorter. Where
 * the model does not tell what contexts and chunks add, as many as devices, or as steps show that are priced by it.
 */
function placesOf(kind: ReplicaKind): number {
  const { latency, devices, maxSequences } = kind
  const most = Math.min(MOST_PLACES, maxSequences)
  const share = (members: number) =>
    latency.contextSeconds({ sequences: members - 1, contextTokens: members - 1, longestTokens: 1 }, 1) +
    latency.chunkSeconds(1, 0, members)
  if (share(most) === 0) return Math.min(most, Math.max(devices, shorteners(kind, most)))
  return Math.max(
    sharers(most, share),
    sharers(most, chunks => pairsSeconds(latency, most, chunks)),
  )
}

/**
 * Members up to which the same tokens in a chunk more make a step of long contexts shorter. Two at least: what has no
 * chunk, or one, cannot be told by it.
 */
function shorteners({ latency, maxModelLen }: ReplicaKind, most: number): number {
  let places = 2
  for (let decodes = 1; decodes < most; decodes++) {
    const inChunks = (chunks: number) => longSeconds(latency, maxModelLen, decodes, chunks, most)
    for (let chunks = 2; decodes + chunks <= most; chunks++)
      if (inChunks(chunks) < inChunks(chunks - 1)) places = Math.max(places, decodes + chunks)
  }
  return places
}

/** A step of decodes that read all there is room for, and of so many tokens in chunks. */
function longSeconds(
  latency: LatencyModel,
  maxModelLen: number,
  decodes: number,
  chunks: number,
  tokens: number,
): number {
  const probe = new Probe()
  probe.window = latency.window
  probe.sequences = decodes
  probe.longestTokens = Math.max(0, maxModelLen - 2)
  probe.contextTokens = decodes * probe.longestTokens
  probe.chunks = chunks
  probe.chunkTokens = tokens
  probe.paddedTokens = tokens
  return latency.stepSeconds(probe)
}

/** Members from which on a share is as small as that of the most. */
function sharers(most: number, share: (members: number) => number): number {
  const least = share(most) * (1 + 1e-9)
  let places = 1
  while (places < most && share(places) > least) places++
  return places
}

/** So many that whatever else a step does is nothing beside them. */
const MANY_PAIRS = 2 ** 50

/** A step of so many chunks that has little to do but pairs. Models that pad do not tell the shares of members, but run by them. */
function pairsSeconds(latency: LatencyModel, tokens: number, chunks: number): number {
  const probe = new Probe()
  probe.chunks = chunks
  probe.chunkTokens = tokens
  probe.paddedTokens = tokens
  probe.chunkPairs = MANY_PAIRS
  probe.paddedPairs = MANY_PAIRS
  return latency.stepSeconds(probe)
}
