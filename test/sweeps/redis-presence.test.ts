import { expect, it } from 'vitest'
import { workersTold } from '../../src/sweeps/redis/presence.ts'

it('says when the first worker comes, when the last is gone, and for how long', () => {
  let atS = 0
  const said: string[] = []
  const tell = workersTold(
    'redis://here',
    text => said.push(`${atS}: ${text}`),
    () => atS,
  )
  const start = 'start one by: regatta worker --redis redis://here'
  for (const [nextS, workers] of [
    ...([
      [2, 0],
      [4, 0],
      [6, 1],
      [8, 3],
      [10, 0],
      [12, 0],
      [70, 0],
      [72, 0],
      [130, 0],
      [132, 2],
    ] as const),
  ]) {
    atS = nextS
    tell(workers)
  }
  expect(said).toEqual([
    `2: no worker is there yet; ${start}`,
    '6: a worker is there',
    `10: the last worker is gone; ${start}`,
    `70: no worker has been there for 1 min; ${start}`,
    `130: no worker has been there for 2 min; ${start}`,
    '132: a worker is there',
  ])
})
