import { describe, expect, test } from 'vitest'
import { UserError } from '../../src/core/errors.ts'
import { Topology } from '../../src/links/topology.ts'

const FABRIC = { bytesPerS: 400, latencyS: 1, deviceBytesPerS: 50 }
const HOST = { bytesPerS: 60, latencyS: 2 }
const NIC = { bytesPerS: 100, latencyS: 4, deviceBytesPerS: 12.5 }

/** A node with two islands and everything, one of cards without a fabric, one without a way out. */
const topology = new Topology({
  nodes: [
    { name: 'big', islands: 2, fabric: FABRIC, host: HOST, nic: NIC },
    { name: 'cards', islands: 4, host: HOST, nic: { bytesPerS: 25, latencyS: 8 } },
    { name: 'lone', islands: 1, fabric: FABRIC },
  ],
})
const place = (node: number, island: number, devices = 8) => ({ node, island, devices })
const route = (from: ReturnType<typeof place>, to: ReturnType<typeof place>) => {
  const { entry, exit } = topology.way(from, to)
  return [entry, exit].map(link => topology.links[link].name)
}

describe('routes', () => {
  test.each([
    ['inside an island its fabric', place(0, 1), place(0, 1), 'big fabric 1'],
    ['between islands the host path', place(0, 0), place(0, 1), 'big host'],
    ['inside a card without a fabric the host path', place(1, 3), place(1, 3), 'cards host'],
    ['in a later node, too, islands counted through', place(2, 6), place(2, 6), 'lone fabric 0'],
  ])('%s', (_, from, to, link) => {
    expect(route(from, to)).toEqual([link, link])
  })

  test('between nodes out of the one and into the other', () => {
    expect(route(place(0, 1), place(1, 2))).toEqual(['big nic-out', 'cards nic-in'])
    expect(route(place(1, 2), place(0, 1))).toEqual(['cards nic-out', 'big nic-in'])
  })

  test.each([
    [place(0, 0), place(2, 6), 'lone nic-in'],
    [place(2, 6), place(0, 0), 'lone nic-out'],
  ])('a link that is not known is refused by name', (from, to, name) => {
    expect(() => route(from, to)).toThrow(UserError)
    expect(() => route(from, to)).toThrow(`${name} has no known bandwidth`)
  })
})

test('alone, a transfer is bounded by the narrowest link, and by the devices of the smaller end', () => {
  expect(topology.way(place(0, 0), place(0, 0)).bytesPerS).toBe(400)
  expect(topology.way(place(0, 0, 2), place(0, 0, 4)).bytesPerS).toBe(100)
  expect(topology.way(place(0, 0, 1), place(0, 1, 1)).bytesPerS).toBe(60)
  expect(topology.way(place(0, 0), place(1, 2)).bytesPerS).toBe(25)
  expect(topology.way(place(0, 0, 1), place(1, 2)).bytesPerS).toBe(12.5)
})

test('latencies on the way add up', () => {
  expect(topology.way(place(0, 0), place(0, 0)).latencyS).toBe(1)
  expect(topology.way(place(0, 0), place(0, 1)).latencyS).toBe(2)
  expect(topology.way(place(0, 0), place(1, 2)).latencyS).toBe(12)
})

test.each([
  { bytesPerS: 0, latencyS: 0 },
  { bytesPerS: Number.POSITIVE_INFINITY, latencyS: 0 },
  { bytesPerS: 1, latencyS: -1 },
  { bytesPerS: 1, latencyS: Number.NaN },
  { bytesPerS: 1, latencyS: 0, deviceBytesPerS: 0 },
])('a link of %o is refused', nic => {
  expect(() => new Topology({ nodes: [{ name: 'odd', islands: 1, nic }] })).toThrow(/link of odd/)
})
