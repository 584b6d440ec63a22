import type { Example } from './example.ts'

export const azure: Example = {
  texts: `TIMESTAMP,ContextTokens,GeneratedTokens
2024-05-12 23:59:59.5000000,4808,10
2024-05-13 00:00:00+00:00,3180,8
2024-05-13 00:00:00.041683+00:00,110,27
2024-05-13 00:00:00.041683+00:00,7,1
`,
  requests: [
    { arrivalS: 0, inputTokens: 4808, outputTokens: 10 },
    { arrivalS: 0.5, inputTokens: 3180, outputTokens: 8 },
    { arrivalS: 0.541683, inputTokens: 110, outputTokens: 27 },
    { arrivalS: 0.541683, inputTokens: 7, outputTokens: 1 },
  ],
  rows: 4,
  lines: {
    header: 1,
    bad: {
      '': 'is blank; must be a row',
      '2024-05-13 00:00:00,1': 'has 2 fields; must have 3',
      '2024-05-13 00:00:00;1;1': 'has 1 field; must have 3',
      'TIMESTAMP,ContextTokens,GeneratedTokens': 'is a second header; must be a row',
      '{"timestamp": 0, "input_length": 1}': 'is JSON',
      '{"timestamp": 0}': 'is JSON',
      'yesterday,1,1': 'TIMESTAMP is "yesterday"; must be YYYY-MM-DD',
      '2024-05-13 00:00:00,NaN,1': 'ContextTokens is "NaN"; must be a whole number >= 1',
      '2024-05-13 00:00:00,-1,1': 'ContextTokens is -1; must be a whole number >= 1',
      '2024-05-13 00:00:00,1,2147483648':
        'GeneratedTokens is 2147483648; must be a whole number <= 2147483647',
      '"2024-05-13 00:00:00,1,1': 'has 1 field; must have 3',
    },
    zero: '2024-05-13 00:00:00,5,0',
  },
}
