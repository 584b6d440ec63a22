import type { Example } from './example.ts'

export const mooncake: Example = {
  texts: `{"timestamp": 0, "input_length": 1000, "output_length": 500, "hash_ids": [0, 1]}
{"timestamp": 0, "input_length": 600, "output_length": 490, "hash_ids": [0, 14]}
{"timestamp": 3000, "input_length": 5, "output_length": 1, "hash_ids": [7]}
{"timestamp": 27482, "input_length": 512, "output_length": 52, "hash_ids": [46]}
`,
  requests: [
    { arrivalS: 0, inputTokens: 1000, outputTokens: 500, blockTokens: 512, blocks: [0, 1] },
    { arrivalS: 0, inputTokens: 600, outputTokens: 490, blockTokens: 512, blocks: [0, 14] },
    { arrivalS: 3, inputTokens: 5, outputTokens: 1, blockTokens: 512, blocks: [7] },
    { arrivalS: 27.482, inputTokens: 512, outputTokens: 52, blockTokens: 512, blocks: [46] },
  ],
  rows: 4,
  lines: {
    header: 0,
    bad: {
      '{"timestamp": 0, "input_length"': 'is not JSON',
      '{"timestamp": 0, "input_length": 600, "hash_ids": [0, 14]}':
        'output tokens is NaN; must be a whole number',
      '{"input_length": 600, "output_length": 3, "hash_ids": [0, 14]}':
        'its time is NaN; must be a number >= 0',
      '{"timestamp": 0, "input_length": -600, "output_length": 3, "hash_ids": []}':
        'input tokens is -600; must be',
    },
    zero: '{"timestamp": 0, "input_length": 600, "output_length": 0, "hash_ids": [0, 14]}',
  },
}

export const qwenBailian: Example = {
  texts: `{"chat_id": 55, "parent_chat_id": -1, "timestamp": 60.114, "input_length": 20, "output_length": 5, "type": "text", "turn": 1, "hash_ids": [3, 4]}
{"chat_id": 56, "parent_chat_id": -1, "timestamp": 60.5, "input_length": 16, "output_length": 9, "type": "thinking", "turn": 1, "hash_ids": [0]}
{"chat_id": 159, "parent_chat_id": 55, "timestamp": 61.114, "input_length": 40, "output_length": 132, "type": "text", "turn": 2, "hash_ids": [3, 4, 9]}
`,
  requests: [
    {
      ...{ arrivalS: 0, inputTokens: 20, outputTokens: 5, className: 'text', session: 0, turn: 1 },
      ...{ blockTokens: 16, blocks: [3, 4] },
    },
    {
      ...{
        arrivalS: 60.5 - 60.114,
        inputTokens: 16,
        outputTokens: 9,
        className: 'thinking',
        session: 1,
        turn: 1,
      },
      ...{ blockTokens: 16, blocks: [0] },
    },
    {
      ...{ arrivalS: 1, inputTokens: 40, outputTokens: 132, className: 'text', session: 0, turn: 2 },
      ...{ blockTokens: 16, blocks: [3, 4, 9] },
    },
  ],
  rows: 3,
  lines: {
    header: 0,
    hasIds: true,
    bad: { '{"chat_id": 77, "parent_chat_id": -1, "turn": 1}': 'output tokens is NaN' },
    zero: '{"chat_id": 77, "parent_chat_id": -1, "timestamp": 60.5, "input_length": 16, "output_length": 0, "turn": 1}',
  },
}

export const serveGen: Example = {
  texts: {
    'chunk-0-trace.csv': '0,0.005,1,Gamma,1,200\n600,0,0,,0,0\n',
    'chunk-0-dataset.json': '{"0": {"input_tokens": "{9: 1.0}", "output_tokens": "{5: 1.0}"}}',
  },
  options: { seed: 3 },
  requests: [],
  rows: 3,
}

export const shareGpt: Example = {
  texts: `[{"id": "a", "conversations": [{"from": "human", "value": "Summarise this, please!!"}, {"from": "gpt", "value": "There is nothing to say."}]},
 {"id": "b", "conversations": [{"from": "gpt", "value": "Hello."}]},
 {"id": "c", "conversations": [{"from": "user", "value": "How to tell if a [bracket] in a \\"text\\" counts?"}, {"from": "chatgpt", "value": "It does not, as you see, not even } this one."}]}]
`,
  options: { gaps: { kind: 'even', ratePerS: 4 } },
  requests: [
    { arrivalS: 0, inputTokens: 6, outputTokens: 6 },
    { arrivalS: 0.25, inputTokens: 12, outputTokens: 12 },
  ],
  rows: 3,
}

export const vllmBench: Example = {
  texts: `{"backend": "vllm", "model_id": "m", "num_prompts": 3, "request_throughput": 1.5, "input_lens": [10, 20, 30],
 "output_lens": [5, 0, 7], "ttfts": [0.1, 0, 0.2], "start_times": [100.5, 101, 103], "errors": ["", "timeout", ""]}
`,
  requests: [
    { arrivalS: 0, inputTokens: 10, outputTokens: 5 },
    { arrivalS: 2.5, inputTokens: 30, outputTokens: 7 },
  ],
  rows: 3,
}

export const guideLlm: Example = {
  texts: `{"timestamp": 0.0, "input_length": 256, "output_length": 128}
{"timestamp": 0.5, "input_length": 512, "output_length": 64}
{"timestamp": 1.25, "input_length": 1024, "output_length": 32}
`,
  requests: [
    { arrivalS: 0, inputTokens: 256, outputTokens: 128 },
    { arrivalS: 0.5, inputTokens: 512, outputTokens: 64 },
    { arrivalS: 1.25, inputTokens: 1024, outputTokens: 32 },
  ],
  rows: 3,
}

export const blis: Example = {
  texts: `request_id,client_id,tenant_id,slo_class,session_id,round_index,prefix_group,prefix_length,streaming,input_tokens,output_tokens,text_tokens,image_tokens,audio_tokens,video_tokens,reason_ratio,model,deadline_us,server_input_tokens,arrival_time_us,send_time_us,first_chunk_time_us,last_chunk_time_us,num_chunks,status,error_message,finish_reason
0,chat,t0,standard,s0,0,,0,true,700,120,700,0,0,0,0,,0,0,0,0,0,0,0,ok,,
2,batch,t1,batch,,0,,0,false,4000,900,4000,0,0,0,0,m,60000000,0,9000000,9000000,0,0,0,timeout,"deadline, or so",
`,
  requests: [
    {
      ...{ arrivalS: 0, inputTokens: 700, outputTokens: 120, className: 'standard', tenant: 't0' },
      ...{ session: 0, turn: 1 },
    },
    {
      ...{ arrivalS: 9, inputTokens: 4000, outputTokens: 900, className: 'batch', tenant: 't1', model: 'm' },
      deadlineS: 51,
    },
  ],
  rows: 2,
}

export const llmServingSim: Example = {
  texts: `{"input_toks": 18, "output_toks": 531, "arrival_time_ns": 0, "input_tok_ids": [1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18], "output_tok_ids": [40914, 11]}
{"session_id": "task-0-run0", "arrival_time_ns": 4500000000, "sub_requests": [{"input_toks": 1472, "output_toks": 133, "tool_duration_ns": 1250000000}, {"input_toks": 1582, "output_toks": 125, "tool_duration_ns": 0}]}
`,
  requests: [
    { arrivalS: 0, inputTokens: 18, outputTokens: 531, blockTokens: 16, blocks: [0] },
    { arrivalS: 4.5, inputTokens: 1472, outputTokens: 133, session: 0, turn: 1, turns: 2 },
    { arrivalS: 4.5, inputTokens: 1582, outputTokens: 125, session: 0, turn: 2, turns: 2, thinkS: 1.25 },
  ],
  rows: 3,
}

export const claudeCode: Example = {
  texts: `{"id":"trace_0017","models":["opus"],"block_size":64,"hash_id_scope":"local","tool_tokens":11,"system_tokens":27,"requests":[
 {"t":0.0,"type":"n","model":"opus","in":200,"out":291,"hash_ids":[1,2,3],"api_time":5.57,"think_time":0.0},
 {"t":12.0,"type":"n","model":"opus","in":260,"out":227,"hash_ids":[1,2,3,4],"api_time":4.31,"think_time":7.0}]}
`,
  options: { gaps: { kind: 'even', ratePerS: 1 } },
  requests: [
    {
      ...{ arrivalS: 0, inputTokens: 200, outputTokens: 291, model: 'opus', session: 0, turn: 1, turns: 2 },
      ...{ blockTokens: 64, blocks: [1, 2, 3] },
    },
    {
      ...{ arrivalS: 12, inputTokens: 260, outputTokens: 227, model: 'opus', session: 0, turn: 2, turns: 2 },
      ...{ thinkS: 7, blockTokens: 64, blocks: [1, 2, 3, 4] },
    },
  ],
  rows: 2,
}

export const inferenceX: Example = {
  texts: `user_id,request_idx,trace_id,timestamp,request_type,input_tokens,output_tokens_expected,output_tokens_actual,success,request_start_time,token_timestamps
User-005,1,trace_0263,1776760668.5,streaming,59687,497,1467,True,1776760600.5,"[1776760638.15, 1776760639]"
User-005,0,trace_0263,1776760600.5,streaming,500,4,8,True,1776760590.25,"[1776760638.15]"
`,
  requests: [
    { arrivalS: 0, inputTokens: 500, outputTokens: 8, tenant: 'User-005', session: 0, turn: 1 },
    { arrivalS: 10.25, inputTokens: 59_687, outputTokens: 1467, tenant: 'User-005', session: 0, turn: 2 },
  ],
  rows: 2,
}

export const apex: Example = {
  texts: `{"ContextTokens": 156, "GeneratedTokens": 67, "SynthesizedBody": "x", "RequestID": "1479", "TotalTokens": 223, "StartTimeOffset": 500000000}
{"ContextTokens": 15, "GeneratedTokens": 6, "SynthesizedBody": "y", "RequestID": "147a", "TotalTokens": 21, "StartTimeOffset": 1750000000}
`,
  requests: [
    { arrivalS: 0, inputTokens: 156, outputTokens: 67 },
    { arrivalS: 1.25, inputTokens: 15, outputTokens: 6 },
  ],
  rows: 2,
}
