import { describe, expect, test } from 'vitest'
import { type KvFormat, obstacle, readingOf } from '../../src/links/compatibility.ts'

const WRITER: KvFormat = {
  owner: 'pool "prefill"',
  model: 'small-8b',
  vendor: 'acme',
  layout: 'blocks-16',
  dtype: 'bf16',
}
const reader = (facts: Partial<KvFormat>): KvFormat => ({ ...WRITER, owner: 'pool "decode"', ...facts })

test('KV of the same form is read as it is, whether or not a conversion is given', () => {
  expect(readingOf(WRITER, reader({}))).toBe('as it is')
  expect(obstacle(WRITER, reader({}))).toBeUndefined()
  expect(obstacle(WRITER, reader({}), 1e9)).toBeUndefined()
})

describe.each([
  ['layout', { layout: 'blocks-128' }],
  ['dtype', { dtype: 'fp8' }],
  ['vendor', { vendor: 'other' }],
])('KV of another %s', (key, other) => {
  test('is read through a conversion, either way', () => {
    expect(readingOf(WRITER, reader(other))).toBe('converted')
    expect(obstacle(WRITER, reader(other), 5e9)).toBeUndefined()
    expect(obstacle(reader(other), WRITER, 5e9)).toBeUndefined()
  })

  test('is refused without one, with what both sides have', () => {
    const text = obstacle(WRITER, reader(other))!
    expect(text).toContain(Object.values(other)[0])
    expect(text).toContain(WRITER[key as keyof KvFormat])
    expect(text).toContain('pool "prefill"')
    expect(text).toContain('pool "decode"')
  })
})

test('KV of another model is of no use, converted or not', () => {
  expect(readingOf(WRITER, reader({ model: 'large-70b' }))).toBe('never')
  expect(obstacle(WRITER, reader({ model: 'large-70b' }), 1e9)).toBe(
    'pool "decode" serves large-70b and cannot read the KV of small-8b that pool "prefill" writes',
  )
})
