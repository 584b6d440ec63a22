import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ArrivalBlock } from '../../../src/arrivals/contract.ts'
import { traceInput } from '../../../src/arrivals/file.ts'
import { opened } from '../../../src/arrivals/formats/detect.ts'
import { cutInput, type Read, readSource, readTexts, remarksOf, textInput } from './inputs.ts'

/** One window, in which every length has a probability. */
function lengths(input: string, output: string): object {
  return { input_tokens: input, output_tokens: output, reason_ratio: '{0.25: 1.0}' }
}

const FIXED = JSON.stringify({ 0: lengths('{100: 1.0}', '{7: 1.0}') })
const BUSY = '0,0.5,1,Gamma,1.0,0.4\n600,0,0,,0,0\n1200,1,3,Weibull,0.5,2\n'
const AT_END = 'left out: drawn at the very end of its window'

const folder = (rates: string, dataset: string) => ({
  'chunk-0-trace.csv': rates,
  'chunk-0-dataset.json': dataset,
})

const seconds = ({ requests }: Read) => requests.map(({ arrivalS }) => arrivalS)

test('a window has as many requests as its rate makes in 600 s, but for the last, which ends it', async () => {
  const read = await readTexts(folder(BUSY, FIXED))
  expect(read.report).toMatchObject({ format: 'servegen', rows: 300 + 600 })
  expect(remarksOf(read)).toEqual({ [AT_END]: 2 })
  expect(read.requests).toHaveLength(299 + 599)
  expect(read.requests[0]).toMatchObject({ arrivalS: 0, inputTokens: 100, outputTokens: 7, tenant: '0' })
  const late = seconds(read).filter(timeS => timeS > 700)
  expect(late).toHaveLength(599)
  expect(seconds(read)).toEqual(seconds(read).toSorted((a, b) => a - b))
})

test('gaps have the spread of their pattern and shape', async () => {
  const cv = async (pattern: string, shape: number) => {
    const read = await readTexts(folder(`0,100,1,${pattern},${shape},1`, FIXED))
    const gaps = seconds(read).map((timeS, i, all) => timeS - (all[i - 1] ?? 0))
    const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length
    return Math.sqrt(gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length) / mean
  }
  expect(await cv('Gamma', 4)).toBeCloseTo(0.5, 1)
  expect(await cv('Gamma', 0.25)).toBeCloseTo(2, 1)
  expect(await cv('Weibull', 1)).toBeCloseTo(1, 1)
  // Gamma(5) / Gamma(3)^2 - 1 = 5
  expect(Math.abs((await cv('Weibull', 0.5)) - Math.sqrt(5))).toBeLessThan(0.15)
})

test('the same seed gives the same requests, whatever other clients there are; another gives others', async () => {
  const one = folder(BUSY, FIXED)
  const first = await readTexts(one, { seed: 7 })
  expect(await readTexts(one, { seed: 7 })).toEqual(first)
  expect(seconds(await readTexts(one, { seed: 8 }))).not.toEqual(seconds(first))
  const two = { ...one, 'chunk-3-trace.csv': BUSY, 'chunk-3-dataset.json': FIXED }
  const both = await readTexts(two, { seed: 7 })
  expect(seconds(both)).toEqual(seconds(both).toSorted((a, b) => a - b))
  const own = both.requests.filter(({ tenant }) => tenant === '0')
  expect(own).toHaveLength(first.requests.length)
  own.forEach(({ arrivalS }, i) => {
    expect(arrivalS - own[0].arrivalS).toBeCloseTo(first.requests[i].arrivalS, 9)
  })
  expect(both.requests.filter(({ tenant }) => tenant === '3')).toHaveLength(own.length)
})

test('lengths are those of the last window at or before that has some, or else of the first', async () => {
  const rates = [0, 21_600, 43_200, 64_800].map(start => `${start},0.1,1,Gamma,1,1`).join('\n')
  const dataset = JSON.stringify({
    '0': lengths('{}', '{}'),
    '21600': lengths('{2: 1.0}', '{20: 1.0}'),
    '43200': lengths('{}', '{30: 1.0}'),
    '64800': lengths('{4: 1.0}', '{40: 1.0}'),
  })
  const { requests } = await readTexts(folder(rates, dataset))
  expect(requests).toHaveLength(4 * 59)
  const early = requests.slice(0, 3 * 59)
  expect(new Set(early.map(({ inputTokens, outputTokens }) => `${inputTokens}/${outputTokens}`))).toEqual(
    new Set(['2/20']),
  )
  const late = requests.slice(3 * 59)
  expect(new Set(late.map(({ inputTokens, outputTokens }) => `${inputTokens}/${outputTokens}`))).toEqual(
    new Set(['4/40']),
  )
})

test('lengths have their probabilities, and input says nothing of output', async () => {
  const dataset = JSON.stringify({ 0: lengths('{1000: 0.25, 10: 0.75}', '{50: 0.5, 5: 0.5}') })
  const { requests } = await readTexts(folder('0,100,1,Gamma,1,1', dataset))
  const share = (fits: (request: (typeof requests)[number]) => boolean) =>
    requests.filter(fits).length / requests.length
  expect(share(({ inputTokens }) => inputTokens === 1000)).toBeCloseTo(0.25, 1.7)
  expect(share(({ outputTokens }) => outputTokens === 50)).toBeCloseTo(0.5, 1.7)
  const both = share(({ inputTokens, outputTokens }) => inputTokens === 1000 && outputTokens === 50)
  expect(Math.abs(both - 0.125)).toBeLessThan(0.006)
})

test('a prompt of images has their tokens beside those of its text', async () => {
  const window = {
    text_tokens: '{5: 1.0}',
    ...{ image_tokens: '{100: 0.5, 300: 0.5}', image_count: '{0: 0.5, 2: 0.5}' },
    ...{ audio_tokens: '{0: 1.0}', audio_count: '{0: 1.0}', output_tokens: '{9: 1.0}' },
  }
  const { requests } = await readTexts(folder('0,10,1,Gamma,1,1', JSON.stringify({ 0: window })))
  const images = requests.filter(({ modality }) => modality === 'image')
  expect(images.length / requests.length).toBeCloseTo(0.5, 1)
  expect(new Set(images.map(({ inputTokens }) => inputTokens))).toEqual(new Set([205, 405, 605]))
  expect(new Set(images.map(({ items }) => items))).toEqual(new Set([2]))
  const texts = requests.filter(({ modality }) => modality === undefined)
  expect(new Set(texts.map(({ inputTokens }) => inputTokens))).toEqual(new Set([5]))
})

test('clients without lengths are left out and their share is told', async () => {
  const texts = { ...folder('0,0.5,1,Gamma,1,1', FIXED), 'chunk-7-trace.csv': '0,1.5,1,Gamma,1,1' }
  const read = await readTexts(texts)
  expect(read.report.rows).toBe(1200)
  expect(remarksOf(read)).toEqual({
    'left out: requests of 1 of 2 clients, which have no lengths (chunk-N-dataset.json): 75.0 % of all': 900,
    [AT_END]: 1,
  })
})

test('requests drawn without output are dropped, and prompts drawn empty have one token', async () => {
  const dataset = JSON.stringify({ 0: lengths('{0: 0.5, 8: 0.5}', '{0: 0.5, 6: 0.5}') })
  const read = await readTexts(folder('0,1,1,Gamma,1,1', dataset))
  expect(read.requests.length + remarksOf(read)['left out: no output tokens'] + 1).toBe(600)
  expect(new Set(read.requests.map(({ inputTokens }) => inputTokens))).toEqual(new Set([1, 8]))
  const kept = await readTexts(folder('0,1,1,Gamma,1,1', dataset), { zeroOutput: 'one' })
  expect(kept.requests).toHaveLength(599)
})

describe('a mistake is told with its place, value and bound', () => {
  const rates = '0,1,1,Gamma,1,1'
  test.each([
    ['0,1,1,Gamma,1', FIXED, 'chunk-0-trace.csv:1: has 5 fields; must have 6'],
    ['0,-1,1,Gamma,1,1', FIXED, 'chunk-0-trace.csv:1: rate is "-1"; must be a number >= 0'],
    [
      `${rates}\n600,1,1,Pareto,1,1`,
      FIXED,
      'chunk-0-trace.csv:2: pattern is "Pareto"; must be Gamma or Weibull',
    ],
    ['0,1,1,Gamma,0,1', FIXED, 'chunk-0-trace.csv:1: shape is "0"; must be above 0'],
    [rates, '{', 'chunk-0-dataset.json: is not JSON'],
    [
      rates,
      '{"0": {"input_tokens": "os.exit()"}}',
      'chunk-0-dataset.json: window 0: input_tokens is no text of a dict',
    ],
    [
      rates,
      '{"0": {"input_tokens": {"9": 1}}}',
      'chunk-0-dataset.json: window 0: input_tokens is no text of a dict',
    ],
    [
      rates,
      JSON.stringify({ 0: lengths('{1.5: 1}', '{1: 1}') }),
      'window 0: input_tokens has 1.5: 1; must be a whole',
    ],
    [rates, JSON.stringify({ 0: lengths('{5: 0}', '{1: 1}') }), 'input_tokens has probabilities of sum 0'],
  ])('rates %s and lengths %s', async (trace, dataset, what) => {
    await expect(readTexts(folder(trace, dataset), {}, 'servegen')).rejects.toThrow(what)
  })

  test('one file of a client, clients of two folders, or a rate', async () => {
    await expect(readTexts({ 'chunk-0-trace.csv': BUSY })).rejects.toThrow(
      'trace: is one file of a ServeGen client; give the folder of its chunk-N-trace.csv and chunk-N-dataset.json',
    )
    await expect(readTexts({ 'a/chunk-0-trace.csv': BUSY, 'b/chunk-0-trace.csv': BUSY })).rejects.toThrow(
      'trace: has clients in a/, b/; give one of these folders',
    )
    await expect(readTexts(folder(BUSY, FIXED), { gaps: { kind: 'even', ratePerS: 1 } })).rejects.toThrow(
      'servegen says itself when requests come; must not be given a rate',
    )
  })
})

describe('where bad rows are skipped', () => {
  const WRONG_RATE = 'left out: a window of rates cannot be used'

  test('a window of rates or lengths that cannot be used is, and counted', async () => {
    const dataset = JSON.stringify({ 0: lengths('{100: 1.0}', '{7: 1.0}'), 600: lengths('x', '{7: 1.0}') })
    const rates = '0,1,1,Gamma,1,1\n600,1,1,Pareto,1,1\n1200,1,1,Gamma,1,1\n'
    const read = await readTexts(folder(rates, dataset), { onBadRow: 'skip' })
    expect(read.requests).toHaveLength(2 * 599)
    expect(remarksOf(read)).toEqual({
      [WRONG_RATE]: 1,
      'left out: a window of lengths cannot be used': 1,
      [AT_END]: 2,
    })
  })

  test('rates that break off have the whole windows before, lengths that break off are none', async () => {
    const input = (cut: RegExp, torn = '') => {
      const texts = { ...folder(`0,1,1,Gamma,1,1\n${torn}`, FIXED), 'chunk-1-trace.csv': BUSY }
      const files = textInput({ ...texts, 'chunk-1-dataset.json': FIXED }).files.map((file, i) =>
        cut.test(file.path) ? cutInput({ ...texts, 'chunk-1-dataset.json': FIXED }).files[i] : file,
      )
      return { name: 'trace', files }
    }
    const read = async (cut: RegExp, torn?: string) =>
      readSource(opened(input(cut, torn), 'servegen', { onBadRow: 'skip' }))
    const rates = await read(/chunk-0-trace/, '600,1,1,Ga')
    expect(rates.requests.filter(({ tenant }) => tenant === '0')).toHaveLength(599)
    expect(rates.report.remarks[0]).toEqual({
      ...{ what: 'left out: the gzip data end too early', count: 1 },
      first: 'trace/chunk-0-trace.csv:2',
    })
    const without = await read(/chunk-0-dataset/)
    expect(new Set(without.requests.map(({ tenant }) => tenant))).toEqual(new Set(['1']))
    expect(remarksOf(without)).toMatchObject({ 'left out: a file of lengths cannot be read': 1 })
    await expect(readSource(opened(input(/chunk-0-dataset/), 'servegen'))).rejects.toThrow(
      /^chunk-0-dataset.json: the gzip data end too early; --on-bad-row skip/,
    )
  })
})

describe('windows of all clients are on one grid', () => {
  const two = (rates: string) => ({ ...folder('0,1,1,Gamma,1,1', FIXED), 'chunk-1-trace.csv': rates })
  const texts = (rates: string) => ({ ...two(rates), 'chunk-1-dataset.json': FIXED })

  test.each([
    [
      '600,1,1,Gamma,1,1\n300,1,1,Gamma,1,1',
      'chunk-1-trace.csv:2: window start is 300; must be a whole number',
    ],
    [
      '0,1,1,Gamma,1,1\n0,2,1,Gamma,1,1',
      'chunk-1-trace.csv:2: window start is 0, as at trace/chunk-1-trace.csv:1',
    ],
  ])('%j is refused', async (rates, what) => {
    await expect(readTexts(texts(rates))).rejects.toThrow(what)
    const read = await readTexts(texts(rates), { onBadRow: 'skip' })
    expect(read.requests).toHaveLength(2 * 599)
    expect(seconds(read)).toEqual(seconds(read).toSorted((a, b) => a - b))
  })

  test('which may begin anywhere', async () => {
    const read = await readTexts(folder('7,1,1,Gamma,1,1\n1207,1,1,Gamma,1,1', FIXED))
    expect(read.requests).toHaveLength(2 * 599)
  })
})

/** Sums over a folder of clients, without holding its requests. */
async function totalsOf(archive: string, most = Number.POSITIVE_INFINITY) {
  const folder = mkdtempSync(join(tmpdir(), 'regatta-servegen-'))
  try {
    execFileSync('tar', ['xzf', archive, '-C', folder])
    const source = opened(traceInput(folder))
    const block = new ArrivalBlock()
    const totals = {
      requests: 0,
      input: 0,
      output: 0,
      items: 0,
      inputs: [] as number[],
      outputs: [] as number[],
    }
    do {
      await source.fill(block)
      totals.requests += block.length
      for (let row = 0; row < block.length; row++) {
        totals.input += block.inputTokens[row]
        totals.output += block.outputTokens[row]
        totals.items += block.details!.items[row]
        if (row % 16 === 0) totals.inputs.push(block.inputTokens[row])
        if (row % 16 === 0) totals.outputs.push(block.outputTokens[row])
      }
    } while (block.length > 0 && totals.requests < most)
    return { ...totals, report: source.report!()! }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function quantile(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(share * values.length)]
}

const DATA = '../shared/data/traces'
if (!existsSync(DATA))
  console.warn(`SKIPPED: ${DATA} is absent, so ServeGen's own clients are not drawn from`)

describe.skipIf(!existsSync(DATA))("ServeGen's own clients", () => {
  test('of deepseek-r1 have the published totals and lengths', async () => {
    const { requests, input, output, inputs, outputs, report } = await totalsOf(
      `${DATA}/servegen_reason_deepseek-r1.tar.gz`,
    )
    // Each window's rate makes a whole number of requests but for rounding, which is up.
    expect(report.rows).toBe(1_383_802)
    expect(requests).toBe(report.rows - report.remarks.reduce((sum, { count }) => sum + count, 0))
    expect(Math.abs(requests / 1_383_668 - 1)).toBeLessThan(0.003)
    expect(Math.abs(input / requests / 1268.25 - 1)).toBeLessThan(0.01)
    expect(Math.abs(output / requests / 1527.419 - 1)).toBeLessThan(0.01)
    const shares = [0.05, 0.25, 0.5, 0.75, 0.9, 0.99]
    for (const [values, published] of [
      [inputs, [13, 41, 208, 482, 2092, 23_423]],
      [outputs, [225, 427, 792, 1499, 3432, 12_607]],
    ] as const) {
      for (const [i, share] of shares.entries()) {
        expect(Math.abs(quantile(values, share) / published[i] - 1)).toBeLessThan(0.08)
      }
    }
  }, 60_000)

  test('of mm-image have the published totals, lengths and numbers of images', async () => {
    const { requests, input, output, items } = await totalsOf(`${DATA}/servegen_multimodal_mm-image.tar.gz`)
    expect(Math.abs(requests / 818_610 - 1)).toBeLessThan(0.004)
    expect(Math.abs(output / requests / 129.703 - 1)).toBeLessThan(0.01)
    expect(Math.abs(items / requests / 1.586 - 1)).toBeLessThan(0.01)
    // The clients' means of text, and of images times tokens of an image, weighted by their requests.
    expect(Math.abs(input / requests / 1442.47 - 1)).toBeLessThan(0.005)
  }, 60_000)

  test('of m-small are drawn without those whose lengths are not there', async () => {
    const { report } = await totalsOf(`${DATA}/servegen_language_m-small.tar.gz`, 100_000)
    const what =
      'left out: requests of 5 of 43 clients, which have no lengths (chunk-N-dataset.json): 56.8 % of all'
    expect(report.remarks.map(remark => remark.what)).toContain(what)
  }, 60_000)
})
