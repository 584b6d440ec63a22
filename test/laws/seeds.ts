/** Seeds of the random courses that a law is tried on; a thousand where REGATTA_LONG is set. */
export function seeds(count: number): number[] {
  return Array.from({ length: process.env.REGATTA_LONG === undefined ? count : 1000 }, (_, seed) => seed)
}
