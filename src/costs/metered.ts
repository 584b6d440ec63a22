/** What a node draws at its wall. */
export interface Draw {
  /** While it serves nothing. */
  readonly idleWatts: number
  /** While it is busy all the time. */
  readonly busyWatts: number
}

/** Watts at the wall of a node that is busy for that share of its time. */
export function wattsAt({ idleWatts, busyWatts }: Draw, utilisation: number): number {
  return idleWatts + utilisation * (busyWatts - idleWatts)
}

/**
 * Dollars or grams an hour at the facility's meter: the mean over the day of watts x PUE x what a kWh costs or emits.
 * A list of one stands for the same at every hour; else both have an entry for each hour, of the same hours.
 * Throws a RangeError where the lists do not go together.
 *
 * @param wattsByHour at the node's wall
 * @param pue facility energy per unit of IT energy
 */
export function meteredPerHour(
  wattsByHour: readonly number[],
  pue: number,
  perKwhByHour: readonly number[],
): number {
  const hours = Math.max(wattsByHour.length, perKwhByHour.length)
  for (const { length } of [wattsByHour, perKwhByHour]) {
    if (length !== 1 && length !== hours) throw new RangeError(`${length} hours beside ${hours}`)
  }
  let total = 0
  for (let hour = 0; hour < hours; hour++) {
    total += wattsByHour[hour % wattsByHour.length] * perKwhByHour[hour % perKwhByHour.length]
  }
  return (total * pue) / (1000 * hours)
}
