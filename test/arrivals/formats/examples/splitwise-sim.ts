import type { Example } from './example.ts'

export const splitwiseSim: Example = {
  texts: `request_id,request_type,application_id,arrival_timestamp,batch_size,prompt_size,token_size
0,2,0,1,1,4096,32
1,2,1,3.25,1,2048,8
2,1,0,4,1,2048,16
3,2,0,5,1,2048,16
`,
  requests: [
    { arrivalS: 0, inputTokens: 4096, outputTokens: 32, model: '0' },
    { arrivalS: 2.25, inputTokens: 2048, outputTokens: 8, model: '1' },
    { arrivalS: 4, inputTokens: 2048, outputTokens: 16, model: '0' },
  ],
  rows: 4,
  lines: {
    header: 1,
    hasIds: true,
    bad: {
      '9,2,0,x,1,4096,32': 'arrival_timestamp is "x"; must be a number >= 0',
      '9,2,0,1,1,4096,': 'token_size is ""; must be a whole number >= 0',
    },
    zero: '9,2,0,3.25,1,4096,0',
  },
}
