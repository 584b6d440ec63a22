import { preferring } from './preferred-pool.ts'

// Spill-over from the preferred pool: vLLM semantic router `SpilloverRouter`, with the TTFT objective as threshold.

/** The least loaded ASIC replica unless the ASICs are saturated, and then the least loaded of the others. */
export const asicFirst = preferring('asic')
