import { describe, expect, test } from 'vitest'
import { BEGINS, Calendar, ENDS } from '../../src/core/calendar.ts'
import { run } from '../../src/core/loop.ts'
import { stream } from '../../src/core/random.ts'
import { Network } from '../../src/links/network.ts'
import { Journeys } from '../../src/requests/journeys.ts'
import { naiveNetwork } from './naive-network.ts'
import { allFigures, at, nodes, randomSendings, type Sending, STRIDE, sendAll } from './sending.ts'

const LINKS = {
  fabric: { bytesPerS: 2 ** 30, latencyS: 2 ** -16, deviceBytesPerS: 2 ** 28 },
  host: { bytesPerS: 2 ** 27, latencyS: 2 ** -12 },
  nic: { bytesPerS: 2 ** 28, latencyS: 2 ** -14, deviceBytesPerS: 2 ** 26 },
}
const FAST = { nic: { bytesPerS: 1024, latencyS: 0 } }

/** All at 0 s and from one node to another unless said otherwise. */
function sending(sent: Partial<Sending>): Sending {
  return { atS: 0, from: at(0), to: at(1), bytes: 1024, ...sent }
}

function near(found: readonly number[], expected: readonly number[]) {
  expect(found.length).toBe(expected.length)
  found.forEach((value, i) => {
    expect(Math.abs(value - expected[i])).toBeLessThanOrEqual(1e-9 * Math.abs(expected[i]))
  })
}

describe('by hand, to the bit', () => {
  test('a transfer alone has its links to itself, after their latencies and its own delay', () => {
    const nic = { bytesPerS: 1024, latencyS: 0.25 }
    const { landedS, takenS, aloneS } = sendAll(nodes(2, { nic }), [sending({ atS: 4, delayS: 1 })])
    expect([landedS, takenS, aloneS]).toEqual([[6.5], [2.5], [2.5]])
  })

  test('two that share get half each, and the one that stays gets all again', () => {
    const { landedS, takenS, aloneS, figures } = sendAll(nodes(2, FAST), [
      sending({ bytes: 1024 }),
      sending({ atS: 0.5, bytes: 1024 }),
    ])
    // The first has 512 left at 0.5 s and needs 1 s for them; the second has then 512 left and the link to itself.
    expect(landedS).toEqual([1.5, 2])
    expect(takenS).toEqual([1.5, 1.5])
    expect(aloneS).toEqual([1, 1])
    expect(figures[0]).toEqual({ bytes: 2048, busyS: 2, transferS: 3 })
  })

  test('a transfer runs at the least of its shares, and nobody takes up what it leaves of the other', () => {
    const { landedS } = sendAll(nodes(4, FAST), [
      sending({ from: at(0), to: at(1), bytes: 512 }),
      sending({ from: at(0), to: at(2), bytes: 512 }),
      sending({ from: at(3), to: at(2), bytes: 512 }),
    ])
    // Half of node 0's way out, half of node 2's way in: all three run at 512 bytes/s.
    expect(landedS).toEqual([1, 1, 1])
  })

  test('four into one node each run at a quarter, wherever they come from', () => {
    const { landedS } = sendAll(
      nodes(5, FAST),
      [1, 2, 3, 4].map(node => sending({ from: at(node), to: at(0) })),
    )
    expect(landedS).toEqual([4, 4, 4, 4])
  })

  test('ways out and in of a node, and its islands, are links apart', () => {
    const links = { ...FAST, fabric: { bytesPerS: 2048, latencyS: 0 }, host: { bytesPerS: 512, latencyS: 0 } }
    const { landedS } = sendAll(nodes(2, links), [
      sending({}),
      sending({ from: at(1), to: at(0) }),
      sending({ from: at(0, 0), to: at(0, 0) }),
      sending({ from: at(0, 1), to: at(0, 1) }),
      sending({ from: at(0, 0), to: at(0, 1) }),
    ])
    expect(landedS).toEqual([1, 1, 0.5, 0.5, 2])
  })

  test('a replica of few devices cannot take all of a link, and leaves no more to others for it', () => {
    const nic = { bytesPerS: 1024, deviceBytesPerS: 128, latencyS: 0 }
    const small = { ...at(0), devices: 2 }
    const { landedS, aloneS } = sendAll(nodes(2, { nic }), [sending({ from: small }), sending({})])
    expect(aloneS).toEqual([4, 2])
    // 256 and 512 bytes/s: each link has room for both.
    expect(landedS).toEqual([4, 2])
  })

  test('latency keeps nobody waiting: a transfer takes its share when it enters', () => {
    const nic = { bytesPerS: 1024, latencyS: 0.25 }
    const sent = sendAll(nodes(2, { nic }), [sending({}), sending({ atS: 0.5 })])
    expect(sent.landedS).toEqual([2, 2.5])
    expect(sent.figures[0]).toEqual({ bytes: 2048, busyS: 2, transferS: 3 })
  })
})

describe.each([1, 2, 3, 4])('random transfers %i', seed => {
  const spec = nodes(3, LINKS)
  const sendings = randomSendings(stream(seed, 'links'), 400, 3, seed < 3 ? 0.004 : 0.02)
  const sent = sendAll(spec, sendings)
  const { topology } = sent.network

  test('land when a fluid simulation from scratch says so, and the links carry what it says', () => {
    const naive = naiveNetwork(
      topology.links.map(link => link.bytesPerS),
      sendings.map(({ atS, from, to, bytes, delayS = 0 }) => {
        const { entry, exit, bytesPerS, latencyS } = topology.way(from, to)
        const links = [...new Set([entry, exit])]
        return { sentS: atS, waitS: delayS + latencyS, bytes, links, ceilingBytesPerS: bytesPerS }
      }),
    )
    near(sent.landedS, naive.landedS)
    near(
      sent.figures.map(link => link.bytes),
      naive.bytes,
    )
    near(
      sent.figures.map(link => link.busyS),
      naive.busyS,
    )
    near(
      sent.figures.map(link => link.transferS),
      naive.transferS,
    )
    // Contention happened, or the test says little.
    expect(Math.max(...sent.figures.map(link => link.transferS / link.busyS))).toBeGreaterThan(2)
  })

  test('lose no byte: what leaves nodes enters nodes, and links carry whole transfers', () => {
    const carried = (role: string) =>
      topology.links.reduce((sum, link, i) => sum + (link.role === role ? sent.figures[i].bytes : 0), 0)
    const between = sendings.filter(({ from, to }) => from.node !== to.node)
    const bytes = between.reduce((sum, transfer) => sum + transfer.bytes, 0)
    expect(carried('nic-out')).toBe(bytes)
    expect(carried('nic-in')).toBe(bytes)
    expect(sent.network.underWay).toBe(0)
  })

  test('never faster than alone, and no link above its bandwidth', () => {
    sent.takenS.forEach((takenS, i) => {
      expect(takenS).toBeGreaterThanOrEqual(sent.aloneS[i] * (1 - 1e-9))
      expect(takenS).toBe(sent.landedS[i] - sendings[i].atS)
    })
    sent.figures.forEach(({ bytes, busyS }, i) => {
      expect(bytes).toBeLessThanOrEqual(topology.links[i].bytesPerS * busyS * (1 + 1e-9))
    })
  })

  test('land the same, to the bit, whoever looks and however often', () => {
    const random = stream(seed, 'looks')
    const lastS = Math.max(...sent.landedS)
    const looks = Array.from({ length: 2000 }, () => random() * lastS).sort((a, b) => a - b)
    expect({ ...sendAll(spec, sendings, looks), network: 0 }).toEqual({ ...sent, network: 0 })
  })

  test('take twice and half the time, to the bit, where every time constant is scaled so', () => {
    for (const factor of [2, 0.5]) {
      const scaled = ([name, link]: [string, (typeof LINKS)['nic'] | (typeof LINKS)['host']]) => [
        name,
        Object.fromEntries(
          Object.entries(link).map(([k, v]) => [k, k === 'latencyS' ? v * factor : v / factor]),
        ),
      ]
      const links = Object.fromEntries(Object.entries(LINKS).map(scaled))
      const other = sendAll(
        nodes(3, links),
        sendings.map(each => ({ ...each, atS: each.atS * factor, delayS: each.delayS! * factor })),
      )
      expect(other.order).toEqual(sent.order)
      expect(other.landedS).toEqual(sent.landedS.map(timeS => timeS * factor))
    }
  })
})

describe('ties', () => {
  const LATE_S = 1e6 + 0.1

  test('transfers alike, late in the day, land at one instant in order of sending', () => {
    // A third of the bandwidth each: no remainder is exact.
    const twins = Array.from({ length: 7 }, () => sending({ atS: LATE_S, bytes: 999_999_937 }))
    const { order, landedS } = sendAll(nodes(2, LINKS), twins)
    expect(order).toEqual([0, 1, 2, 3, 4, 5, 6])
    expect(new Set(landedS).size).toBe(1)
  })

  test('what enters and what lands at one instant does so in order of sending', () => {
    const { order, landedS } = sendAll(nodes(3, FAST), [
      sending({ bytes: 2048, delayS: 2 }),
      sending({ bytes: 1024 }),
      sending({ to: at(2), atS: 1, bytes: 1024, delayS: 1 }),
    ])
    expect(landedS).toEqual([5, 1, 4])
    expect(order).toEqual([1, 2, 0])
  })

  test('no transfer takes no time, however small, late or sent from a phase that ends come before', () => {
    const calendar = new Calendar(2)
    let landedS = Number.NaN
    const network = new Network(1, calendar, nodes(2, LINKS), new Journeys(), () => {
      landedS = calendar.nowS
      expect(calendar.isEnd(1)).toBe(true)
    })
    const sender = {
      act() {
        calendar.sleep(0)
        network.send(0, network.topology.way(at(0), at(0)), 2 ** -30)
      },
    }
    calendar.schedule(0, 2 ** 50 + 0.25, BEGINS)
    run(calendar, [sender, network])
    expect(landedS).toBeGreaterThan(2 ** 50 + 0.25)
    expect(landedS).toBeLessThan(2 ** 50 + 1)
  })
})

test('who is told of a landing may send on at once', () => {
  const calendar = new Calendar(1)
  const landings: [number, number][] = []
  const network = new Network(0, calendar, nodes(3, FAST), new Journeys(), request => {
    landings.push([request / STRIDE, calendar.nowS])
    if (request === 0) network.send(2 * STRIDE, network.topology.way(at(1), at(2)), 1024)
  })
  network.send(0, network.topology.way(at(0), at(1)), 1024)
  network.send(STRIDE, network.topology.way(at(0), at(2)), 1024)
  run(calendar, [network])
  expect(landings).toEqual([
    [0, 2],
    [1, 2],
    [2, 3],
  ])
})

test('the transfers of a request add up', () => {
  const { network, books } = sendAll(nodes(2, FAST), [sending({})])
  network.send(0, network.topology.way(at(0), at(1)), 512)
  network.act()
  expect(books.transferS.at(0)).toBe(1)
})

test('figures of a link count what is under way', () => {
  const calendar = new Calendar(2)
  const network = new Network(1, calendar, nodes(2, FAST), new Journeys(), () => {})
  network.send(0, network.topology.way(at(0), at(1)), 2048)
  network.send(STRIDE, network.topology.way(at(0), at(1)), 2048)
  const seen: unknown[] = []
  const onlooker = {
    act() {
      seen.push(allFigures(network)[0])
      calendar.sleep(0)
    },
  }
  calendar.schedule(0, 1.5, ENDS)
  run(calendar, [onlooker, network])
  expect(seen).toEqual([{ bytes: 1536, busyS: 1.5, transferS: 3 }])
})

test('memory is bounded by the transfers under way, not by how many there were', () => {
  const random = stream('many', 'links')
  const { network, order } = sendAll(nodes(3, LINKS), randomSendings(random, 50_000, 3, 0.5))
  expect(order.length).toBe(50_000)
  expect(network.capacity).toBeLessThanOrEqual(256)
})

test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('%d bytes cannot be sent', bytes => {
  const network = new Network(0, new Calendar(1), nodes(2, FAST), new Journeys(), () => {})
  expect(() => network.send(0, network.topology.way(at(0), at(1)), bytes)).toThrow(RangeError)
  expect(() => network.send(0, network.topology.way(at(0), at(1)), 1, -1)).toThrow(RangeError)
  expect(network.underWay).toBe(0)
})
