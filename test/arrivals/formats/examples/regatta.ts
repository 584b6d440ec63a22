import type { Request } from '../inputs.ts'
import type { Example } from './example.ts'

const REQUESTS: readonly Request[] = [
  {
    ...{
      arrivalS: 0,
      inputTokens: 100,
      outputTokens: 10,
      className: 'chat, long',
      tenant: 'Ann "A"',
      model: 'm',
    },
    ...{ session: 7, turn: 1, turns: 2, deadlineS: 2.5, blockTokens: 16, blocks: [0, 1, 2147483647] },
  },
  { arrivalS: 0.1, inputTokens: 3, outputTokens: 1 },
  { arrivalS: 1e-7 + 0.25, inputTokens: 200, outputTokens: 20, session: 7, turn: 2, turns: 2, thinkS: 1e-7 },
  { arrivalS: 1, inputTokens: 5, outputTokens: 5, modality: 'audio', items: 2 },
]

export const regattaCsv: Example = {
  texts: `arrival_s,input_tokens,output_tokens,class,tenant,model,session,turn,turns,think_s,deadline_s,modality,items,block_tokens,blocks,hit_tokens
0,100,10,"chat, long","Ann ""A""",m,7,1,2,,2.5,text,,16,0 1 2147483647,
0.1,3,1,,,,,,,,,,,,,3
0.2500001,200,20,,,,7,2,2,1e-7,,text,,,,
1,5,5,all,,,,,,,,audio,2,,,0
`,
  requests: REQUESTS,
  rows: 4,
  lines: {
    header: 1,
    bad: {
      '0.2,200,20,,,,x,,,,,,,,,': 'session is "x"; must be a whole number >= 0',
      '0.2,200,20,,,,,,,-1,,,,,,': 'think_s is -1; must be a number >= 0',
      '0.2,200,20,,,,,,,,,smell,,,,': 'modality is "smell"; must be text, image, audio, video',
      '0.2,200,20,,,,,,,,,,,16,1  2,': 'blocks is "1  2"; must be whole numbers with a space between two',
      '0.2,200,20,,,,,,,,,,,,,201': 'hit_tokens is 201; must be at most input_tokens, which is 200',
      '0.2,200,20,"chat,,,,,,,,,,,,': 'fields; must have 16',
    },
    zero: '0.2,200,0,,,,,,,,,,,,,',
  },
}

export const regattaJsonl: Example = {
  texts: `{"arrival_s":0,"input_tokens":100,"output_tokens":10,"class":"chat, long","tenant":"Ann \\"A\\"","model":"m","session":7,"turn":1,"turns":2,"deadline_s":2.5,"block_tokens":16,"blocks":[0,1,2147483647]}
{"arrival_s":0.1,"input_tokens":3,"output_tokens":1,"hit_tokens":3}
{"arrival_s":0.2500001,"input_tokens":200,"output_tokens":20,"session":7,"turn":2,"turns":2,"think_s":1e-7}
{"arrival_s":1,"input_tokens":5,"output_tokens":5,"modality":"audio","items":2}
`,
  requests: REQUESTS,
  rows: 4,
  lines: {
    header: 0,
    bad: {
      '{"arrival_s":0.2,"input_tokens":200,"output_tokens":': 'is not JSON',
      '[1]': 'is not a JSON object',
      '{"arrival_s":0.2,"input_tokens":200,"output_tokens":1,"session":0.5}':
        'session is 0.5; must be a whole number',
      '{"arrival_s":0.2,"input_tokens":2.5,"output_tokens":1}':
        'input tokens is 2.5; must be a whole number >= 1',
      '{"arrival_s":"0.2","input_tokens":2,"output_tokens":1}': 'its time is NaN; must be a number >= 0',
      '{"arrival_s":0.2,"input_tokens":2,"output_tokens":1,"modality":"smell"}':
        'modality is not text, image',
      '{"arrival_s":0.2,"input_tokens":2,"output_tokens":1,"blocks":[-1],"block_tokens":16}':
        'a prefix block is -1',
    },
    zero: '{"arrival_s":0.2,"input_tokens":200,"output_tokens":0}',
  },
}
