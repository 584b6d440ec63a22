/** A transfer as the naive network sees it: the numbers of its links, and what it may take at most. */
export interface NaiveTransfer {
  readonly sentS: number
  readonly waitS: number
  readonly bytes: number
  readonly links: readonly number[]
  readonly ceilingBytesPerS: number
}

export interface NaiveResult {
  /** By transfer. */
  readonly landedS: number[]
  /** By link. */
  readonly bytes: number[]
  readonly busyS: number[]
  readonly transferS: number[]
}

/**
 * Fluid simulation from scratch: at every event all rates are computed anew and every transfer is moved on to the
 * next one. No settled remainders, no lists by link, no heap.
 */
export function naiveNetwork(bytesPerS: readonly number[], transfers: readonly NaiveTransfer[]): NaiveResult {
  const left = transfers.map(transfer => transfer.bytes)
  const landedS = transfers.map(() => Number.NaN)
  const [bytes, busyS, transferS] = [0, 1, 2].map(() => bytesPerS.map(() => 0))
  const enterS = transfers.map(transfer => transfer.sentS + transfer.waitS)
  const isOn = (i: number, nowS: number) => enterS[i] <= nowS && Number.isNaN(landedS[i])
  let nowS = 0
  for (;;) {
    const on = transfers.map((_, i) => i).filter(i => isOn(i, nowS))
    const load = bytesPerS.map((_, link) => on.filter(i => transfers[i].links.includes(link)).length)
    const rate = (i: number) =>
      Math.min(transfers[i].ceilingBytesPerS, ...transfers[i].links.map(link => bytesPerS[link] / load[link]))
    const enters = enterS.filter(timeS => timeS > nowS)
    const nextS = Math.min(...enters, ...on.map(i => nowS + left[i] / rate(i)))
    if (nextS === Number.POSITIVE_INFINITY) return { landedS, bytes, busyS, transferS }
    const elapsedS = nextS - nowS
    load.forEach((count, link) => {
      if (count > 0) busyS[link] += elapsedS
      transferS[link] += count * elapsedS
    })
    for (const i of on) {
      const moved = Math.min(left[i], rate(i) * elapsedS)
      left[i] -= moved
      for (const link of transfers[i].links) bytes[link] += moved
      if (left[i] <= 1e-12 * transfers[i].bytes) landedS[i] = nextS
    }
    nowS = nextS
  }
}
