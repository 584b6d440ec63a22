/** A prompt's KV that leaves layer by layer while its last step is computed. */
export interface LayerwiseSend {
  /** The KV of the whole prompt. */
  readonly bytes: number
  readonly layers: number
  /** Of the step that computes the prompt's last tokens. */
  readonly lastStepS: number
  /** Of a transfer that has its links to itself. */
  readonly bytesPerS: number
}

/**
 * Bytes that are still to be sent when the prefill ends: layer by layer sending as of Splitwise (arXiv:2311.18677,
 * §IV-C).
 *
 * The layers take even parts of the step, and each is sent, for all tokens of the prompt, while the next ones are
 * computed. So a link that keeps up has the last layer left, and one that does not has been busy since the end of the
 * first. Approximate: what is sent in the step takes no part in the contention for links, and earlier chunks of a
 * prompt are not sent ahead of the last.
 */
export function bytesAfterPrefill({ bytes, layers, lastStepS, bytesPerS }: LayerwiseSend): number {
  const sendS = (lastStepS * (layers - 1)) / layers
  return Math.max(bytes / layers, bytes - bytesPerS * sendS)
}
