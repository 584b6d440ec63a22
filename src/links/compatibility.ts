/** How replicas of a kind write the KV of a request, and expect to read it. */
export interface KvFormat {
  /** What messages call those replicas, such as `pool "prefill"`. */
  readonly owner: string
  /** Id of the model. */
  readonly model: string
  readonly vendor: string
  /** Name of the order in memory that the engine keeps KV in. */
  readonly layout: string
  /** Of keys and values, such as `bf16`. */
  readonly dtype: string
}

/**
 * Whether KV can be taken as it stands, needs a conversion, or is of no use. The tensor parallelism of the two sides
 * is no matter: every device sends the heads it has to the device that needs them, in the same bytes. What needs a
 * conversion is converted where it is written, one request beside another, and travels in the form of its reader.
 */
export type Reading = 'as it is' | 'converted' | 'never'

/** Devices of two vendors need a conversion whatever the names of their layouts. */
export function readingOf(from: KvFormat, to: KvFormat): Reading {
  if (from.model !== to.model) return 'never'
  return from.layout === to.layout && from.dtype === to.dtype && from.vendor === to.vendor
    ? 'as it is'
    : 'converted'
}

/**
 * Why one side cannot read what the other writes, for a UserError at the place that names them; undefined where it can.
 *
 * @param conversionBytesPerS of a conversion, where the user gives one
 */
export function obstacle(from: KvFormat, to: KvFormat, conversionBytesPerS?: number): string | undefined {
  const reading = readingOf(from, to)
  if (reading === 'never') {
    return `${to.owner} serves ${to.model} and cannot read the KV of ${from.model} that ${from.owner} writes`
  }
  if (reading === 'as it is' || conversionBytesPerS !== undefined) return undefined
  return `${to.owner} reads KV as ${formatText(to)}, and ${from.owner} writes ${formatText(from)}: it must be converted, at a rate to be given`
}

function formatText({ dtype, layout, vendor }: KvFormat): string {
  return `${dtype} in the layout ${layout} on ${vendor}`
}
