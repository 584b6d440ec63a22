import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { openSweepFolder } from '../../src/sweeps/folder.ts'
import { mergeShards } from '../../src/sweeps/merge.ts'
import { type SweepPlan, taskOf } from '../../src/sweeps/plan.ts'
import { shardOf } from '../../src/sweeps/shard.ts'
import { sweep } from '../../src/sweeps/sweep.ts'
import { fakeRunner, planWith, temporaryFolder } from './fakes.ts'

const parent = temporaryFolder()
let folders = 0
const newFolder = () => join(parent, `folder-${++folders}`)
const FILES = ['results.csv', 'estimates.csv', 'manifest.json']
const bytes = (path: string) => FILES.map(name => readFileSync(join(path, name), 'utf8'))

const SEQUENTIAL = planWith({
  replications: { least: 3, most: 30, until: { metric: 'ttft_s', half_width: 0.05 }, confidence: 0.95 },
})

/** The folder of a sweep of the plan, or of some cells of it. */
async function swept(plan: SweepPlan, cells = Number.POSITIVE_INFINITY): Promise<string> {
  const folder = openSweepFolder(newFolder(), plan)
  const stopping = new AbortController()
  await sweep(taskOf(plan), fakeRunner(plan, 3), folder.journal, {
    signal: stopping.signal,
    onProgress: ({ ran }) => ran >= cells && stopping.abort(),
  })
  folder.writeResults()
  await folder.close()
  return folder.path
}

const shardsOf = (plan: SweepPlan, of: number) =>
  Promise.all(Array.from({ length: of }, (_, i) => swept({ ...plan, shard: { index: i + 1, of } })))

it.each([1, 2, 4, 8])(
  'joins %s shards to the bytes of one sweep, in whatever order they are given',
  async of => {
    for (const plan of [planWith(), SEQUENTIAL]) {
      const alone = bytes(await swept(plan))
      const shards = await shardsOf(plan, of)
      const folder = await mergeShards(newFolder(), shards.reverse())
      folder.writeResults()
      await folder.close()
      expect(bytes(folder.path)).toEqual(alone)
    }
  },
)

it('gives a folder in which the whole sweep goes on: there is nothing left to run', async () => {
  const plan = planWith()
  const folder = await mergeShards(newFolder(), await shardsOf(plan, 3))
  const runner = fakeRunner(plan, 1)
  await sweep(taskOf(plan), runner, folder.journal)
  await folder.close()
  expect(runner.ran).toEqual([])
})

it('writes nothing where shards do not make up one sweep', async () => {
  const plan = planWith()
  const [one, two, three] = await shardsOf(plan, 3)
  const other = await swept(planWith({ experiment: { name: 'other' }, shard: { index: 3, of: 3 } }))
  const ofFour = await swept({ ...plan, shard: { index: 3, of: 4 } })
  const torn = await swept({ ...plan, shard: { index: 3, of: 3 } }, 2)
  const whole = await swept(plan)
  const wrong: readonly (readonly [readonly string[], string])[] = [
    [[one, two], 'shard 3/3 not given'],
    [[two], 'shards 1/3, 3/3 not given'],
    [[one, two, two, three], `${two} and ${two} are both shard 2/3`],
    [[one, two, other], `${other}: is of another sweep than ${one}: name is "other" there and "fake" here`],
    [[one, two, ofFour], `${ofFour}: is of another sweep than ${one}: it is shard 3/4 and the other 1/3`],
    [[one, two, torn], `${torn}: is not finished; run its sweep --shard 3/3 again`],
    [[one, two, whole], `${whole}: holds a whole sweep`],
    [[one, join(parent, 'nowhere')], 'manifest.json: no such file'],
  ]
  for (const [shards, message] of wrong) {
    const out = newFolder()
    await expect(mergeShards(out, shards)).rejects.toThrow(message)
    expect(existsSync(out)).toBe(false)
  }
  await expect(mergeShards(one, [one, two, three])).rejects.toThrow(
    `${one}: holds another sweep: shard 1/3 is there and the whole of it here; give another folder`,
  )
  await expect(mergeShards(one, [one, two, three])).rejects.not.toThrow(/--out|--extend/)
})

it('takes a shard from a text of two numbers', () => {
  expect(shardOf('2/8')).toEqual({ index: 2, of: 8 })
  for (const text of ['0/8', '9/8', '2', '2/', 'a/b', '1/0', '-1/2', '1.5/2', '']) {
    expect(() => shardOf(text)).toThrow(`--shard ${text}: must be i/N`)
  }
})
