import { describe, expect, it } from 'vitest'
import { tableIn, tableOf } from '../../src/measurements/table.ts'
import { Unusable } from '../../src/measurements/unusable.ts'

const COLUMNS = ['chip', 'time_s', 'note'] as const

function rowsOf(text: string) {
  return tableOf(text, 'times.csv', COLUMNS)
}

describe('a table of measurements', () => {
  it('gives the lines that rows begin at, over blank lines and line breaks in cells', () => {
    const rows = rowsOf('chip,time_s,note\na,1,"one\ntwo"\n\nb,2,\nc,3,x\n')
    expect(rows.map(({ place }) => place)).toEqual(['times.csv:2', 'times.csv:5', 'times.csv:6'])
    expect(rows[0].text('note')).toBe('one\ntwo')
  })

  it('finds columns by name, wherever they stand and however the file begins and breaks its lines', () => {
    const [row] = rowsOf('\uFEFFnote,more,time_s,chip\r\n n ,m,0.5,a\r\n')
    expect([row.text('chip'), row.number('time_s'), row.text('note')]).toEqual(['a', 0.5, 'n'])
  })

  it('takes a blank cell for an unknown number', () => {
    const [row] = rowsOf('chip,time_s,note\na,,\n')
    expect(row.number('time_s')).toBeNaN()
    expect(() => row.positive('time_s')).toThrow(new Unusable('time_s is blank'))
  })

  it.each([
    ['12 ms', 'time_s is "12 ms"; must be a number'],
    ['Infinity', 'time_s is "Infinity"; must be a number'],
    ['0', 'time_s is 0; must be > 0'],
    ['-3', 'time_s is -3; must be > 0'],
    ['1.5', 'time_s is 1.5; must be a whole number'],
  ])('refuses %s where a count is asked for', (cell, reason) => {
    const [row] = rowsOf(`chip,time_s,note\na,${cell},\n`)
    expect(() => row.count('time_s')).toThrow(new Unusable(reason))
  })

  it('refuses a count above what may be asked for', () => {
    const [row] = rowsOf('chip,time_s,note\na,8,\n')
    expect(row.count('time_s', 8)).toBe(8)
    expect(() => row.count('time_s', 7)).toThrow(new Unusable('time_s is 8; must be at most 7'))
  })

  it('refuses to read a row that has lost or won a cell, and reads the others', () => {
    const rows = rowsOf('chip,time_s,note\na,1\nb,2,\nc,3,,\n')
    expect(() => rows[0].text('chip')).toThrow(new Unusable('the row has 2 cells; the header has 3'))
    expect(rows[1].number('time_s')).toBe(2)
    expect(() => rows[2].number('time_s')).toThrow('has 4 cells')
  })

  it.each([
    ['chip,time,note\n', 'times.csv:1: the column time_s is missing; did you mean time'],
    ['', 'times.csv:1: the column chip, time_s, note is missing; the file is empty'],
    ['chip,time_s,note,chip\n', 'times.csv:1: the column chip is there twice'],
  ])('names what is wrong with the header %j', (text, message) => {
    expect(() => rowsOf(text)).toThrow(message)
  })

  it('has no rows where there is no such file', () => {
    const measurements = { folder: 'x', names: ['other.csv'], read: () => expect.fail('read') }
    expect(tableIn(measurements, 'times.csv', COLUMNS)).toEqual([])
  })
})
