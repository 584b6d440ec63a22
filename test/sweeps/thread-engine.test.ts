import { spawnSync } from 'node:child_process'
import { Worker } from 'node:worker_threads'
import { expect, it } from 'vitest'
import { FLAGS, YOUNG_MB } from '../../src/sweeps/thread-engine.ts'

it('tells V8 nothing that this version of it does not know', () => {
  const statusOf = (flags: readonly string[]) => spawnSync(process.execPath, [...flags, '--eval', '0']).status
  expect(FLAGS.length).toBeGreaterThan(0)
  for (const flag of FLAGS) expect(statusOf([flag])).toBe(0)
  expect(statusOf(['--no-such-flag'])).not.toBe(0)
})

it('leaves a large run all the room for what is alive that it has else', async () => {
  const code = `const { parentPort, resourceLimits } = require('worker_threads'); parentPort.postMessage(resourceLimits)`
  const limits = (resourceLimits: object) =>
    new Promise<{ maxOldGenerationSizeMb: number; maxYoungGenerationSizeMb: number }>(resolve => {
      new Worker(code, { eval: true, resourceLimits }).once('message', resolve)
    })
  const [usual, ours] = [await limits({}), await limits({ maxYoungGenerationSizeMb: YOUNG_MB })]
  expect(ours.maxOldGenerationSizeMb).toBe(usual.maxOldGenerationSizeMb)
  expect(ours.maxYoungGenerationSizeMb).toBeLessThan(usual.maxYoungGenerationSizeMb)
})
