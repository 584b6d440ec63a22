import { ByCount } from '../latency/by-count.ts'
import { cachedRead, causalPairs, contextAt, contextRead } from '../latency/context.ts'
import type { DecodeBatch, LatencyModel, MixedStep, Work } from '../latency/contract.ts'
import type { EnergyModel } from './contract.ts'
import { DraftJoules } from './draft.ts'
import { type CapTest, stepsToEdge } from './edge.ts'

/**
 * Power of a replica's devices and its share of their hosts. A busy device draws
 * `tdpWatts * (floor + memory * u_mem + compute * u_comp)`, u = achieved / datasheet peak, at most `tdpWatts`.
 */
export interface PowerConstants {
  readonly devices: number
  readonly tdpWatts: number
  readonly idleWatts: number
  readonly floor: number
  readonly memory: number
  readonly compute: number
  /** Datasheet peaks of one device, the dense compute peak in the format of the matrix products. */
  readonly bytesPerS: number
  readonly flopsPerS: number
  /** The replica's share of its hosts: always, and in addition while it runs a step. */
  readonly hostIdleWatts: number
  readonly hostLoadWatts: number
}

/** More steps than any output has. */
const FAR_STEPS = 2 ** 31
/** More laws of its price than a batch passes as its contexts grow: floors of a model and of its draft. */
const MOST_LAWS = 4

/**
 * Energy affine in seconds, bytes and operations, capped at the devices' power limit in each step (DESIGN §7).
 *
 * As u is a mean over devices, a byte costs `memory * tdpWatts / bytesPerS` joules whichever device moves it, and
 * an operation `compute * tdpWatts / flopsPerS`. In a capped step power is constant, so joules are split as
 * seconds are. Under an affine latency model power over a stretch is a ratio of affine functions of the context
 * read, hence monotone: it crosses the cap at most once.
 */
export class AffineEnergy implements EnergyModel {
  readonly idleWatts: number
  readonly #latency: LatencyModel
  /** Watts at the wall that a busy replica draws beside its bytes and operations, and at most. */
  readonly #floorWatts: number
  readonly #capWatts: number
  readonly #byteJoules: number
  readonly #flopJoules: number
  /** Joules of bytes and operations per context token of a decode. */
  readonly #contextWorkJoules: number
  /** Joules of a chunk's attention, which is affine: per token, per cached token, per query-key pair. */
  readonly #chunkTokenJoules: number
  readonly #chunkCachedJoules: number
  readonly #pairJoules: number
  /** Joules of bytes and operations of the layers, by tokens. */
  readonly #tokenJoules: ByCount
  /** Of the output layer, by tokens sampled. */
  readonly #sampledJoules: ByCount
  readonly #rowsPerDecode: number
  /** Of a draft's layers and output layer. */
  readonly #draft: DraftJoules | undefined
  /** Of a decode step but for the context it reads, by sequences. */
  readonly #decodeJoules = new ByCount(sequences => this.#decodeWork(sequences))
  readonly #capTest: CapTest = (batch, step) => this.#isCapped(batch, step)
  /** Whether the cap can bind in a decode step at all, 1 or 0, by sequences. */
  readonly #mayCap = new ByCount(sequences => this.#canCap(sequences))

  constructor(power: PowerConstants, work: Work, latency: LatencyModel) {
    check(power)
    const limitWatts = power.devices * power.tdpWatts
    const hostWatts = power.hostIdleWatts + power.hostLoadWatts
    this.idleWatts = power.devices * power.idleWatts + power.hostIdleWatts
    this.#latency = latency
    this.#floorWatts = limitWatts * power.floor + hostWatts
    this.#capWatts = limitWatts + hostWatts
    this.#byteJoules = (power.memory * power.tdpWatts) / power.bytesPerS
    this.#flopJoules = (power.compute * power.tdpWatts) / power.flopsPerS
    this.#contextWorkJoules = this.#joules(work.contextBytes, work.contextFlops)
    this.#chunkTokenJoules = this.#joules(work.chunkBytes(1, 0), 0)
    this.#chunkCachedJoules = this.#joules(work.chunkBytes(0, 1), 0)
    this.#pairJoules = this.#joules(0, work.pairFlops)
    this.#tokenJoules = new ByCount(count => this.#joules(work.tokenBytes(count), work.tokenFlops(count)))
    this.#sampledJoules = new ByCount(count =>
      this.#joules(work.sampledBytes(count), work.sampledFlops(count)),
    )
    this.#rowsPerDecode = work.rowsPerDecode ?? 1
    this.#draft = work.draft && new DraftJoules(work.draft, (bytes, flops) => this.#joules(bytes, flops))
  }

  isDecodeCapped(batch: DecodeBatch): boolean {
    return this.#mayCap.at(batch.sequences) === 1 && this.#isCapped(batch, 1)
  }

  /** `steps` is finite. */
  steadySteps(batch: DecodeBatch, steps: number): number {
    if (steps <= 1 || this.#mayCap.at(batch.sequences) === 0) return steps
    return this.#latency.affineSeconds === undefined
      ? this.#sideSteps(batch, steps, this.#isCapped(batch, 1))
      : stepsToEdge(batch, steps, this.#capTest)
  }

  /** Where power need not be monotone: asks every step in turn. */
  #sideSteps(batch: DecodeBatch, steps: number, side: boolean): number {
    let step = 1
    while (step < steps && this.#isCapped(batch, step + 1) === side) step++
    return step
  }

  decodeJoules(batch: DecodeBatch, steps: number, seconds: number, isCapped: boolean): number {
    if (isCapped) return this.#capWatts * seconds
    const stepsJoules = steps * this.#decodeJoules.at(batch.sequences)
    const workJoules = stepsJoules + this.#contextWorkJoules * contextRead(batch, steps)
    return this.#floorWatts * seconds + workJoules
  }

  stepJoules(step: MixedStep, seconds: number): number {
    const { sequences, chunks, chunkTokens, chunkCachedTokens, chunkPairs } = step
    const rows = sequences * this.#rowsPerDecode
    const tokenJoules = this.#tokenJoules.at(rows + chunkTokens)
    const sampledJoules = this.#sampledJoules.at(rows + chunks)
    const contextJoules = this.#contextWorkJoules * contextAt(step, 1)
    const chunkJoules = this.#chunkWork(chunkTokens, chunkCachedTokens, chunkPairs)
    const ownJoules = this.#floorWatts * seconds + tokenJoules + sampledJoules + contextJoules + chunkJoules
    const draftJoules = this.#draft === undefined ? 0 : this.#draft.ofStep(sequences, chunks, chunkTokens)
    return Math.min(ownJoules + draftJoules, this.#capWatts * seconds)
  }

  isStepCapped(joules: number, seconds: number): boolean {
    return joules >= this.#capWatts * seconds
  }

  contextJoules(contextS: number, isCapped: boolean): number {
    return isCapped ? this.#capWatts * contextS : this.#floorWatts * contextS + this.#contextWorkJoules
  }

  chunkJoules(tokens: number, cachedTokens: number, chunkS: number, isCapped: boolean): number {
    if (isCapped) return this.#capWatts * chunkS
    const { window } = this.#latency
    const pairs = causalPairs(tokens, cachedTokens, window)
    return this.#floorWatts * chunkS + this.#chunkWork(tokens, cachedRead(cachedTokens, window), pairs)
  }

  /** Whether the cap binds in decode step `step`: a function of the sequences and the context it reads alone. */
  #isCapped(batch: DecodeBatch, step: number): boolean {
    const contextJoules = this.#contextWorkJoules * contextAt(batch, step)
    const workJoules = this.#decodeJoules.at(batch.sequences) + contextJoules
    return workJoules > (this.#capWatts - this.#floorWatts) * this.#latency.gapSeconds(batch, step)
  }

  /**
   * 0 where no context can bring this many sequences to the cap: not to begin with, not where the price's law breaks,
   * and not by what each token adds.
   */
  #canCap(sequences: number): number {
    const spareWatts = this.#capWatts - this.#floorWatts
    const empty = { sequences, contextTokens: 0, window: this.#latency.window }
    const far = { ...empty, contextTokens: FAR_STEPS * sequences }
    const contextSeconds = this.#latency.contextSeconds(far, 0)
    if (!(this.#contextWorkJoules < spareWatts * contextSeconds * (1 - 1e-9))) return 1
    let batch = empty
    for (let law = 0; law < MOST_LAWS; law++) {
      if (this.#isCapped(batch, 1)) return 1
      const steps = this.#latency.steadySteps(batch)
      if (steps >= FAR_STEPS) return this.#isCapped(batch, FAR_STEPS + 1) ? 1 : 0
      batch = { ...batch, contextTokens: batch.contextTokens + steps * sequences }
    }
    return 1
  }

  #decodeWork(sequences: number): number {
    const rows = sequences * this.#rowsPerDecode
    const ownJoules = this.#tokenJoules.at(rows) + this.#sampledJoules.at(rows)
    return this.#draft === undefined ? ownJoules : ownJoules + this.#draft.ofDecodes(sequences)
  }

  #chunkWork(tokens: number, cachedTokens: number, pairs: number): number {
    return this.#chunkTokenJoules * tokens + this.#chunkCachedJoules * cachedTokens + this.#pairJoules * pairs
  }

  #joules(bytes: number, flops: number): number {
    return this.#byteJoules * bytes + this.#flopJoules * flops
  }
}

function check(power: PowerConstants): void {
  for (const [name, value] of Object.entries(power)) {
    if (!(value >= 0 && value < Number.POSITIVE_INFINITY))
      throw new RangeError(`${name} ${value} is no power constant`)
  }
  if (!(power.floor <= 1)) throw new RangeError(`floor ${power.floor} is above the power limit, 1`)
  const positive = power.bytesPerS > 0 && power.flopsPerS > 0
  if (!positive) throw new RangeError(`peaks ${power.bytesPerS}, ${power.flopsPerS} are not above 0`)
}
