import { type ReplicaId, WAIT } from '../../routing/contract.ts'

/** What a policy answered when it was asked about a request. */
export interface Answer {
  /** A replica of its group, `REJECT` or `WAIT`. */
  readonly replica: ReplicaId
  readonly atS: number
  /** Of `WAIT`: when to ask again at the latest; NaN where it did not say. */
  readonly againS: number
  /** Whether the answer before it was `WAIT`. */
  readonly hasWaited: boolean
  /** The next about the same request. */
  next: Answer | undefined
}

/** Everything that the policy of one group has answered in a run, by the number of the request. */
export class Answers {
  readonly #first: Answer[] = []
  readonly #last: Answer[] = []

  add(number: number, replica: ReplicaId, atS: number, againS: number): void {
    const last: Answer | undefined = this.#last[number]
    const answer = { replica, atS, againS, hasWaited: last?.replica === WAIT, next: undefined }
    if (last === undefined) this.#first[number] = answer
    else last.next = answer
    this.#last[number] = answer
  }

  firstOf(number: number): Answer | undefined {
    return this.#first[number]
  }
}

/** Goes through the answers about each request, in order; the last is told again and again. */
export class Reader {
  readonly #answers: Answers
  readonly #coming: Answer[] = []

  constructor(answers: Answers) {
    this.#answers = answers
  }

  /** The answer to be given now, past those that waited for a time that is over; absent where none was ever given. */
  at(number: number, nowS: number): Answer | undefined {
    let answer = this.#coming[number] ?? this.#answers.firstOf(number)
    while (answer?.next !== undefined && isOver(answer, nowS)) answer = answer.next
    return answer
  }

  /** The answer has been given. */
  pass(number: number, answer: Answer): void {
    this.#coming[number] = answer.next ?? answer
  }
}

/** In the run itself nothing is asked at the end of a wait but what was asked then. */
function isOver({ replica, atS, againS }: Answer, nowS: number): boolean {
  return replica === WAIT && (Number.isNaN(againS) ? atS < nowS : againS <= nowS)
}
