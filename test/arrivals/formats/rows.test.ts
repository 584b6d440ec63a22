import { describe, expect, test } from 'vitest'
import { readTexts, remarksOf } from './inputs.ts'

const FORMS = {
  'regatta-csv': (times: readonly string[]) =>
    ['arrival_s,input_tokens,output_tokens', ...times.map(time => `${time},5,6`)].join('\n'),
  'regatta-jsonl': (times: readonly string[]) =>
    times.map(time => `{"arrival_s": ${time}, "input_tokens": 5, "output_tokens": 6}`).join('\n'),
}

describe.each(Object.entries(FORMS))('times in %s', (format, textOf) => {
  test.each([
    ['-5', '>= 0'],
    ['-0.5', '>= 0'],
    ['2e300', '<= 100000000000'],
    ['100000000001', '<= 100000000000'],
    ['100000000000.5', '<= 100000000000'],
  ])('of %s are refused with the bound', async (time, bound) => {
    await expect(readTexts(textOf(['0', time]), {}, format)).rejects.toThrow(`must be a number ${bound};`)
    const { requests } = await readTexts(textOf(['0', time]), { onBadRow: 'skip' }, format)
    expect(requests).toHaveLength(1)
  })

  test('go up to the bound', async () => {
    const { requests } = await readTexts(textOf(['0', '100000000000']), {}, format)
    expect(requests[1].arrivalS).toBe(1e11)
  })
})

test('the class of rows that say none counts among the most that there may be', async () => {
  const row = (i: number, name?: string) =>
    JSON.stringify({ arrival_s: i, input_tokens: 5, output_tokens: 6, class: name })
  const text = [...Array.from({ length: 256 }, (_, i) => row(i, `c${i}`)), row(256)].join('\n')
  await expect(readTexts(text)).rejects.toThrow(
    'trace:257: class "all" is one too many; must be 256 or fewer',
  )
  const read = await readTexts(text, { onBadRow: 'skip' })
  expect(read.requests.at(-1)!.className).toBe('c255')
  expect(read.requests).toHaveLength(256)
  expect(remarksOf(read)).toEqual({ 'left out: there are more than 256 classes': 1 })
})
