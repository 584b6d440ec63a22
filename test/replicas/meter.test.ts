import { describe, expect, test } from 'vitest'
import { stream } from '../../src/core/random.ts'
import { Grid } from '../../src/energy/grid.ts'
import { Meter } from '../../src/replicas/meter.ts'

const HOUR_S = 3600
const GRIDS = [[400], [512, 64], [300, 100, 700, 20, 450]]

/** Grams of a watt between two instants, added hour by hour. */
function integrated(gramsPerKwh: readonly number[], pue: number, fromS: number, toS: number): number {
  let grams = 0
  for (let hour = Math.floor(fromS / HOUR_S); hour * HOUR_S < toS; hour++) {
    const seconds = Math.min(toS, (hour + 1) * HOUR_S) - Math.max(fromS, hour * HOUR_S)
    grams += (seconds * pue * gramsPerKwh[hour % gramsPerKwh.length]) / 3.6e6
  }
  return grams
}

describe.each(GRIDS)('a grid of %i... g/kWh', (...gramsPerKwh) => {
  const grid = new Grid({ gramsPerKwh }, 1.25)

  test('gives the grams of a constant watt over any span', () => {
    const random = stream('grid', 'test')
    for (const fromS of [0, 3599, 3600, 3600.5, 18_000, 1e6]) {
      for (const toS of [fromS, fromS + 1, fromS + HOUR_S, fromS + 1e5 * random()]) {
        const grams = grid.gramsPerWattUntil(toS) - grid.gramsPerWattUntil(fromS)
        expect(grams).toBeCloseTo(integrated(gramsPerKwh, 1.25, fromS, toS), 9)
      }
    }
  })

  test('meters a step at the hour in which it begins', () => {
    const meter = new Meter(100, grid)
    let grams = 0
    for (const beginS of [0, 1, 3599.9, 3600, 7199, 7200, 40_000]) {
      meter.enterHourOf(beginS)
      meter.addJoules(1000)
      grams +=
        (10 *
          HOUR_S *
          integrated(
            gramsPerKwh,
            1.25,
            Math.floor(beginS / HOUR_S) * HOUR_S,
            Math.floor(beginS / HOUR_S) * HOUR_S + 1,
          )) /
        36
    }
    expect(meter.busyJ).toBe(7000)
    expect(meter.busyG).toBeCloseTo(grams, 9)
  })

  test('meters the idle watts of every spell, and of the one under way without closing it', () => {
    const meter = new Meter(100, grid)
    meter.startIdling(0)
    meter.stopIdling(5000)
    meter.startIdling(6000)
    const soFar = 100 * integrated(gramsPerKwh, 1.25, 0, 5000)
    expect(meter.idleG).toBeCloseTo(soFar, 9)
    expect(meter.idleGramsUntil(9000)).toBeCloseTo(100 * integrated(gramsPerKwh, 1.25, 6000, 9000), 9)
    expect(meter.idleG).toBeCloseTo(soFar, 9)
    meter.stopIdling(10_000)
    expect(meter.idleG).toBeCloseTo(soFar + 100 * integrated(gramsPerKwh, 1.25, 6000, 10_000), 9)
  })
})

test('a reading goes on from a copy and leaves the meter alone', () => {
  const grid = new Grid({ gramsPerKwh: [100, 900] }, 1)
  const meter = new Meter(50, grid)
  meter.enterHourOf(10)
  meter.addJoules(3.6e6)
  const reading = new Meter(50, grid)
  reading.copy(meter)
  reading.enterHourOf(3600)
  reading.addJoules(3.6e6)
  expect([meter.busyJ, meter.busyG]).toEqual([3.6e6, 100])
  expect([reading.busyJ, reading.busyG]).toEqual([7.2e6, 1000])
})
