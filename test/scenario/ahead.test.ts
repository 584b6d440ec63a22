import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { ArrivalBlock, type ArrivalSource } from '../../src/arrivals/contract.ts'
import { type AheadOrder, isLong, LOAD_ROWS, readAhead } from '../../src/scenario/ahead.ts'
import { traceOpener } from '../../src/scenario/files.ts'
import { arrivalsOf, type OpenLoop } from '../../src/scenario/workload.ts'
import { parsed, variant } from './helpers.ts'

const folder = mkdtempSync(join(tmpdir(), 'regatta-ahead-'))
const file = join(folder, 'scenario.yaml')
afterAll(() => rmSync(folder, { recursive: true }))

const LENGTHS = 'lengths: { input: { fixed: 100 }, output: { uniform: { min_tokens: 1, max_tokens: 90 } } }'

function workload(text: string): OpenLoop {
  return parsed(variant(['trace: some.csv', text])).scenario.workload as OpenLoop
}

function order(text: string): AheadOrder {
  return { workload: workload(text), seed: 3, file }
}

function inPlace({ workload, seed }: AheadOrder): ArrivalSource {
  return arrivalsOf(workload, seed, traceOpener(file))
}

/** Its session; undefined where it has none. */
function withSession({ details }: ArrivalBlock, row: number): number | undefined {
  return details === undefined || details.sessionId[row] < 0 ? undefined : details.sessionId[row]
}

/** Every row, with what there is to a session. */
async function rowsOf(source: ArrivalSource, capacity = 1000) {
  const rows: (readonly (number | string | undefined)[])[] = []
  const block = new ArrivalBlock(capacity)
  try {
    for (;;) {
      await source.fill(block)
      if (block.length === 0) return rows
      for (let row = 0; row < block.length; row++) {
        rows.push([
          ...[block.arrivalS[row], block.inputTokens[row], block.outputTokens[row], block.hitTokens[row]],
          ...[source.classes[block.classId[row]], withSession(block, row)],
          ...(withSession(block, row) === undefined ? [] : [...block.details!.blocksOf(row)]),
          ...(withSession(block, row) === undefined ? [] : [source.tenants![block.details!.tenantId[row]]]),
        ])
      }
    }
  } finally {
    source.close()
  }
}

async function both(text: string) {
  const ordered = order(text)
  return { expected: await rowsOf(inPlace(ordered)), ahead: () => readAhead(ordered) }
}

describe('a workload read by a second thread has the same rows as in place', () => {
  test('where laws draw it, in more loads than are on their way', async () => {
    const { expected, ahead } = await both(
      `mix:
    - generate: { requests: ${5 * LOAD_ROWS}, class: a, arrivals: { process: gamma, rate_per_s: 5, cv: 2 }, ${LENGTHS} }
    - { generate: { requests: 999, class: b, arrivals: { process: poisson, rate_per_s: 5 }, ${LENGTHS} }, prefix_hit_share: 0.5 }`,
    )
    expect(expected.length).toBe(5 * LOAD_ROWS + 999)
    expect(await rowsOf(ahead())).toEqual(expected)
  })

  test('where a file has it, whatever the size of the blocks', async () => {
    const rows = Array.from({ length: 3000 }, (_, i) => `${i / 4},${1 + i},${1 + (i % 5)}`)
    writeFileSync(join(folder, 'some.csv'), ['arrival_s,input_tokens,output_tokens', ...rows].join('\n'))
    const { expected, ahead } = await both('trace: some.csv\n  class: chat')
    expect(await rowsOf(ahead(), 7)).toEqual(expected)
    expect(expected[5]).toEqual([1.25, 6, 1, 0, 'chat', undefined])
  })

  test('where it has sessions, blocks and names that come late', async () => {
    const session = '"session":7,"turn":1,"class":"late","tenant":"t","block_tokens":16,"blocks":[3,9]'
    const rows = Array.from({ length: 3 * LOAD_ROWS }, (_, i) =>
      i % 1000 === 5 && i > 2 * LOAD_ROWS
        ? `{"arrival_s":${i},"input_tokens":40,"output_tokens":2,${session}}`
        : plain(i),
    )
    writeFileSync(join(folder, 'late.jsonl'), rows.join('\n'))
    const { expected, ahead } = await both('trace: late.jsonl')
    expect(expected.length).toBe(3 * LOAD_ROWS)
    expect(expected.filter(row => row[5] === 7).length).toBeGreaterThan(10)
    expect(await rowsOf(ahead(), 999)).toEqual(expected)
  })
})

function plain(i: number): string {
  return `{"arrival_s":${i},"input_tokens":40,"output_tokens":2}`
}

test('a mistake in the trace is told as in place', async () => {
  writeFileSync(join(folder, 'bad.csv'), 'arrival_s,input_tokens,output_tokens\n0,1,1\n1,x,1\n')
  const bad = order('trace: bad.csv')
  const told = await rowsOf(inPlace(bad)).catch((error: Error) => error)
  const again = await rowsOf(readAhead(bad)).catch((error: Error) => error)
  expect(told).toMatchObject({ name: 'UserError' })
  expect(again).toEqual(told)
})

test('closing it while it reads ends it', async () => {
  const source = readAhead(
    order(
      `generate: { requests: 1000000, class: a, arrivals: { process: even, rate_per_s: 5 }, ${LENGTHS} }`,
    ),
  )
  const block = new ArrivalBlock()
  await source.fill(block)
  expect(block.length).toBe(4096)
  source.close()
  await source.fill(block)
  expect(block.length).toBe(0)
})

test('is worth it for many requests or a large file', () => {
  const generate = (requests: number) =>
    `generate: { requests: ${requests}, class: a, arrivals: { process: even, rate_per_s: 5 }, ${LENGTHS} }`
  expect(isLong(order(generate(1_000_000)))).toBe(true)
  expect(isLong(order(generate(10_000)))).toBe(false)
  writeFileSync(join(folder, 'large.csv'), Buffer.alloc(2 ** 25))
  expect(isLong(order('trace: large.csv'))).toBe(true)
  writeFileSync(join(folder, 'small.csv'), 'arrival_s,input_tokens,output_tokens\n')
  expect(isLong(order('trace: small.csv'))).toBe(false)
})
