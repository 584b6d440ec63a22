import { describe, expect, it } from 'vitest'
import { calibrated, GIVEN, mistakeIn } from './made.ts'
import { csv, HEADER, stepLines } from './steps.ts'

const TRUTH = { stepUs: 3000 }
const LINES = await stepLines(TRUTH)

/** The lines with a cell of one of them replaced. */
function withCell(row: number, column: string, text: string): string[] {
  const cells = LINES[row].split(',')
  return LINES.with(row, cells.with(HEADER.split(',').indexOf(column), text).join(','))
}

describe('calibrating with measurements that cannot be true', () => {
  it('names a time that is too short for reading the weights', async () => {
    const message = await mistakeIn(csv(withCell(7, 'time_s', '0.0004')))
    expect(message).toMatch(
      /^mine\.csv:9: decode step is 0\.0004 s; llama-3\.1-8b in bf16 on 1 x h100-sxm takes/,
    )
  })

  it('names a time that must be of another unit', async () => {
    const message = await mistakeIn(csv(withCell(7, 'time_s', '12.5')))
    expect(message).toMatch(/^mine\.csv:9: decode step is 12\.5 s, \d+ times .* milliseconds.* time_ms$/)
  })

  it.each(['1.5', '0', '1e9'])('names a batch of %s sequences', async sequences => {
    const message = await mistakeIn(csv(withCell(7, 'batch_size', sequences)))
    expect(message).toMatch(/^mine\.csv:9: batch_size is .*; must be/)
  })

  it('names both of two rows that contradict each other', async () => {
    const twin = LINES[7].split(',').with(4, '0.5').join(',')
    const message = await mistakeIn(csv([...LINES, twin]))
    expect(message).toMatch(
      /^mine\.csv:22: decode step is 0\.5 s, and .* in mine\.csv:9 under the same conditions/,
    )
  })

  it('names a cell that is no number', async () => {
    expect(await mistakeIn(csv(withCell(3, 'time_s', 'fast')))).toBe(
      'mine.csv:5: time_s is "fast"; must be a number',
    )
    expect(await mistakeIn(csv(withCell(3, 'time_s', '-1')))).toBe('mine.csv:5: time_s is -1; must be >= 0')
  })
})

describe('calibrating with measurements that are too few or all alike', () => {
  it('says how many there must be', async () => {
    expect(await mistakeIn(csv(LINES.slice(0, 3)))).toMatch(/3 measured numbers.*must be 4 or more/)
  })

  it('fits one of two parameters that one model cannot tell apart, and says what would', async () => {
    const { findings } = await calibrated(csv(LINES))
    const layer = findings.find(({ parameter }) => parameter.name === 'layerUs')!
    expect(layer.error).toBeNaN()
    expect(layer.after).toBe(layer.before)
    expect(layer.hindrance).toMatchObject({ kind: 'mixed' })
    expect(layer.parameter.needs).toContain('second model')
  })

  it('keeps what no row shows', async () => {
    const { findings } = await calibrated(csv(LINES))
    const frontEnd = findings.find(({ parameter }) => parameter.name === 'frontEndMs')!
    expect(frontEnd.hindrance).toEqual({ kind: 'silent' })
    const decodes = LINES.filter(line => line.startsWith('decode'))
    const prefill = (await calibrated(csv(decodes))).findings.find(
      ({ parameter }) => parameter.name === 'prefillMultiplier',
    )!
    expect(prefill.hindrance).toEqual({ kind: 'silent' })
  })
})

describe('calibrating with names', () => {
  it('asks at once for all that neither file nor user says', async () => {
    const message = await mistakeIn(csv(LINES), { given: { device: 'h100-sxm', engine: 'vllm' } })
    expect(message).toBe(
      'mine.csv:2: does not say model, format of the weights, tensor parallelism; must be given by --model, --weights, --tp',
    )
  })

  it.each([
    [{ device: 'h100-sxn' }, '--device: no device is known as "h100-sxn"; did you mean h100-sxm'],
    [{ engine: 'vlm' }, '--engine: no engine is known as "vlm"; did you mean vllm'],
    [{ model: 'llama-3.1-9b' }, '--model: no model is known as "llama-3.1-9b"; did you mean'],
    [{ weights: 'fp5' }, '--weights: the format fp5 is not modelled; did you mean'],
    [
      { kv: 'fp4' },
      'mine.csv:2: h100-sxm has no constants for attention over fp4 KV; h100-sxm has weights in',
    ],
    [
      { device: 'maia-100', weights: 'int8' },
      'mine.csv:2: maia-100 has no peak or no constants for products in int8; maia-100 has weights in bf16, fp8',
    ],
    [{ device: 'gh200', tp: 2 }, 'mine.csv:2: gh200 has no constants for all-reduce'],
  ])('refuses %o', async (wrong, says) => {
    expect(await mistakeIn(csv(LINES), { given: { ...GIVEN, ...wrong } })).toContain(says)
  })

  it('picks the rows of what was asked for, and counts the others', async () => {
    const mixed = [
      ...LINES.map(line => `H100-SXM5-80GB,${line}`),
      ...LINES.map(line => `A100-SXM4-80GB,${line}`),
    ]
    const text = csv(mixed, `hardware,${HEADER}`)
    const { observations, leftOut } = await calibrated(text)
    expect(observations).toHaveLength(LINES.length)
    expect([...leftOut]).toEqual([['of another device than h100-sxm', LINES.length]])
    const { device: _, ...given } = GIVEN
    expect(await mistakeIn(text, { given })).toContain(
      'of h100-sxm and a100-80g-sxm; a profile is of one device',
    )
  })

  it('takes the only name in the file for what was given, if it is unknown', async () => {
    const text = csv(
      LINES.map(line => `our-box-7,${line}`),
      `device,${HEADER}`,
    )
    const { assumed } = await calibrated(text)
    expect(assumed).toContain('our-box-7 is h100-sxm')
    const { device: _, ...given } = GIVEN
    expect(await mistakeIn(text, { given })).toContain('mine.csv:2: no device is known as "our-box-7"')
  })

  it('says why nothing is left', async () => {
    const text = csv(
      LINES.map(line => `A100-SXM4-80GB,${line}`),
      `device,${HEADER}`,
    )
    expect(await mistakeIn(text)).toBe(
      `no measurement is left to fit: ${LINES.length} of another device than h100-sxm`,
    )
  })
})

describe('calibrating with served runs', () => {
  const HEAD = 'concurrency,input_tokens_mean,output_tokens_mean,ttft_mean_s,tpot_mean_s'

  it('refuses a model that leaves no memory for KV', async () => {
    const text = csv(['4,500,100,0.1,0.05', '8,500,100,0.1,0.05'], HEAD)
    const given = { ...GIVEN, model: 'llama-3.1-70b' }
    expect(await mistakeIn(text, { given })).toMatch(
      /^mine\.csv:2: llama-3\.1-70b in bf16 does not fit 1 x h100-sxm .* GB too much/,
    )
  })

  it('takes milliseconds in a column of seconds for what they are', async () => {
    const text = csv(['4,500,100,0.1,12', '8,500,100,0.1,13'], HEAD)
    expect(await mistakeIn(text)).toMatch(
      /^mine\.csv:2: tpot_mean is 12 s, \d+ times .* such as tpot_mean_ms$/,
    )
  })

  it('refuses rows that no run can be made of, and counts why', async () => {
    const text = csv(['4,500,100,,', ',500,100,0.1,0.01'], HEAD)
    expect(await mistakeIn(text)).toBe(
      'no measurement is left to fit: 1 without ttft, tpot or e2e, 1 without concurrency or offered_qps',
    )
  })

  it('refuses more clients and requests than any run has', async () => {
    const text = csv(['4000000,500,100,0.1,0.05', '8,500,100,0.1,0.05'], HEAD)
    expect(await mistakeIn(text)).toBe('mine.csv:2: the concurrency is 4000000; must be at most 100000')
  })

  it('refuses a log with a request that the model cannot take', async () => {
    const lines = ['0,100,10,0.1,0.02', '1,200000,10,9,0.02']
    const text = csv(lines, 'arrival_s,input_tokens,output_tokens,ttft_s,tpot_s')
    expect(await mistakeIn(text)).toMatch(
      /^mine\.csv:3: a request of 200000 \+ 10 tokens; llama-3\.1-8b on 1 x h100-sxm takes \d+ at most/,
    )
  })

  it('refuses a log with a request that failed', async () => {
    const text = csv(['0,100,0,0.1,0.02'], 'arrival_s,input_tokens,output_tokens,ttft_s,tpot_s')
    expect(await mistakeIn(text)).toBe(
      'mine.csv:2: output_tokens is 0; must be >= 1; leave out requests that failed',
    )
  })
})
