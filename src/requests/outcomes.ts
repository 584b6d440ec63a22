import { FINISHED, LENGTH } from './table.ts'

/** Whether its client has got the output: all of it, or what `maxModelLen` leaves room for. */
export function isServed(outcome: number): boolean {
  return outcome === FINISHED || outcome === LENGTH
}
