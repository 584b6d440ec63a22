import { UserError } from '../../core/errors.ts'
import { positive } from '../bounds.ts'
import type { ArrivalBlock } from '../contract.ts'
import { MODALITIES, type Modality } from '../details.ts'
import { type LengthAt, type LengthSpec, lengthAt } from '../lengths.ts'
import { placeOf, runningShares } from '../mixture.ts'
import { MOST_CLASSES } from '../transforms/names.ts'
import { Counted } from './counted.ts'

/** A class of requests and how many of all are of it. */
export interface ClassShare {
  readonly className: string
  /** Shares add up to 1. */
  readonly share: number
  /** Seconds from arrival by which its requests must have ended. */
  readonly deadlineS?: number
}

export interface TenantShare {
  readonly tenant: string
  readonly share: number
}

/** What requests are beside lengths and times. Turns of a session share class and tenant. */
export interface LabelSpec {
  readonly classes: readonly ClassShare[]
  readonly tenants?: readonly TenantShare[]
  /** `text` where absent. */
  readonly modality?: Modality
  /** Images, clips or frames in every prompt. */
  readonly items?: LengthSpec
}

/** Shares of tenants `tenant-1`, `tenant-2`, … of which the n-th comes n^-exponent times as often as the first. */
export function zipfTenants(count: number, exponent: number): TenantShare[] {
  return [...zipfShares(count, exponent)].map((share, i) => ({ tenant: `tenant-${i + 1}`, share }))
}

/** Shares in proportion to rank^-exponent, ranks from 1; an exponent of 0 makes them equal. */
export function zipfShares(count: number, exponent: number): Float64Array {
  const weights = Float64Array.from({ length: count }, (_, i) => Math.exp(-exponent * Math.log(i + 1)))
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  return weights.map(weight => weight / total)
}

/**
 * Says of each request, or of all turns of a session, what it is; by its number alone. Throws a UserError that names
 * the number and its bound.
 */
export class Labels {
  readonly classes: readonly string[]
  readonly tenants: readonly string[] | undefined
  /** Whether they say more than a class. */
  readonly isDetailed: boolean
  readonly #counted: Counted
  readonly #class: () => number
  readonly #tenant: () => number
  readonly #items: () => number
  readonly #deadlineS: Float64Array
  readonly #modality: number

  constructor(spec: LabelSpec, seed: string | number, name: string) {
    const counted = new Counted(seed, name)
    this.#counted = counted
    this.classes = spec.classes.map(({ className }) => className)
    checkNames('class', this.classes)
    this.tenants = spec.tenants?.map(({ tenant }) => tenant)
    if (this.tenants !== undefined) checkNames('tenant', this.tenants)
    this.#class = pick(spec.classes, () => counted.chance('class'))
    this.#tenant = spec.tenants ? pick(spec.tenants, () => counted.chance('tenant')) : () => -1
    const itemsAt: LengthAt = spec.items ? lengthAt(spec.items) : () => 0
    const share = counted.chance('items')
    this.#items = () => itemsAt(share())
    this.#deadlineS = Float64Array.from(spec.classes, ({ deadlineS }) => {
      return deadlineS === undefined ? Number.NaN : positive('deadlineS', deadlineS)
    })
    this.#modality = MODALITIES.indexOf(spec.modality ?? 'text')
    this.isDetailed =
      spec.tenants !== undefined ||
      spec.items !== undefined ||
      this.#modality > 0 ||
      this.#deadlineS.some(deadlineS => !Number.isNaN(deadlineS))
  }

  classOf(number: number): number {
    this.#counted.index = number
    return this.#class()
  }

  tenantOf(number: number): number {
    this.#counted.index = number
    return this.#tenant()
  }

  /** Writes class and, where they say more, details of a row that has been begun. */
  write(block: ArrivalBlock, row: number, number: number): void {
    const classId = this.classOf(number)
    block.classId[row] = classId
    if (!this.isDetailed) return
    const details = block.detailed()
    details.tenantId[row] = this.#tenant()
    details.deadlineS[row] = this.#deadlineS[classId]
    details.modality[row] = this.#modality
    details.items[row] = this.#items()
  }
}

/** Draws nothing where there is no choice. */
function pick(of: readonly { readonly share: number }[], share: () => () => number): () => number {
  const ends = runningShares(of.map(one => one.share))
  if (ends.length === 1) return () => 0
  const draw = share()
  return () => placeOf(ends, draw())
}

function checkNames(what: 'class' | 'tenant', names: readonly string[]): void {
  if (what === 'class' && names.length > MOST_CLASSES) {
    throw new UserError(`there are ${names.length} classes; must be at most ${MOST_CLASSES}`)
  }
  const twice = names.find((name, i) => names.indexOf(name) < i)
  if (twice !== undefined) throw new UserError(`${what} "${twice}" is there twice; names must differ`)
}
