import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { digests } from './digest.ts'
import { seeds } from './seeds.ts'

const COUNT = seeds(16).length

/** The digests as another process finds them, elsewhere on the globe. */
function digestsElsewhere(): string[] {
  const child = fileURLToPath(new URL('digest-child.ts', import.meta.url))
  const env = { ...process.env, TZ: 'Pacific/Kiritimati', LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8' }
  const args = ['--import', 'tsx', child, String(COUNT)]
  return JSON.parse(execFileSync(process.execPath, args, { env, encoding: 'utf8' }))
}

test('the same scenario and seed give the same bytes, again and in another process (law 3)', async () => {
  const first = await digests(COUNT)
  expect(new Set(first).size).toBe(first.length)
  expect(await digests(COUNT)).toEqual(first)
  expect(digestsElsewhere()).toEqual(first)
})
