/*
 * A reading: what a router may be told of a replica at an instant, as a record of numbers. These are the places of the
 * numbers in it. The caller writes the instant and has the rest filled in by `Onlooker.read`.
 */

/** The numbers hold for every instant before this one, if nothing happens there until then. */
export const UNTIL_S = 0
/** How often the record has been written. */
export const VERSION = 1
/** Requests in the batch, and of these those that decode. */
export const RUNNING = 2
export const DECODES = 3
export const PENDING_PREFILL_TOKENS = 4
export const CONTEXT_TOKENS = 5
export const FREE_BLOCKS = 6
/** When the step with chunks under way ends; a stretch gives way to news at its next boundary: -Infinity. */
export const MIXED_END_S = 7
// What is seldom asked for lies behind the first cache line.
/** The instant, in seconds: the caller writes it. */
export const AS_OF_S = 8
export const WAITING_KV_TOKENS = 9
/** Of the longest decode, where the latency model reads it; else 0. */
export const LONGEST_TOKENS = 10
/** Requests sent there and not in the batch. */
export const WAITING = 11

/** Length of a record: whole cache lines. */
export const READING = 16

/** Told of a replica by its id, before anything happens there: what is read there now is what has been so far. */
export interface ReplicaWatcher {
  changes(replica: number): void
}
