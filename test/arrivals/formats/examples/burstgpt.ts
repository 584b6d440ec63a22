import type { Example } from './example.ts'

const CHAT = { className: 'Conversation log', model: 'ChatGPT' }

export const burstgpt: Example = {
  texts: `Timestamp,Session ID,Elapsed time,Model,Request tokens,Response tokens,Total tokens,Log Type
5,a,3,ChatGPT,472,18,490,Conversation log
45.5,,,GPT-4,1087,230,1317,API log
46,a,2,ChatGPT,0,0,0,Conversation log
46,b,2,ChatGPT,12,0,12,Conversation log
50,a,7,ChatGPT,500,20,520,Conversation log
`,
  requests: [
    { arrivalS: 0, inputTokens: 472, outputTokens: 18, ...CHAT, session: 0 },
    { arrivalS: 40.5, inputTokens: 1087, outputTokens: 230, className: 'API log', model: 'GPT-4' },
    { arrivalS: 45, inputTokens: 500, outputTokens: 20, ...CHAT, session: 0 },
  ],
  rows: 5,
  lines: {
    header: 1,
    bad: {
      '-5,,1,ChatGPT,472,18,490,Conversation log': 'Timestamp is -5; must be a number >= 0',
      '5,,1,ChatGPT,0,18,490,Conversation log': 'Request tokens is 0; must be a whole number >= 1',
      '5,,ChatGPT,472,18,490,Conversation log': 'has 7 fields; must have 8',
    },
    zero: '46,,2,GPT-4,12,0,12,API log',
  },
}
