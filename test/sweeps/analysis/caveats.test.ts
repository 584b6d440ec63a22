import { expect, it } from 'vitest'
import { caveatsOf } from '../../../src/sweeps/analysis/caveats.ts'

it('are told once for each reason, with the metrics where these are not all, and the lines that have it', () => {
  const grew = 'the queue still grew in 1 of 3 replications'
  const alsoGrew = 'the queue still grew in 3 of 3 replications'
  const few = 'of fewer than the 1000 requests that it takes in 3 of 3 replications'
  const lines = [
    [
      { metric: 'usd', note: grew },
      { metric: 'p99', note: `${few}; ${grew}` },
    ],
    [
      { metric: 'usd', note: alsoGrew },
      { metric: 'p99', note: alsoGrew },
    ],
    [
      { metric: 'usd', note: '' },
      { metric: 'p99', note: '' },
    ],
  ]
  expect(caveatsOf(lines)).toEqual([
    { reason: 'the queue still grew in some or all replications', metrics: [], lines: 2 },
    {
      reason: 'of fewer than the 1000 requests that it takes in some or all replications',
      metrics: ['p99'],
      lines: 1,
    },
  ])
})
