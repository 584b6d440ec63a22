import { expect, it } from 'vitest'
import { type CellsQueue, outstandingIn } from '../../src/sweeps/redis/outstanding.ts'

const JOB = { pack: 'one', cell: { point: 0, replication: 0 } }

it('orders no cell again that was withdrawn while Redis was asked for it', async () => {
  const added: string[] = []
  const asked: ((job: undefined) => void)[] = []
  let isSlow = false
  const queue = {
    getJob: () => (isSlow ? new Promise<undefined>(resolve => asked.push(resolve)) : undefined),
    add: async (_: string, __: object, { jobId }: { readonly jobId: string }) => void added.push(jobId),
    remove: async () => 1,
  } as unknown as CellsQueue
  const outstanding = outstandingIn(queue)
  const answer = outstanding.order('a', JOB)
  await expect.poll(() => added).toEqual(['a', 'a'])
  isSlow = true
  const look = outstanding.look('a')
  await outstanding.withdraw(new Error('the sweep has ended'))
  for (const resolve of asked) resolve(undefined)
  await look
  expect(added).toEqual(['a', 'a'])
  await expect(answer).rejects.toThrow('the sweep has ended')
})
