/** A JSON object as it comes: every field has to be looked at before it is believed. */
export type JsonObject = Readonly<Record<string, unknown>>

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The field as an object, or an empty one. */
export function objectIn(row: JsonObject, name: string): JsonObject {
  const value = row[name]
  return isObject(value) ? value : {}
}

/** The first of the fields that is there and not null, as a number; NaN where it is something else or missing. */
export function numberIn(row: JsonObject, ...names: readonly string[]): number {
  return optionalNumberIn(row, ...names) ?? Number.NaN
}

/** The same, undefined where none of the fields is there. */
export function optionalNumberIn(row: JsonObject, ...names: readonly string[]): number | undefined {
  for (const name of names) {
    const value = row[name]
    if (value !== undefined && value !== null) return typeof value === 'number' ? value : Number.NaN
  }
  return undefined
}

/** The field as a name, if it is a text that is not empty or a number. */
export function nameIn(row: JsonObject, name: string): string | undefined {
  const value = row[name]
  if (typeof value === 'number') return String(value)
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** The field if it is an array. */
export function listIn(row: JsonObject, name: string): readonly unknown[] | undefined {
  const value = row[name]
  return Array.isArray(value) ? value : undefined
}

/** A list of block ids, if the field is one; what is no number becomes NaN, which `rowSource` refuses. */
export function idsIn(row: JsonObject, name: string): readonly number[] | undefined {
  return listIn(row, name)?.map(id => (typeof id === 'number' ? id : Number.NaN))
}

/** An object of the fields that are known. */
export function known<T extends object>(fields: { [K in keyof T]: T[K] | undefined }): Partial<T> {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries) as Partial<T>
}
