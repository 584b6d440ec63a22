import type { PolicyFactory } from './contract.ts'
import { idleness } from './scan.ts'
import { cheapestWithinSlo } from './within-slo.ts'

// PolyServe (Zhu et al. 2025): the highest-loaded server that still attains the SLO; AIBrix `slo-pack-load`.

/**
 * The most requests outstanding among replicas expected to meet the objectives, else the fastest: a gradient of load
 * that leaves some replicas idle. Every request is held to the objectives of its class; replicas are of no bin.
 */
export const sloBins: PolicyFactory = setup => cheapestWithinSlo(setup, idleness)
