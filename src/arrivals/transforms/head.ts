import { UserError } from '../../core/errors.ts'
import type { ArrivalSource } from '../contract.ts'
import { kept } from './keep.ts'

export interface HeadSpec {
  readonly requests: number
}

/** The first requests, as they are, and no reading beyond. Throws a UserError unless `requests` is whole and >= 1. */
export function headOf(source: ArrivalSource, { requests }: HeadSpec): ArrivalSource {
  if (!(Number.isInteger(requests) && requests >= 1)) {
    throw new UserError(`requests is ${requests}; must be a whole number >= 1`)
  }
  let read = 0
  return kept(
    source,
    () => read++ < requests,
    () => read >= requests,
  )
}
