import { expect, test } from 'vitest'
import { below, stream } from '../../src/core/random.ts'
import { BlockIds } from '../../src/requests/block-ids.ts'
import { RequestTable } from '../../src/requests/table.ts'

const given = (blocks: BlockIds, request: number) =>
  Array.from(blocks.idsOf(request).subarray(blocks.startOf(request)).subarray(0, blocks.count(request)))

test('each request in flight has the blocks it was given, while others come and go', () => {
  const random = stream('blocks', 'test')
  const requests = new RequestTable()
  const blocks = new BlockIds()
  const expected = new Map<number, { ids: number[]; blockTokens: number }>()
  for (let turn = 0; turn < 5000; turn++) {
    if (expected.size === 0 || random() < 0.52) {
      const request = requests.take()
      const ids = Array.from({ length: below(random, 40) }, () => below(random, 1000))
      const blockTokens = 16 * (1 + below(random, 4))
      // A row among the rows of a block of arrivals.
      blocks.set(request, [7, 7, ...ids, 7], blockTokens, 2, 2 + ids.length)
      expected.set(request, { ids, blockTokens })
    } else {
      const request = [...expected.keys()][below(random, expected.size)]
      expect(given(blocks, request)).toEqual(expected.get(request)!.ids)
      const { ids, blockTokens } = expected.get(request)!
      expect(blocks.blockTokens(request)).toBe(ids.length > 0 ? blockTokens : 0)
      expected.delete(request)
      blocks.release(request)
      requests.release(request)
      expect(blocks.count(request)).toBe(0)
    }
  }
  for (const [request, { ids }] of expected) expect(given(blocks, request)).toEqual(ids)
})

test('a request that was given none has none, in a slot never seen and in one used before', () => {
  const blocks = new BlockIds()
  expect([blocks.count(1600), blocks.blockTokens(1600), blocks.idsOf(1600).length]).toEqual([0, 0, 0])
  blocks.release(1600)
  blocks.set(0, [1, 2, 3], 512)
  blocks.release(0)
  expect(given(blocks, 0)).toEqual([])
})

test('a warm slot gives out the room it has', () => {
  const blocks = new BlockIds()
  blocks.set(32, Array.from({ length: 100 }).fill(1) as number[], 512)
  const room = blocks.idsOf(32)
  for (let turn = 0; turn < 50; turn++) {
    blocks.release(32)
    blocks.set(32, [turn, turn + 1], 512)
    expect(given(blocks, 32)).toEqual([turn, turn + 1])
    blocks.set(32, Array.from({ length: 100 }).fill(turn) as number[], 512)
    expect(blocks.idsOf(32)).toBe(room)
  }
})

test('joined blocks are whole numbers of a unit, told by the last of each, and the rest is dropped', () => {
  const blocks = new BlockIds()
  const joined = (blockTokens: number, unitTokens: number) => {
    blocks.set(16, [10, 11, 12, 13, 14, 15, 16], blockTokens)
    blocks.joinTo(16, unitTokens)
    return { ids: given(blocks, 16), blockTokens: blocks.blockTokens(16) }
  }
  expect(joined(512, 16)).toEqual({ ids: [10, 11, 12, 13, 14, 15, 16], blockTokens: 512 })
  expect(joined(64, 128)).toEqual({ ids: [11, 13, 15], blockTokens: 128 })
  expect(joined(48, 32)).toEqual({ ids: [11, 13, 15], blockTokens: 96 })
  expect(joined(16, 128)).toEqual({ ids: [], blockTokens: 0 })
  // From a room of their own to the record, which holds fewer.
  const many = Array.from({ length: 40 }, (_, i) => i)
  blocks.set(32, many, 32)
  blocks.joinTo(32, 128)
  expect(given(blocks, 32)).toEqual([3, 7, 11, 15, 19, 23, 27, 31, 35, 39])
  blocks.set(32, many, 32)
  blocks.joinTo(32, 64)
  expect(given(blocks, 32)).toEqual(many.filter(id => id % 2 === 1))
  blocks.joinTo(16, 128)
  blocks.joinTo(4800, 128)
  expect([blocks.count(16), blocks.count(4800)]).toEqual([0, 0])
})
