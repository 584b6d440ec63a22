import { expect, test } from 'vitest'
import { type Request, readTexts, remarksOf } from './inputs.ts'

const COLUMNS =
  'request_id,client_id,tenant_id,slo_class,session_id,round_index,prefix_group,prefix_length,streaming,input_tokens,' +
  'output_tokens,text_tokens,image_tokens,audio_tokens,video_tokens,reason_ratio,model,deadline_us,' +
  'server_input_tokens,arrival_time_us,send_time_us,first_chunk_time_us,last_chunk_time_us,num_chunks,status,' +
  'error_message,finish_reason'
const FIRST = '0,chat,t0,standard,s0,0,sys,40,true,700,120,700,0,0,0,0,,0,0,0,0,0,0,0,ok,,'
const SECOND =
  '1,chat,t0,standard,s0,1,sys,32,true,940,80,940,0,0,0,0,,0,0,8200000,8200000,8450000,9900000,80,ok,,stop'
const THIRD =
  '2,batch,t1,batch,,0,,0,false,4000,900,3000,1000,0,0,0,big,69000000,0,9000000,9000000,0,0,0,timeout,"late, too",'
const HEADER = 'trace_version: 2\ntime_unit: microseconds\nmode: "generated"\nwarm_up_requests: 0\n'

const CHAT = { className: 'standard', tenant: 't0', session: 0, blockTokens: 16 }
const EXPECTED: readonly Request[] = [
  { arrivalS: 0, inputTokens: 740, outputTokens: 120, ...CHAT, turn: 1, blocks: [0, 1] },
  { arrivalS: 8.2, inputTokens: 972, outputTokens: 80, ...CHAT, turn: 2, blocks: [0, 1] },
  {
    ...{ arrivalS: 9, inputTokens: 4000, outputTokens: 900, className: 'batch', tenant: 't1' },
    ...{ model: 'big', deadlineS: 60, modality: 'image' },
  },
]

const TABLE = [COLUMNS, FIRST, SECOND, THIRD].join('\n')

test('rows come with class, tenant, session, shared prefix, deadline and modality', async () => {
  const read = await readTexts(TABLE)
  expect(read.report).toMatchObject({ format: 'blis', rows: 3 })
  expect(read.requests).toEqual(EXPECTED)
  expect(remarksOf(read)).toEqual({ 'its status is timeout': 1 })
})

test('the header may lie beside the rows, under any names', async () => {
  expect((await readTexts({ 'trace.csv': TABLE, 'trace.yaml': HEADER })).requests).toEqual(EXPECTED)
  expect((await readTexts({ 'a.yaml': HEADER, 'b.csv': TABLE })).requests).toEqual(EXPECTED)
})

test('a header of another version or unit is refused, and one alone', async () => {
  const read = (header: string) => readTexts({ 'data.csv': TABLE, 'header.yaml': header })
  await expect(read('trace_version: 1\n')).rejects.toThrow('header.yaml: trace_version is 1; must be 2 or 3')
  await expect(read(HEADER.replace('micro', 'milli'))).rejects.toThrow(
    'header.yaml: time_unit is milliseconds; must be microseconds',
  )
  await expect(readTexts({ 'header.yaml': HEADER })).rejects.toThrow(
    'trace: is the header of a BLIS trace; give its CSV, or the folder that has both',
  )
})

test('columns are found by name, with those that only some traces have', async () => {
  const columns = COLUMNS.replace('slo_class', 'slo_class,vllm_priority').concat(',think_time_us')
  const rows = [FIRST, SECOND].map((row, i) => `${row.replace('standard', 'standard,3')},${1_500_000 * i}`)
  const { requests } = await readTexts([columns, ...rows].join('\n'))
  expect(requests).toEqual([EXPECTED[0], { ...EXPECTED[1], thinkS: 1.5 }])
})

test('prefixes of one group share blocks as far as both go, and groups share none', async () => {
  const rows = ['a,16', 'a,64', 'b,32', 'a,47'].map(
    (prefix, i) => `${i},c,t,standard,,0,${prefix},true,5,5,5,0,0,0,0,,0,0,${i},0,0,0,0,ok,,`,
  )
  const { requests } = await readTexts([COLUMNS, ...rows].join('\n'))
  expect(requests.map(({ blocks, inputTokens }) => [blocks, inputTokens])).toEqual([
    [[0], 21],
    [[0, 1, 2, 3], 69],
    [[4, 5], 37],
    [[0, 1], 52],
  ])
  const wide = await readTexts([COLUMNS, ...rows].join('\n'), { blockTokens: 32 })
  expect(wide.requests.map(({ blocks }) => blocks)).toEqual([undefined, [0, 1], [2], [0]])
})

test("the server's own count goes before the client's where there is no prefix group", async () => {
  const row = THIRD.replace(',big,69000000,0,', ',big,0,4100,')
  expect((await readTexts([COLUMNS, row].join('\n'))).requests[0].inputTokens).toBe(4100)
})

test('where contexts accumulate a round adds to all before it, until it is cut down', async () => {
  const columns = `${COLUMNS},input_tokens_reset`
  const row = (id: number, session: string, round: number, input: number, reset = '') =>
    `${id},c,t,standard,${session},${round},,0,true,${input},10,0,0,0,0,0,,0,0,${id},0,0,0,0,ok,,,${reset}`
  const rows = [
    row(0, 'a', 0, 100),
    row(1, 'b', 0, 7),
    row(2, 'a', 1, 50),
    row(3, 'a', 2, 0, '90'),
    row(4, 'a', 3, 5),
  ]
  const text = [columns, ...rows].join('\n')
  const header = `${HEADER}session_context_growth: accumulate\n`
  const { requests } = await readTexts({ 'data.csv': text, 'header.yaml': header })
  expect(requests.map(({ inputTokens }) => inputTokens)).toEqual([100, 7, 160, 90, 105])
})

test.each([
  [FIRST.replace(',700,120,', ',-7,120,').replace('sys,40', ',0'), 'input tokens is -7'],
  [FIRST.replace(',0,0,0,0,0,0,0,ok', ',0,0,x,0,0,0,0,ok'), 'its time is NaN'],
  [THIRD.replace('69000000', '8000000'), 'deadline is -1'],
  [FIRST.replace('sys,40', 'sys,4000000000'), 'prefix_length is 4000000000'],
  [`${FIRST},`, 'has 28 fields; must have 27'],
])('a row such as %s is a bad row', async (row, what) => {
  const text = [COLUMNS, SECOND, row].join('\n')
  await expect(readTexts(text)).rejects.toThrow(`trace:3: ${what}`)
})
