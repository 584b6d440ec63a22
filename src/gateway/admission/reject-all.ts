import type { AdmissionFactory } from '../contract.ts'

// BLIS `reject-all`: a control.

/** Lets nobody in. */
export const rejectAll: AdmissionFactory = () => () => false
