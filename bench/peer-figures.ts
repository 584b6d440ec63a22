/** How long a peer took on a workload, as a whole process. */
export interface PeerFigure {
  readonly simulator: string
  readonly workload: string
  readonly wallS: number
  readonly peakRssMb: number
  readonly requestsPerS: number
  /** Engine steps simulated, where known. */
  readonly steps?: number
}

// Measured on 22 November 2026 on a 2-core shared machine, whole process, best of 1 to 5 runs; repeats differ by up
// to 1.5 times. BLIS is inference-sim (Go) with a cache-signal delay of 0, as shipped with one of 50 ms. Vidur had its
// models cached; the first run takes 43 s to 30 min more. splitwise-sim ran TP8. `azure` is the whole trace of 19,366
// requests, clipped to 4,096 tokens by Vidur.
// biome-ignore format: a table
export const PEERS: readonly PeerFigure[] = [
  { simulator: 'BLIS', workload: 'c10k r64 n16', wallS: 2.18, peakRssMb: 702, requestsPerS: 4600, steps: 145_625 },
  { simulator: 'BLIS as shipped', workload: 'c10k r64 n16', wallS: 130, peakRssMb: 877, requestsPerS: 77 },
  { simulator: 'Vidur', workload: 'c10k r64 n16', wallS: 16.3, peakRssMb: 904, requestsPerS: 615, steps: 78_600 },
  { simulator: 'splitwise-sim', workload: 'c10k r64 n16', wallS: 24.3, peakRssMb: 192, requestsPerS: 411 },
  { simulator: 'BLIS', workload: 'c100k r64 n16', wallS: 24.2, peakRssMb: 3696, requestsPerS: 4100 },
  { simulator: 'BLIS', workload: 'c100k r256 n64', wallS: 42.4, peakRssMb: 5585, requestsPerS: 2400 },
  { simulator: 'BLIS', workload: 'azure n16', wallS: 5.9, peakRssMb: 1594, requestsPerS: 3300, steps: 3_049_874 },
  { simulator: 'Vidur', workload: 'azure n16', wallS: 158, peakRssMb: 1613, requestsPerS: 122, steps: 2_005_787 },
]
