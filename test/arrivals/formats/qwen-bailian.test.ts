import { expect, test } from 'vitest'
import { readTexts, remarksOf } from './inputs.ts'

function line(id: number, parent: number, turn: number, timestamp: number, more: object = {}): string {
  const lengths = { input_length: 33, output_length: 9, type: 'text', hash_ids: [7, 8, 9] }
  return JSON.stringify({ chat_id: id, parent_chat_id: parent, timestamp, turn, ...lengths, ...more })
}

const BODY = { inputTokens: 33, outputTokens: 9, blockTokens: 16, blocks: [7, 8, 9] }

test('times are seconds, blocks have 16 tokens, and the type is the class', async () => {
  const text = `${line(0, -1, 1, 0, { type: 'thinking' })}\n${line(3, -1, 1, 61.114)}`
  const { requests, report } = await readTexts(text)
  expect(report).toMatchObject({ format: 'qwen-bailian', rows: 2, remarks: [] })
  expect(requests).toEqual([
    { arrivalS: 0, ...BODY, className: 'thinking', session: 0, turn: 1 },
    { arrivalS: 61.114, ...BODY, className: 'text', session: 1, turn: 1 },
  ])
})

test('a session is a root with all that descends from it, at its own times and without think times', async () => {
  const text = [line(1, -1, 1, 0), line(2, 1, 2, 5), line(3, -1, 1, 6), line(4, 2, 3, 9), line(5, 1, 2, 9)]
  const { requests } = await readTexts(text.join('\n'))
  expect(requests.map(({ session, turn, arrivalS, thinkS }) => [session, turn, arrivalS, thinkS])).toEqual([
    [0, 1, 0, undefined],
    [0, 2, 5, undefined],
    [1, 1, 6, undefined],
    [0, 3, 9, undefined],
    [0, 2, 9, undefined],
  ])
})

test('a turn whose parent came before the trace begins a session, and is counted', async () => {
  const text = [line(159, 55, 2, 0), line(160, 159, 3, 1), line(161, 56, 4, 2)].join('\n')
  const read = await readTexts(text)
  expect(read.requests.map(({ session, turn }) => [session, turn])).toEqual([
    [0, 1],
    [0, 2],
    [1, 1],
  ])
  expect(remarksOf(read)).toEqual({ 'its parent is not in the file before it: begins a session': 2 })
})

test('a chat id that comes again is a bad row', async () => {
  const text = [line(1, -1, 1, 0), line(1, -1, 1, 5)].join('\n')
  await expect(readTexts(text)).rejects.toThrow(
    'trace:2: its id 1 is that of an earlier row; must be its own',
  )
})

test('lines longer than a chunk are read whole', async () => {
  const ids = Array.from({ length: 20_000 }, (_, i) => i)
  const { requests } = await readTexts(
    line(1, -1, 1, 0, { hash_ids: ids, input_length: 320_000 }),
    {},
    'auto',
    4096,
  )
  expect(requests[0].blocks).toEqual(ids)
})
