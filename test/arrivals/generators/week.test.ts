import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { ArrivalBlock, type ArrivalSource } from '../../../src/arrivals/contract.ts'
import { traceInput } from '../../../src/arrivals/file.ts'
import { opened } from '../../../src/arrivals/formats/detect.ts'
import { weekOf } from '../../../src/arrivals/generators/week.ts'
import { TextFile } from '../../../src/arrivals/text-file.ts'
import { writers } from '../../../src/arrivals/writing/registry.ts'
import { writeTrace } from '../../../src/arrivals/writing/write.ts'
import { presetFrom, presetSource } from '../../../src/scenario/presets.ts'
import { meanOf } from '../laws.ts'
import { rowsOf } from '../sources.ts'

const FILE = 'configs/workloads/azure-2024-week.json'
const DERIVED = '../shared/data/traces/derived'
const PRESET = presetFrom(readFileSync(FILE, 'utf8'), FILE)
const isLong = process.env.REGATTA_LONG !== undefined
/** The whole week where REGATTA_LONG is set, else a 64th of its requests over the same seven days. */
const SCALE = isLong ? 1 : 1 / 64
const CLASSES = ['code', 'conversation']
const TOTALS = [16_803_695, 27_303_999]
const MOST_TOKENS = 8000

/** What the tests ask of a service of the week. */
class Tally {
  readonly hourly = new Float64Array(168)
  readonly input = new Float64Array(MOST_TOKENS)
  readonly output = new Float64Array(MOST_TOKENS)
  requests = 0
  wholeTicks = 0

  add(arrivalS: number, input: number, output: number): void {
    this.requests++
    this.hourly[Math.floor(arrivalS / 3600)]++
    this.input[input]++
    this.output[output]++
    const ticks = Math.round(arrivalS * 1e7)
    if (ticks / 1e7 === arrivalS) this.wholeTicks++
  }

  quantile(of: 'input' | 'output', share: number): number {
    let left = share * this.requests
    return this[of].findIndex(count => {
      left -= count
      return left <= 0
    })
  }
}

async function tallied(source: ArrivalSource): Promise<Tally[]> {
  const tallies = source.classes.map(() => new Tally())
  const block = new ArrivalBlock()
  for (;;) {
    await source.fill(block)
    if (block.length === 0) return tallies
    const { arrivalS, inputTokens, outputTokens, classId } = block
    for (let i = 0; i < block.length; i++) {
      tallies[classId[i]].add(arrivalS[i], inputTokens[i], outputTokens[i])
    }
  }
}

/** Rows of a CSV file by column name. */
function table(file: string): Record<string, string>[] {
  const [head, ...lines] = readFileSync(`${DERIVED}/${file}`, 'utf8').trim().split(/\r?\n/)
  const names = head.split(',')
  return lines.map(line => Object.fromEntries(line.split(',').map((cell, i) => [names[i], cell])))
}

describe('the Azure week of 2024', async () => {
  const tallies = await tallied(presetSource(PRESET, { scale: SCALE }, 1))

  test('has the published number of requests of both services', () => {
    expect(tallies.map(tally => tally.requests)).toEqual(TOTALS.map(total => Math.round(total * SCALE)))
  })

  test('comes in whole ticks of 100 ns', () => {
    for (const tally of tallies) expect(tally.wholeTicks).toBe(tally.requests)
  })

  test('has the published output means, and input means within 1 %', () => {
    const published = { code: [2511, 23], conversation: [1632, 106] }
    for (const [i, [input, output]] of Object.values(published).entries()) {
      const mean = (of: 'input' | 'output') =>
        tallies[i][of].reduce((sum, count, tokens) => sum + count * tokens, 0) / tallies[i].requests
      expect(Math.abs(mean('input') / input - 1)).toBeLessThan(0.01)
      expect(Math.abs(mean('output') - output)).toBeLessThan(1.2)
    }
  })

  test('has a cap: many prompts of one length at the end of the context', () => {
    const shareOf = (counts: Float64Array, from: number, to: number) =>
      counts.slice(from, to + 1).reduce((sum, count) => sum + count, 0) / counts.reduce((a, b) => a + b, 0)
    expect(shareOf(tallies[0].input, 7640, 7700)).toBeGreaterThan(0.05)
    expect(shareOf(tallies[0].input, 7640, 7700)).toBeLessThan(0.07)
    expect(shareOf(tallies[1].input, 540, 620)).toBeGreaterThan(0.14)
    expect(shareOf(tallies[1].input, 540, 620)).toBeLessThan(0.2)
  })

  const there = existsSync(DERIVED)
  if (!there) console.warn(`SKIPPED: the Azure week is not compared with its source, ${DERIVED} is absent`)

  test.skipIf(!there).each([
    ['code', 'azure2024_code_rate_hourly.csv'],
    ['conversation', 'azure2024_conv_rate_hourly.csv'],
  ])('of %s has the hourly counts, weekday by weekday', (name, file) => {
    const hourly = tallies[CLASSES.indexOf(name)].hourly
    const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
    const rows = table(file)
    expect(rows).toHaveLength(168)
    for (const { weekday, utc_hour, requests } of rows) {
      const got = hourly[24 * days.indexOf(weekday) + Number(utc_hour)]
      const expected = Number(requests) * SCALE
      expect(Math.abs(got - expected)).toBeLessThan(0.005 * expected + (isLong ? 20 : 6))
    }
  })

  test.skipIf(!there).each([
    ['code', 'code'],
    ['conversation', 'conv'],
  ])('of %s has the length quantiles within 5 %% or a token', (name, column) => {
    const tally = tallies[CLASSES.indexOf(name)]
    for (const row of table('azure2024_length_quantiles.csv')) {
      const share = Number(row.percentile) / 100
      if (share === 0 || share > (isLong ? 1 : 0.995)) continue
      for (const of of ['input', 'output'] as const) {
        const expected = Number(row[`azure2024_${column}_${of}`])
        const bound = Math.max(1, 0.05 * expected)
        const low = tally.quantile(of, share - noise(tally, share))
        const high = tally.quantile(of, Math.min(1, share + noise(tally, share)))
        expect([of, share, low <= expected + bound && high >= expected - bound]).toEqual([of, share, true])
      }
    }
  })

  /** Five standard errors of a share. */
  function noise({ requests }: Tally, share: number): number {
    return 5 * Math.sqrt((share * (1 - share)) / requests)
  }
})

describe('a week that is written and read again', () => {
  const folder = mkdtempSync(join(tmpdir(), 'regatta-week-'))
  afterAll(() => rmSync(folder, { recursive: true }))

  test.each(['azure', 'regatta-csv', 'regatta-jsonl'] as const)(
    'as %s is the same, bit for bit',
    async format => {
      const open = () => presetSource(PRESET, { scale: 2e-3, first_day: 'thursday', days: 2 }, 1)
      const file = new TextFile(join(folder, `${format}.gz`))
      const sink = () => {
        file.begin()
        return file
      }
      await writeTrace(open, writers[format], sink)
      await file.commit()
      const columns = format === 'azure' ? 3 : 5
      const rows = (await rowsOf(open())).map(row => row.slice(0, columns))
      const again = await rowsOf(opened(traceInput(join(folder, `${format}.gz`)), 'auto', {}))
      expect(rows.length).toBeGreaterThan(10_000)
      expect(again.map(row => row.slice(0, columns))).toEqual(rows)
    },
  )
})

describe('gaps inside a step', () => {
  test.each([
    ['code', 2.34 / 19.06],
    ['conversation', 1.37 / 15.33],
  ])('of %s have the published ratio of median to mean', async (service, published) => {
    const options = { services: [service], first_day: 'tuesday' as const, days: 1 }
    const hour = timesBetween(presetSource(PRESET, options, 3), 15 * 3600, 16 * 3600)
    const gaps = Float64Array.from(hour.slice(1), (timeS, i) => timeS - hour[i])
    const ratio = gaps.slice().sort()[gaps.length >> 1] / meanOf(gaps)
    expect(gaps.length).toBeGreaterThan(150_000)
    expect(Math.abs(ratio / published - 1)).toBeLessThan(0.05)
  })
})

function timesBetween(source: ArrivalSource, fromS: number, toS: number): number[] {
  const times: number[] = []
  const block = new ArrivalBlock()
  for (source.fill(block); block.arrivalS[0] < toS; source.fill(block)) {
    times.push(...block.arrivalS.filter(timeS => timeS >= fromS && timeS < toS))
  }
  return times
}

describe('a part of the week', () => {
  const spec = (rates: number[]) => ({
    services: [
      {
        className: 'a',
        requests: 700,
        rates,
        gapShape: 0.5,
        input: [
          [0, 5],
          [1, 5],
        ] as const,
        output: [
          [0, 7],
          [1, 7],
        ] as const,
      },
    ],
  })

  test('has the days asked for', async () => {
    const monday = await rowsOf(weekOf(spec([1, 2, 3, 4, 5, 6, 7]), { seed: 1, firstDay: 'monday', days: 1 }))
    expect(monday).toHaveLength(50)
    expect(monday[0][0]).toBe(0)
    expect(monday.at(-1)![0]).toBeLessThan(86_400)
    const rest = await rowsOf(weekOf(spec([1, 2, 3, 4, 5, 6, 7]), { seed: 1, firstDay: 'friday', days: 2 }))
    expect(rest).toHaveLength(325)
  })

  test('may have steps and whole services without requests', async () => {
    const quiet = await rowsOf(weekOf(spec([0, 0, 1, 0, 0, 1, 0]), { seed: 1 }))
    expect(quiet).toHaveLength(700)
    expect(quiet[349][0]).toBeLessThan(86_400)
    expect(quiet[350][0]).toBeGreaterThan(2 * 86_400)
    expect(await rowsOf(weekOf(spec([1, 1, 1, 1, 1, 1, 1]), { seed: 1, scale: 1e-6 }))).toEqual([])
  })

  test('of one service has the same requests as the week of all', async () => {
    const rowsOfCode = async (services?: string[]) => {
      const options = { scale: 1e-4, days: 2, ...(services && { services }) }
      const rows = await rowsOf(presetSource(PRESET, options, 5))
      return rows.filter(row => row[4] === 0).map(([, input, output]) => [input, output])
    }
    expect(await rowsOfCode(['code'])).toEqual(await rowsOfCode())
  })

  test('is the same whatever blocks it is read by, and another for another seed', async () => {
    const read = (capacity: number, seed = 1) =>
      rowsOf(presetSource(PRESET, { scale: 1e-5, days: 7 }, seed), capacity)
    const rows = await read(4096)
    expect(await read(7)).toEqual(rows)
    expect(await read(4096, 2)).not.toEqual(rows)
  })

  test.each([
    [{ services: ['chat'] }, 'service is "chat"; known: code, conversation'],
    [
      { first_day: 'friday' as const, days: 3 },
      'days is 3; must be a whole number from 1 to 2 from friday on',
    ],
    [{ requests: 5 }, 'requests is 5; azure-2024-week can be given services, first_day, days, scale'],
    [{ scale: 0 }, 'scale is 0; must be a number above 0'],
  ])('refuses %j', (options, message) => {
    expect(() => presetSource(PRESET, options, 1)).toThrow(message)
  })
})
