import { UserError } from '../core/errors.ts'

/** One of several parts of a sweep that are run apart. */
export interface Shard {
  /** From 1 to `of`. */
  readonly index: number
  readonly of: number
}

/** From `2/8`. Throws a UserError where it is not like that. */
export function shardOf(text: string): Shard {
  const [, index, of] = /^(\d{1,9})\/(\d{1,9})$/.exec(text) ?? []
  const shard = { index: Number(index), of: Number(of) }
  if (shard.index >= 1 && shard.index <= shard.of) return shard
  throw new UserError(`--shard ${text}: must be i/N, with i from 1 to N, such as 2/8`)
}

/** Whether a point or a setting of an experiment is the shard's: they are dealt one by one. */
export function isOfShard(number: number, { index, of }: Shard): boolean {
  return number % of === index - 1
}

export function shardText({ index, of }: Shard): string {
  return `${index}/${of}`
}
