import { ArrivalBlock, type ArrivalSource } from '../contract.ts'
import { type Details, MODALITIES } from '../details.ts'
import type { Distribution } from './distribution.ts'
import { type Group, Groups } from './groups.ts'
import { type HourlyShape, Hours } from './hours.ts'
import { type LengthCorrelation, LengthPairs } from './pairs.ts'
import { type PrefixLengths, PrefixReuse, type PrefixStatistics } from './prefixes.ts'
import { Reals } from './reals.ts'
import { type SessionDistributions, Sessions } from './sessions.ts'
import { type ArrivalTimes, Times } from './times.ts'
import { WholeNumbers } from './whole-numbers.ts'

/** What one pass over a trace leaves. */
export interface Gathered {
  readonly requests: number
  readonly arrivals: ArrivalTimes
  /** When sessions begin, requests of no session by themselves; undefined where there are no sessions. */
  readonly starts: ArrivalTimes | undefined
  readonly inputTokens: Distribution
  readonly outputTokens: Distribution
  readonly correlation: LengthCorrelation
  readonly hours: HourlyShape | undefined
  readonly prefixes: PrefixStatistics | undefined
  readonly prefixLengths: PrefixLengths
  readonly sessions: SessionDistributions | undefined
  /** By class, tenant, model and modality; without entries where requests have none. */
  readonly groups: Readonly<Record<Grouping, readonly Group[]>>
  /** Seconds from arrival, of the requests that have a deadline. */
  readonly deadlineS: Distribution
  /** Images and the like in a prompt, of the requests that have any. */
  readonly items: Distribution
}

export const GROUPINGS = ['class', 'tenant', 'model', 'modality'] as const
export type Grouping = (typeof GROUPINGS)[number]

/**
 * Reads a trace through once and closes it. Memory does not grow with its requests beyond 4 Mi, but with different
 * prefix blocks (60 bytes each) and sessions (36 bytes).
 *
 * @param onRows told now and then how many requests have been read
 */
export async function gathered(
  source: ArrivalSource,
  onRows: (requests: number) => void = () => {},
): Promise<Gathered> {
  const gatherer = new Gatherer()
  const block = new ArrivalBlock()
  try {
    for (;;) {
      await source.fill(block)
      if (block.length === 0) return gatherer.result(source)
      gatherer.add(block)
      onRows(gatherer.requests)
    }
  } finally {
    source.close()
  }
}

class Gatherer {
  requests = 0
  #inputTokens = 0
  readonly #arrivals = new Times()
  readonly #starts = new Times()
  readonly #input = new WholeNumbers()
  readonly #output = new WholeNumbers()
  readonly #pairs = new LengthPairs()
  readonly #hours = new Hours()
  readonly #prefixes = new PrefixReuse()
  readonly #sessions = new Sessions()
  readonly #groups = {
    class: new Groups(),
    tenant: new Groups(),
    model: new Groups(),
    modality: new Groups(),
  }
  readonly #deadlineS = new Reals()
  readonly #items = new WholeNumbers()

  add(block: ArrivalBlock): void {
    const { length, arrivalS, inputTokens, outputTokens, classId } = block
    for (let row = 0; row < length; row++) this.#arrivals.add(arrivalS[row])
    for (let row = 0; row < length; row++) {
      const input = inputTokens[row]
      const output = outputTokens[row]
      this.#inputTokens += input
      this.#input.add(input)
      this.#output.add(output)
      this.#pairs.add(input, output)
      this.#hours.add(arrivalS[row], input + output)
      this.#groups.class.add(classId[row], input, output)
    }
    if (block.details !== undefined) this.#addDetails(block, block.details)
    this.requests += length
  }

  result({ classes, tenants = [], models = [] }: ArrivalSource): Gathered {
    const names = { class: classes, tenant: tenants, model: models, modality: MODALITIES }
    const sessions = this.#sessions.distributions()
    const groupsBy = (by: Grouping) => this.#groups[by].groups(names[by], this.requests)
    return {
      requests: this.requests,
      arrivals: this.#arrivals.times(),
      starts: sessions && this.#starts.times(),
      inputTokens: this.#input.distribution(),
      outputTokens: this.#output.distribution(),
      correlation: this.#pairs.correlation(),
      hours: this.#hours.shape(),
      prefixes: this.#prefixes.statistics(this.requests, this.#inputTokens),
      prefixLengths: this.#prefixes.lengths(),
      sessions,
      groups: {
        class: groupsBy('class'),
        tenant: groupsBy('tenant'),
        model: groupsBy('model'),
        modality: groupsBy('modality'),
      },
      deadlineS: this.#deadlineS.distribution(),
      items: this.#items.distribution(),
    }
  }

  #addDetails({ length, arrivalS, inputTokens, outputTokens }: ArrivalBlock, details: Details): void {
    for (let row = 0; row < length; row++) {
      const input = inputTokens[row]
      const output = outputTokens[row]
      this.#groups.tenant.add(details.tenantId[row], input, output)
      this.#groups.model.add(details.modelId[row], input, output)
      this.#groups.modality.add(details.modality[row], input, output)
      const isStart = this.#sessions.add(details, row, arrivalS[row], input, output)
      if (isStart) this.#starts.add(arrivalS[row])
      this.#prefixes.add(details, row, arrivalS[row], input)
      if (details.deadlineS[row] >= 0) this.#deadlineS.add(details.deadlineS[row])
      if (details.items[row] > 0) this.#items.add(details.items[row])
    }
  }
}
