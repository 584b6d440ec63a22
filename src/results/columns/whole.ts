/** Columns that count, of whatever file: files that have types have them as whole numbers. */
export const WHOLE: ReadonlySet<string> = new Set([
  ...['requests', 'finished', 'rejected', 'refused', 'expired', 'timed_out', 'arrived_in_window'],
  ...['retries', 'timeouts', 'hedges', 'hedges_won', 'cut_by_length', 'preemptions', 'swaps', 'steps'],
  ...['asked_tokens', 'served_tokens', 'input_tokens', 'output_tokens', 'emitted_tokens', 'hit_tokens'],
  ...[
    'outstanding_requests',
    'waiting_requests',
    'running_requests',
    'replicas',
    'replica',
    'prefill_replica',
  ],
  ...['ordinal', 'decisions', 'replication', 'replications', 'saturated_runs', 'more_replications'],
  'batches',
  ...['n', 'family', 'draw', 'draws', 'ahead_a', 'ahead_b', 'undefined'],
])

/** Columns of texts, though some of them may read like numbers. */
export const TEXTS: ReadonlySet<string> = new Set(['seed'])
