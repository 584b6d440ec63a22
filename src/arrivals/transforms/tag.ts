import { UserError } from '../../core/errors.ts'
import { positive } from '../bounds.ts'
import type { ArrivalBlock, ArrivalSource } from '../contract.ts'
import { mapped, passedOn } from '../mapped.ts'
import type { Chance } from './contract.ts'
import { MOST_CLASSES, Names, Renaming } from './names.ts'
import { type ChosenBy, chosen } from './shares.ts'

/** At least one of the four marks. */
export interface TagSpec {
  readonly class?: string | undefined
  readonly tenant?: string | undefined
  readonly model?: string | undefined
  /** Seconds from arrival by which a request must have ended. */
  readonly deadlineS?: number | undefined
  /** Share of the requests, or of the sessions, that gets them; 1 by default. */
  readonly share?: number | undefined
  /** `session` by default. */
  readonly by?: ChosenBy | undefined
}

/**
 * The same requests, a seeded share of them with a class, tenant, model or deadline in place of their own; the others
 * keep theirs. Think times stay. Throws a UserError where there is no mark, at a share beyond 0 to 1 and at a deadline
 * that is not above 0.
 */
export function tagged(source: ArrivalSource, spec: TagSpec, chance: Chance): ArrivalSource {
  const { share = 1, by = 'session', deadlineS } = spec
  if (
    spec.class === undefined &&
    spec.tenant === undefined &&
    spec.model === undefined &&
    deadlineS === undefined
  ) {
    throw new UserError('tag has none of class, tenant, model and deadline_s; must have one')
  }
  if (deadlineS !== undefined) positive('deadline_s', deadlineS)
  const isChosen = chosen(share, by, chance)
  const classes = new Marks(source.classes, new Names('classes', MOST_CLASSES), spec.class, share)
  const tenants = new Marks(source.tenants, new Names('tenants'), spec.tenant, share)
  const models = new Marks(source.models, new Names('models'), spec.model, share)
  const addsDetails = [spec.tenant, spec.model, deadlineS].some(mark => mark !== undefined)

  const mark = (block: ArrivalBlock) => {
    const details = addsDetails ? block.detailed() : block.details
    for (let row = 0; row < block.length; row++) {
      const isTagged = isChosen(block, row)
      classes.mark(block.classId, row, isTagged)
      if (details === undefined) continue
      tenants.mark(details.tenantId, row, isTagged)
      models.mark(details.modelId, row, isTagged)
      if (isTagged && deadlineS !== undefined) details.deadlineS[row] = deadlineS
    }
  }
  const marked = mapped(addsDetails ? wiping(source) : source, mark)
  return {
    ...marked,
    classes: classes.list!,
    ...(tenants.list && { tenants: tenants.list }),
    ...(models.list && { models: models.list }),
  }
}

/** The ids of one list of names, some of which a tag takes the place of. */
class Marks {
  /** The names now; undefined where there are none. */
  readonly list: readonly string[] | undefined
  readonly #tagId: number = -1
  readonly #others: Renaming | undefined

  constructor(before: readonly string[] | undefined, names: Names, tag: string | undefined, share: number) {
    this.list = tag === undefined ? before : names.list
    if (tag === undefined) return
    // Where every row is tagged, no other name has a row.
    if (share < 1) this.#others = new Renaming(before ?? [], names)
    this.#tagId = names.idOf(tag)
  }

  mark(ids: Uint8Array | Int32Array, row: number, isTagged: boolean): void {
    if (this.#tagId < 0) return
    if (isTagged) ids[row] = this.#tagId
    else if (ids[row] >= 0) ids[row] = this.#others!.at(ids[row])
  }
}

/** The same source filling blocks whose details are blank, where it says nothing of them and a tag has. */
function wiping(source: ArrivalSource): ArrivalSource {
  return {
    ...passedOn(source),
    fill(block) {
      if (block.details !== undefined) {
        for (let row = 0; row < block.capacity; row++) block.details.begin(row)
      }
      return source.fill(block)
    },
  }
}
