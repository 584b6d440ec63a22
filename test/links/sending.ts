import { Calendar, DECISIONS } from '../../src/core/calendar.ts'
import { run } from '../../src/core/loop.ts'
import { below, type Random } from '../../src/core/random.ts'
import type { LinkFigures, LinkSpec, NetworkSpec, Site, TransferBooks } from '../../src/links/contract.ts'
import { Network } from '../../src/links/network.ts'
import { Journeys } from '../../src/requests/journeys.ts'

/** Ids of requests are multiples of this. */
export const STRIDE = 16

export interface Sending {
  readonly atS: number
  readonly from: Site
  readonly to: Site
  readonly bytes: number
  readonly delayS?: number
}

export interface Sent {
  readonly network: Network
  readonly books: TransferBooks
  /** Indices of the sendings, in order of landing. */
  readonly order: number[]
  /** By sending. */
  readonly landedS: number[]
  readonly takenS: number[]
  readonly aloneS: number[]
  /** By link, at the end. */
  readonly figures: LinkFigures[]
}

/** Sends all of it, in order of time; `looks` are times at which every figure is read. */
export function sendAll(
  spec: NetworkSpec,
  sendings: readonly Sending[],
  looks: readonly number[] = [],
): Sent {
  const calendar = new Calendar(3)
  const order: number[] = []
  const landedS: number[] = []
  const books = new Journeys()
  const network = new Network(1, calendar, spec, books, request => {
    order.push(request / STRIDE)
    landedS[request / STRIDE] = calendar.nowS
  })
  const sender = timed(
    calendar,
    0,
    sendings.map(({ atS }) => atS),
    i => {
      const { from, to, bytes, delayS } = sendings[i]
      network.send(i * STRIDE, network.topology.way(from, to), bytes, delayS)
    },
  )
  const onlooker = timed(calendar, 2, looks, () => allFigures(network))
  run(calendar, [sender, network, onlooker])
  return {
    network,
    books,
    order,
    landedS,
    takenS: sendings.map((_, i) => books.transferS.at(i * STRIDE)),
    aloneS: sendings.map((_, i) => books.transferAloneS.at(i * STRIDE)),
    figures: allFigures(network),
  }
}

export function allFigures(network: Network): LinkFigures[] {
  return network.topology.links.map((_, link) => network.figures(link))
}

/** An actor that does the i-th thing at the i-th of these rising times. */
function timed(calendar: Calendar, id: number, timesS: readonly number[], act: (i: number) => void) {
  let i = 0
  const reschedule = () => calendar.schedule(id, timesS[i] ?? Number.POSITIVE_INFINITY, DECISIONS)
  reschedule()
  return {
    act() {
      act(i++)
      reschedule()
    },
  }
}

/** Nodes alike, of two islands each. */
export function nodes(
  count: number,
  links: { fabric?: LinkSpec; host?: LinkSpec; nic?: LinkSpec },
): NetworkSpec {
  return { nodes: Array.from({ length: count }, (_, i) => ({ name: `node-${i}`, islands: 2, ...links })) }
}

/** A replica of four devices in one of the two islands of a node. */
export function at(node: number, island: 0 | 1 = 0): Site {
  return { node, island: 2 * node + island, devices: 4 }
}

export function randomSending(
  random: Random,
  nodeCount: number,
  atS: number,
  delays: readonly number[],
): Sending {
  const site = () => ({
    ...at(below(random, nodeCount), below(random, 2) as 0 | 1),
    devices: 1 << below(random, 4),
  })
  const bytes = 1 + below(random, 2 ** 20) * 2 ** below(random, 8)
  return { atS, from: site(), to: site(), bytes, delayS: delays[below(random, delays.length)] }
}

export function randomSendings(
  random: Random,
  count: number,
  nodeCount: number,
  meanGapS: number,
): Sending[] {
  let atS = 0
  return Array.from({ length: count }, () => {
    if (random() < 0.7) atS += -Math.log(1 - random()) * meanGapS
    return randomSending(random, nodeCount, atS, [0, 0, meanGapS / 3])
  })
}
