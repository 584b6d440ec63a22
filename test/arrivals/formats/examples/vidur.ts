import type { Example } from './example.ts'

export const vidur: Example = {
  texts: `arrived_at,num_prefill_tokens,num_decode_tokens
0.0,374,44
4.314579,396,109
1e1,20,30
`,
  requests: [
    { arrivalS: 0, inputTokens: 374, outputTokens: 44 },
    { arrivalS: 4.314579, inputTokens: 396, outputTokens: 109 },
    { arrivalS: 10, inputTokens: 20, outputTokens: 30 },
  ],
  rows: 3,
  lines: {
    header: 1,
    bad: {
      'nan,374,44': 'arrived_at is "nan"; must be a number >= 0',
      '1e999,374,44': 'arrived_at is "1e999"; must be a number <= 100000000000',
      '0.5,374.0,44': 'num_prefill_tokens is 374.0; must be a whole number >= 1',
    },
    zero: '0.5,374,0',
  },
}

/** Lengths alone, every half second. */
export const sarathi: Example = {
  texts: `num_prefill_tokens,num_decode_tokens,num_total_tokens,pd_ratio
3772,54,3826,69.85185185185185
74,918,992,0.0806100217864923
`,
  options: { gaps: { kind: 'even', ratePerS: 2 } },
  requests: [
    { arrivalS: 0, inputTokens: 3772, outputTokens: 54 },
    { arrivalS: 0.5, inputTokens: 74, outputTokens: 918 },
  ],
  rows: 2,
}
