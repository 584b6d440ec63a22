import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { loadPrepared } from '../../src/cli/scenario.ts'
import { simulate } from '../../src/simulate.ts'
import { Workplace } from '../cli/program.ts'

const place = new Workplace()
afterAll(() => place.remove())

const golden = (path: string) => fileURLToPath(new URL(`../golden/${path}`, import.meta.url))

/** How many requests each of two equal replicas decodes, more of which come than they have slots for. */
async function decodedBy(name: string, options: Record<string, number>): Promise<number[]> {
  const text = readFileSync(golden('handed-over/scenario.yaml'), 'utf8')
  place.write('s.yaml', text.replace('requests: 40', 'requests: 1200').replace('load: 0.8', 'load: 2'))
  const loaded = await loadPrepared(`${place.folder}/s.yaml`, { catalogue: [golden('catalogue')] })
  const { handoff } = loaded.course
  const course = { ...loaded.course, handoff: { ...handoff!, policy: { name, options } } }
  const counts = Array<number>(3).fill(0)
  await simulate(
    course,
    { name: 'least-tokens' },
    { onEnd: (request, { replica }) => void counts[replica[request]]++ },
  )
  return counts.slice(1)
}

test.each([
  ['least-kv', {}],
  ['kv-cost', {}],
  ['cache-aware', { balance_abs_threshold: 1e6 }],
])(
  '%s counts the KV that has landed and waits for a slot: equal replicas decode alike',
  async (name, options) => {
    const [first, second] = await decodedBy(name, options)
    expect(first + second).toBe(1200)
    expect(Math.abs(first - second)).toBeLessThan(60)
  },
)
