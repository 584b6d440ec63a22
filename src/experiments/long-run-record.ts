import { grown } from '../core/grown.ts'
import type { Course } from '../fleet/course.ts'
import { meets, sloOf } from '../fleet/slo.ts'
import { isServed } from '../requests/outcomes.ts'
import type { RequestTable } from '../requests/table.ts'

/** What is read of a course. */
export type RecordedCourse = Pick<Course, 'slo' | 'classSlos' | 'warmupS'>

/** By request, in order of arrival; NaN where it has none. */
export interface LongRunSeries {
  readonly arrivalS: Float64Array
  readonly ttftS: Float64Array
  readonly tpotS: Float64Array
  readonly e2eS: Float64Array
  /** 1 where the SLO was met, else 0. */
  readonly met: Float64Array
}

/** Writes down the requests of a run that arrived after its warm-up, as they end: six doubles each. */
export class LongRunRecord {
  readonly #course: RecordedCourse
  readonly #ordinal = new Column()
  readonly #arrivalS = new Column()
  readonly #ttftS = new Column()
  readonly #tpotS = new Column()
  readonly #e2eS = new Column()
  readonly #met = new Column()

  constructor(course: RecordedCourse) {
    this.#course = course
  }

  /** For `onEnd` of the run. */
  ended(request: number, requests: RequestTable): void {
    const arrivalS = requests.arrivalS[request]
    if (arrivalS < this.#course.warmupS) return
    const isServedNow = isServed(requests.outcome[request])
    const toFirstS = requests.firstTokenS[request] - arrivalS
    const totalS = requests.endS[request] - arrivalS
    const gaps = requests.emittedTokens[request] - 1
    const isGood = isServedNow && meets(sloOf(this.#course, requests.classId[request]), requests, request)
    this.#ordinal.add(requests.ordinal[request])
    this.#arrivalS.add(arrivalS)
    this.#ttftS.add(isServedNow ? toFirstS : Number.NaN)
    this.#tpotS.add(isServedNow && gaps > 0 ? (totalS - toFirstS) / gaps : Number.NaN)
    this.#e2eS.add(isServedNow ? totalS : Number.NaN)
    this.#met.add(isGood ? 1 : 0)
  }

  series(): LongRunSeries {
    const [arrivalS, ordinal] = [this.#arrivalS.values, this.#ordinal.values]
    const order = Uint32Array.from(arrivalS.keys()).sort(
      (a, b) => arrivalS[a] - arrivalS[b] || ordinal[a] - ordinal[b],
    )
    const sorted = ({ values }: Column) => Float64Array.from(order, request => values[request])
    return {
      arrivalS: sorted(this.#arrivalS),
      ttftS: sorted(this.#ttftS),
      tpotS: sorted(this.#tpotS),
      e2eS: sorted(this.#e2eS),
      met: sorted(this.#met),
    }
  }
}

const FIRST_ROOM = 1024

/** Doubles that are added one by one. */
class Column {
  #room = new Float64Array(FIRST_ROOM)
  #length = 0

  get values(): Float64Array {
    return this.#room.subarray(0, this.#length)
  }

  add(value: number): void {
    if (this.#length === this.#room.length) this.#room = grown(this.#room, new Float64Array(2 * this.#length))
    this.#room[this.#length++] = value
  }
}
