import { preferring } from './preferred-pool.ts'

// The mirror of asic-first: vLLM semantic router `SpilloverRouter`, with GPUs preferred and the TTFT objective as threshold.

/** The least loaded GPU replica unless the GPUs are saturated, and then the least loaded of the others. */
export const gpuFirst = preferring('gpu')
