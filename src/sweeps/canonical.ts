/** JSON with keys in order and without those that are undefined: equal data have equal texts. */
export function canonical(value: unknown): string {
  if (typeof value === 'number' && !Number.isFinite(value)) return `"${value}"`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined)
  const inOrder = entries.toSorted(([a], [b]) => (a < b ? -1 : 1))
  return `{${inOrder.map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`).join()}}`
}
