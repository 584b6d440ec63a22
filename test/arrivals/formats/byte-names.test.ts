import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ByteNames } from '../../../src/arrivals/formats/byte-names.ts'

function numberOf(names: ByteNames, cell: string): number {
  const bytes = new TextEncoder().encode(`x,${cell},y`)
  return names.numberOf(bytes, 2, bytes.length - 2)
}

test('names are numbered as they first come, as a map does it', () => {
  const name = fc.string({ unit: fc.constantFrom('a', 'b', 'é'), minLength: 1, maxLength: 6 })
  fc.assert(
    fc.property(fc.array(name, { maxLength: 400 }), cells => {
      const names = new ByteNames()
      const list: string[] = []
      for (const cell of cells) {
        if (!list.includes(cell)) list.push(cell)
        expect(numberOf(names, cell)).toBe(list.indexOf(cell))
      }
      expect(names.list).toEqual(list)
    }),
  )
})

test('a name that begins another is another', () => {
  const names = new ByteNames()
  expect(['chat', 'cha', 'chats', 'chat', 'cha'].map(cell => numberOf(names, cell))).toEqual([0, 1, 2, 0, 1])
})

test('a name in quotes is the same as without', () => {
  const names = new ByteNames()
  const cells = ['"a, b"', 'a', '"a"', '"say ""x"""', 'a']
  expect(cells.map(cell => numberOf(names, cell))).toEqual([0, 1, 1, 2, 1])
  expect(names.list).toEqual(['a, b', 'a', 'say "x"'])
  expect(names.numberOfName('a')).toBe(1)
})

test('hundreds of thousands of names keep their numbers', () => {
  const names = new ByteNames()
  const cells = Array.from({ length: 200_000 }, (_, i) => `session-${i}`)
  expect(cells.every((cell, i) => numberOf(names, cell) === i)).toBe(true)
  expect(cells.every((cell, i) => numberOf(names, cell) === i)).toBe(true)
})
