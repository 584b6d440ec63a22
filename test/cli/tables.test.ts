import { describe, expect, it } from 'vitest'
import { rated } from '../../src/cli/best.ts'
import { facts, fittedTable, paragraph, percent, short, tableText, wrapped } from '../../src/cli/print.ts'

describe('the best of a column', () => {
  const cells = (values: number[], better: 'low' | 'high' | 'neither' = 'low') =>
    rated({ heading: 'x', values, text: short, better }).cells

  it.each([
    ['the lowest', [3, 1, 2], 'low', ['3.00 ', '1.00*', '2.00 ']],
    ['the highest', [3, 1, 2], 'high', ['3.00*', '1.00 ', '2.00 ']],
    ['all that read the same', [1, 1.0001, 2], 'low', ['1.00*', '1.00*', '2.00 ']],
    ['no blank', [Number.NaN, 1, 2], 'low', ['- ', '1.00*', '2.00 ']],
    ['none where all are alike', [1, 1], 'low', ['1.00 ', '1.00 ']],
    ['none of one', [1, Number.NaN], 'low', ['1.00 ', '- ']],
    ['none where nothing is known', [Number.NaN, Number.NaN], 'high', ['- ', '- ']],
    ['none where none is better', [1, 2], 'neither', ['1.00 ', '2.00 ']],
  ] as const)('is %s', (_, values, better, marked) => {
    expect(cells([...values], better)).toEqual(marked)
  })
})

describe('a number', () => {
  it.each([
    [0, '0'],
    [0.00012345, '0.0001'],
    [0.12345, '0.123'],
    [1.2345, '1.23'],
    [12.345, '12.3'],
    [123.45, '123'],
    [12345.6, '12346'],
    [Number.NaN, '-'],
    [Number.POSITIVE_INFINITY, '-'],
  ])('%f is short as %s', (value, text) => {
    expect(short(value)).toBe(text)
  })

  it('is a percentage with one decimal', () => {
    expect([percent(0.12345), percent(1), percent(Number.NaN)]).toEqual(['12.3', '100.0', '-'])
  })
})

describe('text', () => {
  it('stands in columns, numbers to the right', () => {
    const table = tableText([
      { heading: 'name', cells: ['a', 'longer'], align: 'left' },
      { heading: 'value', cells: ['1', '20'] },
    ])
    expect(table).toBe('name    value\na           1\nlonger     20')
  })

  it('breaks between words before 120 characters', () => {
    const lines = wrapped(Array(30).fill('word,').join(' ')).split('\n')
    expect(lines.map(line => line.length)).toEqual([119, 59])
  })

  it('counts no colours', () => {
    expect(wrapped('\u001b[31mred\u001b[39m and more', 12)).toBe('\u001b[31mred\u001b[39m and more')
  })

  it('keeps its line breaks where there is room, and is broken anew where there is none', () => {
    const text = 'two words\nand three more'
    expect(paragraph(text, 14)).toBe(text)
    expect(paragraph(text, 13)).toBe('two words and\nthree more')
  })

  it('stands behind its name where it goes on', () => {
    expect(
      facts(
        [
          ['a', 'one two'],
          ['long', 'x'],
        ],
        10,
      ),
    ).toBe('a     one\n      two\nlong  x')
  })

  it('leaves out what it can spare as far as it must', () => {
    const columns = ['one', 'two', 'three', 'four'].map((heading, i) => ({
      heading,
      cells: ['x'],
      ...(i > 0 && i < 3 && { spare: 3 - i }),
    }))
    const headings = (most: number) => fittedTable(columns, 1, most).text.split('\n')[0]
    expect(headings(18)).toBe('one two three four')
    expect(headings(17)).toBe('one two four')
    expect(headings(11)).toBe('one four')
    expect(headings(3)).toBe('one four')
    expect([18, 17].map(most => fittedTable(columns, 1, most).isCut)).toEqual([false, true])
  })
})
