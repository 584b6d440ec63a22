/**
 * A step being formed, as a batcher sees it: questions about the replica and three verbs. The verbs take KV
 * blocks, and preempt, as they go.
 */
export interface StepFormation {
  /** Requests admitted and not ended, decoding or not. */
  readonly running: number
  /** Requests that decode. */
  readonly decodes: number
  /** Requests whose prefill is admitted and not complete, those admitted to this step among them. */
  readonly prefills: number
  /** Whether a request past the front end waits at the head of the queue. */
  readonly hasWaiting: boolean
  /**
   * Whether the head of the queue has waited for its batch as long as the replica lets it, or enough others wait with
   * it to fill one: as many as may run at once, or tokens for the budget. Where nobody waits for batches, as
   * `hasWaiting`.
   */
  readonly isBatchDue: boolean
  /**
   * Tokens that the head of the queue must have computed, prefix hits taken off. 0 where all of its KV is there: it
   * came over a link, or back from the host, and the request has only to decode.
   */
  readonly headTokens: number
  /**
   * Tokens left of this step's budget, and of its budget for chunks where that is less. Below 0 where a whole prompt
   * went over it.
   */
  readonly budgetTokens: number
  /** Prefill tokens put into this step so far. */
  readonly chunkTokens: number
  /** Most requests that may run at once. */
  readonly maxSequences: number
  /**
   * Puts the running requests into the step in order of admission: one token for each decode, the rest of each
   * prefill as far as the budget goes. Where KV blocks run out the newest is preempted, or the last by the
   * replica's order; a step that preempted admits nobody.
   */
  continueRunning(): void
  /**
   * Admits the head of the queue with its first `tokens` tokens. With 0, for a head that has none to compute, it joins
   * the decodes and takes one token wherever they go: those of this step if it has continued the running or still will.
   * @returns false, changing nothing, when the sequence limit, the limit on unfinished prefills, the watermark or a
   * preemption in this step forbids it: whoever is behind waits too
   */
  admit(tokens: number): boolean
}

/**
 * Decides what a replica's next step carries, by calling verbs; a step into which it puts nothing carries the decodes,
 * if there are any.
 *
 * The answer holds until something happens: a request ends, joins or is preempted, or a new one comes to the
 * head of the queue. The replica asks again then.
 */
export type Batcher = (step: StepFormation) => void
