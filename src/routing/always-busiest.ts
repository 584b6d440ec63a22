import type { PolicyFactory } from './contract.ts'
import { idleness, leastBy } from './scan.ts'

// BLIS `always-busiest`: as wrong as can be, to see that balance matters and is measured.

/** The most requests outstanding, asking every replica. Ties: lowest id. */
export const alwaysBusiest: PolicyFactory = () => (request, cluster) => leastBy(cluster, request, idleness)
