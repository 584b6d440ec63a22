import type { ArrivalSource } from '../arrivals/contract.ts'
import type { Details } from '../arrivals/details.ts'
import { UserError } from '../core/errors.ts'
import { suggestion } from '../core/nearest.ts'
import type { RequestTable } from '../requests/table.ts'
import type { Course } from './course.ts'

/** What of a workload's details somebody in a course acts on. */
export interface Noted {
  /** Names of the models that the fleet serves. */
  readonly models: readonly string[]
  /** Prompt tokens of an entry of the prefix caches; absent where there are none. */
  readonly entryTokens?: number | undefined
  /** Whether anybody asks for tenants. */
  readonly ofTenants: boolean
  /** Whether anybody asks for sessions and deadlines. */
  readonly ofOwners: boolean
  /** Whether anybody asks for prefix blocks. */
  readonly ofBlocks: boolean
}

/** Who, beside the replicas of a course, asks for what few workloads say of their requests. */
export interface Askers {
  readonly policies: boolean
  readonly rows: boolean
  /** Results tell tenants apart, of which the workload has some. */
  readonly tenants: boolean
}

/** What is to be noted in a course; absent where nobody asks for anything. */
export function notedIn(course: Course, { policies, rows, tenants }: Askers): Noted | undefined {
  const { kinds, models = [''], prefixEntryTokens } = course
  const ofOwners = policies || rows || kinds.some(({ order }) => order !== undefined)
  const ofTenants = ofOwners || tenants
  const ofBlocks = policies || kinds.some(({ prefixCache }) => prefixCache !== undefined)
  if (!ofTenants && !ofBlocks && models.length === 1) return undefined
  return { models, entryTokens: prefixEntryTokens, ofTenants, ofOwners, ofBlocks }
}

/** Keeps what a workload says of requests beyond their lengths, where something in the fleet acts on it. */
export class NoteTaker {
  readonly #requests: RequestTable
  readonly #source: ArrivalSource
  readonly #noted: Noted
  readonly #isBlocksOnly: boolean
  /** Index into the fleet's models of the source's. */
  readonly #modelIds: number[] = []

  constructor(requests: RequestTable, source: ArrivalSource, noted: Noted) {
    this.#requests = requests
    this.#source = source
    this.#noted = noted
    this.#isBlocksOnly = !noted.ofTenants && noted.models.length === 1
  }

  /**
   * Notes a row of the details about a request that has come now. Throws a UserError for a model that is not served.
   */
  take(request: number, details: Details | undefined, row: number): void {
    const { notes, inputTokens } = this.#requests
    if (!this.#isBlocksOnly || details === undefined) notes.clear(request)
    if (details === undefined) return
    const { entryTokens, models, ofTenants, ofOwners, ofBlocks } = this.#noted
    if (ofTenants) notes.tenantId.set(request, details.tenantId[row])
    if (ofOwners) {
      notes.deadlineS.set(request, details.deadlineS[row])
      notes.sessionId.set(request, details.sessionId[row])
    }
    if (models.length > 1) notes.modelId.set(request, this.#modelIdOf(details.modelId[row]))
    if (!ofBlocks || details.blockTokens[row] === 0) return notes.blocks.release(request)
    const from = details.blocksFrom[row]
    const end = details.blocksFrom[row + 1]
    // A workload tells prompts' last blocks though they are not full.
    const whole = Math.floor(inputTokens[request] / details.blockTokens[row])
    notes.blocks.set(request, details.blockIds, details.blockTokens[row], from, Math.min(end, from + whole))
    if (entryTokens !== undefined) notes.blocks.joinTo(request, entryTokens)
  }

  #modelIdOf(id: number): number {
    const { models } = this.#noted
    if (id < 0) return 0
    this.#modelIds[id] ??= models.indexOf(this.#source.models![id])
    if (this.#modelIds[id] >= 0) return this.#modelIds[id]
    const name = this.#source.models![id]
    throw new UserError(
      `a request asks for the model "${name}", which no pool serves; ${suggestion(name, [...models])}`,
    )
  }
}
