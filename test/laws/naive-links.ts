import type { LinkSpec, NetworkSpec, NodeLinks, Site } from '../../src/links/contract.ts'

/* Links as fluid: at each event every rate is worked out anew. */

export interface NaiveTransfer<T> {
  readonly what: T
  readonly way: readonly LinkSpec[]
  /** With nobody else on its links. */
  readonly aloneBytesPerS: number
  readonly sentS: number
  /** From sending to landing, with nobody else on its links. */
  readonly aloneS: number
  /** When it is on its links. */
  readonly enterS: number
  left: number
  /** 0 until it is on its links. */
  bytesPerS: number
  sinceS: number
  dueS: number
}

export interface NaiveLinks<T> {
  readonly spec: NetworkSpec
  /** In order of sending. */
  readonly transfers: NaiveTransfer<T>[]
  /** One object for every link there is, so that two transfers on it are seen to share it. */
  readonly made: Map<string, LinkSpec>
}

export function newLinks<T>(spec: NetworkSpec): NaiveLinks<T> {
  return { spec, transfers: [], made: new Map() }
}

/** Inside an island its fabric, or the host where there is none; the host between islands; NIC to NIC between nodes. */
function wayOf({ spec, made }: NaiveLinks<unknown>, from: Site, to: Site): LinkSpec[] {
  const link = (node: number, kind: 'nic' | 'host' | 'fabric', suffix: string | number) => {
    const name = `${node} ${kind} ${suffix}`
    const found = made.get(name) ?? { ...(spec.nodes[node] as Required<NodeLinks>)[kind] }
    made.set(name, found)
    return found
  }
  if (from.node !== to.node) return [link(from.node, 'nic', 'out'), link(to.node, 'nic', 'in')]
  const isJoined = from.island === to.island && spec.nodes[from.node].fabric !== undefined
  return [isJoined ? link(from.node, 'fabric', from.island) : link(from.node, 'host', '')]
}

/** How fast one transfer is from place to place: each end as fast as its own devices are on its own link. */
export function bytesPerSBetween(links: NaiveLinks<unknown>, from: Site, to: Site): number {
  const way = wayOf(links, from, to)
  const atEnd = (link: LinkSpec, { devices }: Site) =>
    Math.min(link.bytesPerS, devices * (link.deviceBytesPerS ?? Number.POSITIVE_INFINITY))
  return Math.min(atEnd(way[0], from), atEnd(way[way.length - 1], to))
}

export function send<T>(
  links: NaiveLinks<T>,
  what: T,
  from: Site,
  to: Site,
  bytes: number,
  delayS: number,
  nowS: number,
): NaiveTransfer<T> {
  const way = wayOf(links, from, to)
  const waitS = delayS + way.reduce((sum, { latencyS }) => sum + latencyS, 0)
  const aloneBytesPerS = bytesPerSBetween(links, from, to)
  const transfer: NaiveTransfer<T> = {
    what,
    way,
    aloneBytesPerS,
    sentS: nowS,
    aloneS: waitS + bytes / aloneBytesPerS,
    enterS: nowS + waitS,
    left: bytes,
    bytesPerS: 0,
    sinceS: nowS,
    dueS: Number.POSITIVE_INFINITY,
  }
  links.transfers.push(transfer)
  // Who need not wait is on its links at once.
  if (transfer.enterS === nowS) rerate(links, nowS)
  return transfer
}

export function nextLinkS({ transfers }: NaiveLinks<unknown>): number {
  return Math.min(Number.POSITIVE_INFINITY, ...transfers.map(eventS))
}

function eventS({ bytesPerS, enterS, dueS }: NaiveTransfer<unknown>): number {
  return bytesPerS === 0 ? enterS : dueS
}

/** What happens on the links at this instant, in order of sending. @returns who has landed */
export function moveOn<T>(links: NaiveLinks<T>, nowS: number): NaiveTransfer<T>[] {
  const landed: NaiveTransfer<T>[] = []
  for (;;) {
    const next = links.transfers.find(it => eventS(it) <= nowS)
    if (next === undefined) return landed
    if (next.bytesPerS === 0) rerate(links, nowS, next)
    else {
      links.transfers.splice(links.transfers.indexOf(next), 1)
      landed.push(next)
      rerate(links, nowS)
    }
  }
}

/** An even share of each link, the least of them counts; those that are there already wait for their turn only. */
function rerate<T>(links: NaiveLinks<T>, nowS: number, entering?: NaiveTransfer<T>): void {
  const isOn = (it: NaiveTransfer<T>) => it.bytesPerS > 0 || it === entering || it.enterS === it.sentS
  const on = links.transfers.filter(isOn)
  const rateOf = ({ way, aloneBytesPerS }: NaiveTransfer<T>) =>
    Math.min(
      aloneBytesPerS,
      ...way.map(link => link.bytesPerS / on.filter(it => it.way.includes(link)).length),
    )
  for (const transfer of on) {
    const rate = rateOf(transfer)
    if (rate === transfer.bytesPerS || transfer.dueS <= nowS) continue
    transfer.left -= transfer.bytesPerS * (nowS - transfer.sinceS)
    transfer.bytesPerS = rate
    transfer.sinceS = nowS
    transfer.dueS = nowS + transfer.left / rate
  }
}

/**
 * Bytes left to send after the step that computes a prompt's last tokens, in which each layer but the last is sent
 * when it is done, one after another.
 */
export function leftAfterStep(bytes: number, layers: number, stepS: number, bytesPerS: number): number {
  const ofLayer = bytes / layers
  let sent = 0
  let freeS = 0
  for (let layer = 1; layer < layers; layer++) {
    const beginS = Math.max(freeS, (stepS * layer) / layers)
    freeS = beginS + ofLayer / bytesPerS
    if (freeS <= stepS) sent += ofLayer
    else sent += Math.max(0, stepS - beginS) * bytesPerS
  }
  return bytes - sent
}
