import type { AdmissionFactory } from '../contract.ts'

// The default of every gateway.

/** Lets everybody in. */
export const always: AdmissionFactory = () => () => true
