/** Copies the shorter array into the longer one, and hands that back. */
export function grown<T extends { set(from: T): void }>(from: T, to: T): T {
  to.set(from)
  return to
}
