import { expect, test } from 'vitest'
import { RequestTable } from '../../src/requests/table.ts'

type Column = Float64Array | Int32Array

/** The names of the table's columns. */
function columns(table: RequestTable): (keyof RequestTable)[] {
  return (Object.keys(table) as (keyof RequestTable)[]).filter(name => ArrayBuffer.isView(table[name]))
}

function facts(table: RequestTable, request: number): Record<string, number> {
  return Object.fromEntries(columns(table).map(name => [name, (table[name] as Column)[request]]))
}

test('no two facts share a cell', () => {
  const table = new RequestTable()
  const ids = Array.from({ length: 200 }, () => table.take())
  const names = columns(table)
  expect(names.length).toBeGreaterThan(25)
  ids.forEach((id, i) => {
    names.forEach((name, k) => {
      ;(table[name] as Column)[id] = 1000 * i + k
    })
  })
  ids.forEach((id, i) => {
    expect(Object.values(facts(table, id))).toEqual(names.map((_, k) => 1000 * i + k))
  })
})

test('a slot is taken with nothing of its last user in it', () => {
  const table = new RequestTable()
  const fresh = facts(table, table.take())
  expect(fresh).toMatchObject({
    client: -1,
    replica: -1,
    outcome: 0,
    admittedS: Number.NaN,
    endS: Number.NaN,
  })
  const id = table.take()
  for (const name of columns(table)) (table[name] as Column)[id] = 77
  table.release(id)
  expect(facts(table, table.take())).toEqual(fresh)
})

test('slots are used again, and facts outlive growth', () => {
  const table = new RequestTable()
  const first = table.capacity
  for (let turn = 0; turn < 10 * first; turn++) table.release(table.take())
  expect(table.capacity).toBe(first)
  const ids = Array.from({ length: 5 * first }, (_, i) => {
    const id = table.take()
    table.ordinal[id] = i
    table.inputTokens[id] = 7 * i
    return id
  })
  expect(new Set(ids).size).toBe(ids.length)
  expect(table.inFlight).toBe(ids.length)
  expect(table.capacity).toBeGreaterThanOrEqual(ids.length)
  expect(ids.map(id => table.ordinal[id])).toEqual(ids.map((_, i) => i))
  expect(ids.map(id => table.inputTokens[id])).toEqual(ids.map((_, i) => 7 * i))
  for (const id of ids) table.release(id)
  expect(table.inFlight).toBe(0)
  expect(new Set(ids.map(() => table.take()))).toEqual(new Set(ids))
})
