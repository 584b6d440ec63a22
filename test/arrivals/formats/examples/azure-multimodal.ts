import type { Example } from './example.ts'

export const azureMultimodal: Example = {
  texts: `TIMESTAMP,NumImages,ContextTokens,GeneratedTokens
2024-10-15T12:00:00.269Z,0,770,491
2024-10-15T12:00:05.819Z,1,949,126
2024-10-15T12:00:06.513Z,3000,964,79
`,
  requests: [
    { arrivalS: 0, inputTokens: 770, outputTokens: 491 },
    { arrivalS: 5.55, inputTokens: 949, outputTokens: 126, modality: 'image', items: 1 },
    { arrivalS: 6.244, inputTokens: 964, outputTokens: 79, modality: 'image', items: 3000 },
  ],
  rows: 3,
  lines: {
    header: 1,
    bad: {
      '2024-10-15T12:00:06.513Z,1.5,964,79': 'NumImages is 1.5; must be a whole number >= 0',
      '2024-10-15T12:00:06.513Z,964,79': 'has 3 fields; must have 4',
    },
    zero: '2024-10-15T12:00:06.513Z,0,964,0',
  },
}
