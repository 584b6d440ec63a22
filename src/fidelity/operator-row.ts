import type { Row } from '../measurements/table.ts'
import { Unusable } from '../measurements/unusable.ts'

/** Columns of operator_times.csv that are read. */
export const OPERATOR_COLUMNS = [
  ...(['hardware', 'n_devices', 'op', 'model', 'precision', 'kv_precision', 'engine'] as const),
  ...(['m_tokens', 'n', 'k', 'batch_size', 'q_len', 'kv_len', 'n_heads', 'n_kv_heads', 'head_dim'] as const),
  ...(['message_bytes', 'time_s', 'note', 'source', 'source_path', 'model_key'] as const),
]

export type OperatorRow = Row<(typeof OPERATOR_COLUMNS)[number]>

const LONGEST_S = 10

/** The row's seconds. Throws Unusable where no kernel takes as long: another unit. */
export function withinSeconds(row: OperatorRow): number {
  const seconds = row.positive('time_s')
  if (seconds > LONGEST_S) {
    throw new Unusable(`time_s is ${seconds}; no operator takes over ${LONGEST_S} s: milliseconds?`)
  }
  return seconds
}
