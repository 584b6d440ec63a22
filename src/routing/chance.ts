import { UserError } from '../core/errors.ts'
import { placeOf } from './place.ts'

/** What differs from run to run, by what is to be asked in its place. */
const CHANCE = 'setup.random, so that a seed gives the same bytes'
const CLOCK = 'cluster.nowS, so that a seed gives the same bytes'

/**
 * Has `Math.random`, `Date.now`, `new Date()` and `performance.now` of this thread throw a UserError that says what to
 * ask instead, wherever they are asked while `isForbidden`; at other times they answer as ever. Gives a function that
 * takes this back.
 */
export function withoutChance(isForbidden: () => boolean): () => void {
  const check = (asked: string, instead: string) => {
    if (isForbidden()) throw new UserError(`asked ${asked}${placeOf(new Error())}; use ${instead}`)
  }
  const undo = [
    checked(Math, 'random', () => check('Math.random', CHANCE)),
    checked(performance, 'now', () => check('performance.now', CLOCK)),
    checked(Date, 'now', () => check('Date.now', CLOCK)),
    replaced(
      globalThis,
      'Date',
      checkedDate(asked => check(asked, CLOCK)),
    ),
  ]
  return () => {
    for (const takeBack of undo) takeBack()
  }
}

function checked<K extends string>(owner: Record<K, () => number>, key: K, check: () => void): () => void {
  const original = owner[key]
  return replaced(owner, key, () => {
    check()
    return original.call(owner)
  })
}

/** `Date` itself, but for the two ways in which it reads the clock. */
function checkedDate(check: (asked: string) => void): DateConstructor {
  const dated: DateConstructor = new Proxy(Date, {
    construct(original, args, target) {
      if (args.length === 0) check('new Date()')
      return Reflect.construct(original, args, target === dated ? original : target)
    },
    apply(original) {
      check('Date()')
      return original()
    },
  })
  return dated
}

function replaced(owner: object, key: string, value: unknown): () => void {
  const before = Object.getOwnPropertyDescriptor(owner, key)
  Object.defineProperty(owner, key, { configurable: true, writable: true, value })
  return () => {
    if (before === undefined) Reflect.deleteProperty(owner, key)
    else Object.defineProperty(owner, key, before)
  }
}
